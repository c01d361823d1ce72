import type { Retrier } from "../definition/asl-types.js";
import { LAMBDA_RETRY } from "../definition/retries.js";
import { type StateMachineOptions, stateMachineFields } from "../definition/state-machine.js";
import { type FailureNotice, failureNoticeSchema } from "../definition/steps/failure-notice.js";
import { LAMBDA_TIMEOUT_SECONDS } from "../definition/steps/lambda-task.js";
import { retrySchema, timeoutSchema } from "../definition/task-state.js";

/** What every ready workflow takes. */
export interface ReadyWorkflowOptions extends StateMachineOptions {
  /**
   * What is tried again, in all states that invoke a function; an empty list for nothing. It must not cover the
   * filter's own error, so `States.ALL`, `States.TaskFailed` and `THRESHOLD_CONFIDENCE_NOT_MET` are refused.
   * @defaultValue {@link LAMBDA_RETRY}
   */
  readonly retry?: readonly Retrier[];
  /** What happens before an execution ends as failed. @defaultValue nothing */
  readonly onFailure?: FailureNotice;
  /**
   * Seconds after which one invocation has failed with `States.Timeout`.
   * @defaultValue `900`, Lambda's own limit; `300` in an Express machine, its own limit
   */
  readonly taskTimeoutSeconds?: number;
}

const LOUD_ERRORS: readonly string[] = ["States.ALL", "States.TaskFailed", "THRESHOLD_CONFIDENCE_NOT_MET"];

/** Schema fields of {@link ReadyWorkflowOptions}. @internal */
export const readyFields = {
  ...stateMachineFields,
  partition: stateMachineFields.partition.removeDefault().optional(),
  retry: retrySchema(LAMBDA_RETRY).refine(
    (retriers) => (retriers ?? []).every(({ ErrorEquals }) => !ErrorEquals.some((name) => LOUD_ERRORS.includes(name))),
    `must not name ${LOUD_ERRORS.join(", ")}: the filter's own error has to fail the execution at once`,
  ),
  onFailure: failureNoticeSchema,
  taskTimeoutSeconds: timeoutSchema.optional(),
};

/** The parsed form of what {@link machineOptions} reads. */
interface ResolvedMachine {
  readonly queryLanguage: "JSONPath" | "JSONata";
  readonly type?: "STANDARD" | "EXPRESS" | undefined;
  readonly partition?: StateMachineOptions["partition"] | undefined;
  readonly comment?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

const EXPRESS_SECONDS = 300;

/**
 * Limit of one invocation.
 *
 * @param options - The caller's limit, and the type of the executions that it is in.
 * @returns Seconds.
 * @internal
 */
export function taskTimeout(options: {
  readonly taskTimeoutSeconds?: number | undefined;
  readonly type?: "STANDARD" | "EXPRESS" | undefined;
}): number {
  return options.taskTimeoutSeconds ?? (options.type === "EXPRESS" ? EXPRESS_SECONDS : LAMBDA_TIMEOUT_SECONDS);
}

/**
 * What `buildStateMachine` takes of a ready workflow's options.
 *
 * @param options - The parsed options.
 * @param functions - The functions, which say by their ARNs in which partition they are.
 * @returns The options.
 * @internal
 */
export function machineOptions(
  options: ResolvedMachine,
  functions: readonly (string | undefined)[],
): Omit<StateMachineOptions, "partition"> & { readonly partition: NonNullable<StateMachineOptions["partition"]> } {
  const { queryLanguage, type, comment, timeoutSeconds } = options;
  return {
    queryLanguage,
    partition: options.partition ?? findPartition(functions),
    ...(type === undefined ? {} : { type }),
    ...(comment === undefined ? {} : { comment }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function findPartition(functions: readonly (string | undefined)[]): "aws" | "aws-cn" | "aws-us-gov" {
  const partitions = functions.map((name) => /^arn:(aws(?:-cn|-us-gov)?):/.exec(name ?? "")?.[1]);
  return partitions.includes("aws-cn") ? "aws-cn" : partitions.includes("aws-us-gov") ? "aws-us-gov" : "aws";
}
