import type { MapRun } from "../engine/distributed/map-run.js";
import type { Execution } from "../engine/execution.js";
import { takePage } from "./paging.js";
import { type StateMachineRecord, seconds } from "./state-machines.js";

/** An execution, and what it was started from. @internal */
export interface ExecutionRecord {
  readonly execution: Execution;
  readonly machine: StateMachineRecord;
  /** The version that it runs, where it was started by one or by an alias. */
  readonly versionArn?: string;
  /** The alias that it was started by. */
  readonly aliasArn?: string;
  /** The Map Run that started it, when it is a child execution. */
  readonly mapRun?: MapRun;
  /** Items in the input of a child execution. */
  readonly itemCount?: number;
  /** When it was redriven, by the token of the request. */
  readonly redrives: Map<string, Date>;
}

/** A ListExecutions request after its shape was checked. @internal */
export interface ListExecutionsRequest {
  readonly stateMachineArn?: string;
  readonly mapRunArn?: string;
  readonly statusFilter?: string;
  readonly redriveFilter?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

/**
 * Lists the executions of a machine, or the children of a Map Run, newest first.
 *
 * @param records - All executions.
 * @param listed - ARN of the machine or of the Map Run.
 * @param request - The request.
 * @returns The answer of ListExecutions.
 * @internal
 */
export function listExecutions(
  records: readonly ExecutionRecord[],
  listed: string,
  request: ListExecutionsRequest,
): unknown {
  const { mapRunArn, statusFilter } = request;
  const all = records
    .filter(({ machine, versionArn, aliasArn, mapRun }) =>
      mapRunArn === undefined ? [machine.arn, versionArn, aliasArn].includes(listed) : mapRun?.facts.arn === listed,
    )
    .filter(({ execution }) => statusFilter === undefined || execution.status === statusFilter)
    .reverse();
  const { items, nextToken } = takePage(all, request, `executions:${listed}:${statusFilter ?? ""}`);
  const executions = items.map(({ execution, machine, itemCount, ...target }) => ({
    executionArn: execution.options.arn,
    stateMachineArn: machine.arn,
    ...describeTarget(target),
    ...(mapRunArn === undefined ? {} : { mapRunArn, itemCount }),
    name: execution.options.name,
    status: execution.status,
    startDate: seconds(execution.startDate),
    ...(execution.stopDate === undefined ? {} : { stopDate: seconds(execution.stopDate) }),
    redriveCount: execution.redriveCount,
    ...(execution.redriveDate === undefined ? {} : { redriveDate: seconds(execution.redriveDate) }),
  }));
  return { executions, nextToken };
}

/**
 * Names the version and the alias that an execution was started by.
 *
 * @param record - The execution.
 * @returns Members that DescribeExecution and ListExecutions share.
 * @internal
 */
export function describeTarget({ versionArn, aliasArn }: Pick<ExecutionRecord, "versionArn" | "aliasArn">) {
  return {
    ...(versionArn === undefined ? {} : { stateMachineVersionArn: versionArn }),
    ...(aliasArn === undefined ? {} : { stateMachineAliasArn: aliasArn }),
  };
}
