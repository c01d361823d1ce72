import type { Clock } from "../clock.js";
import type { Json } from "../json.js";

/** One run of a Task state's work. @internal */
export interface TaskRun {
  /** The state's Resource. */
  readonly resource: string;
  /** Parameters or Arguments, evaluated; for a bare function ARN the input. */
  readonly parameters: Json;
  /** Name of the state. */
  readonly stateName: string;
  /** ARN of the execution. */
  readonly executionArn: string;
  /** Fires when the execution was stopped or the task's time is up. */
  readonly signal: AbortSignal;
  /** Time and chance. */
  readonly clock: Clock;
  /** Notes that a job was accepted whose end is waited for: event TaskSubmitted. */
  readonly submitted: (output: Json) => void;
}

/**
 * Runs the work behind a family of Task resources. What it throws as `StateFailure` fails the task with that error;
 * anything else fails it with `States.TaskFailed`.
 * @internal
 */
export interface TaskIntegration {
  /** Whether it runs a resource. */
  readonly matches: (resource: string) => boolean;
  /** Names of the events: `Task...`, or `LambdaFunction...` for a bare function ARN. */
  readonly events: "Task" | "LambdaFunction";
  /** What is wrong with Parameters or Arguments, as far as the definition tells; checked when a machine is made. */
  readonly check?: (resource: string, parameters: Json | undefined) => readonly string[];
  /** Set where `run` rejects as soon as its signal fires; of others the engine lets go by itself. */
  readonly honoursSignal?: true;
  /** Does the work and returns the task's result. */
  readonly run: (task: TaskRun) => Promise<Json>;
}

/**
 * Splits a resource as the history shows it.
 *
 * @param resource - Such as `arn:aws:states:::aws-sdk:sagemaker:describeEndpoint`.
 * @returns `resourceType` `aws-sdk:sagemaker` and `resource` `describeEndpoint`.
 * @internal
 */
export function splitResource(resource: string): { readonly resourceType: string; readonly resource: string } {
  const service = resource.split(":").slice(5).join(":");
  const separator = service.lastIndexOf(":");
  // `.sync:2` belongs to the action: states:startExecution.sync:2
  const at = service.endsWith(".sync:2") ? service.lastIndexOf(":", separator - 1) : separator;
  return { resourceType: service.slice(0, Math.max(0, at)), resource: service.slice(at + 1) };
}
