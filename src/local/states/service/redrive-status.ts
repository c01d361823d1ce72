import { MAX_EVENTS } from "../limits.js";
import type { KnownExecution } from "./execution-record.js";

const DAY_MS = 86_400_000;
/** Source: API reference, "RedriveExecution": 14 days after the end, and one year in all. */
const REDRIVABLE_MS = 14 * DAY_MS;
const MAX_OPEN_MS = 365 * DAY_MS;

/** Why an execution of an earlier process cannot be redriven. @internal */
export const NO_PROGRESS = "The local AWS was restarted since, and does not know at which states to go on";

/**
 * Says why an execution cannot be redriven.
 *
 * @param execution - The execution.
 * @param now - The time.
 * @returns The reason in AWS's words, or `undefined` when it can.
 * @see API reference, "DescribeExecution": redriveStatusReason.
 * @internal
 */
export function whyNotRedrivable(execution: KnownExecution, now: Date): string | undefined {
  const { status, startDate, stopDate = startDate, history } = execution;
  if (status === "RUNNING" || status === "SUCCEEDED") return `Execution is ${status} and cannot be redriven`;
  if (execution.redrive === undefined) return NO_PROGRESS;
  // The events of the redrive itself and of a new end have to fit.
  if (history.events.length >= MAX_EVENTS - 1) return "Execution history event limit exceeded";
  if (now.getTime() - stopDate.getTime() > REDRIVABLE_MS) return "Execution redrivable period exceeded";
  if (now.getTime() - startDate.getTime() > MAX_OPEN_MS) return "Execution has exceeded the max execution time";
  return undefined;
}

/**
 * Describes the redrives of an execution.
 *
 * @param execution - The execution.
 * @param reason - Why it cannot be redriven, if it cannot.
 * @returns Members of DescribeExecution.
 * @internal
 */
export function describeRedrives({ redriveCount, redriveDate }: KnownExecution, reason: string | undefined) {
  return {
    redriveCount,
    ...(redriveDate === undefined ? {} : { redriveDate: redriveDate.getTime() / 1000 }),
    redriveStatus: reason === undefined ? "REDRIVABLE" : "NOT_REDRIVABLE",
    ...(reason === undefined ? {} : { redriveStatusReason: reason }),
  };
}
