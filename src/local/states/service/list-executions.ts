import type { ExecutionRecord } from "./execution-record.js";
import { takePage } from "./paging.js";
import { type StateMachineRecord, seconds } from "./state-machines.js";
import { statesError } from "./states-error.js";

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
 * Refuses to list the executions of a machine where Step Functions does.
 *
 * @param machine - The machine.
 * @param request - The request.
 * @internal
 */
export function checkListable(
  { type }: StateMachineRecord,
  { statusFilter, redriveFilter }: ListExecutionsRequest,
): void {
  if (redriveFilter !== undefined || statusFilter === "PENDING_REDRIVE") {
    const filter = redriveFilter === undefined ? "statusFilter PENDING_REDRIVE" : "redriveFilter";
    throw statesError("ValidationException", `The ${filter} is only supported with a mapRunArn`);
  }
  if (type === "STANDARD") return;
  throw statesError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
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
