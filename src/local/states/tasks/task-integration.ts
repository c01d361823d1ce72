import type { StopSignal } from "../../stop-signal.js";
import type { Clock } from "../clock.js";
import type { Json } from "../json.js";
import type { TaskTokens } from "./task-tokens.js";

/** One run of a Task state's work. @internal */
export interface TaskRun {
  /** The state's Resource. */
  readonly resource: string;
  /** Parameters or Arguments, evaluated; for a function or activity the input. */
  readonly parameters: Json;
  /** Name of the state. */
  readonly stateName: string;
  /** ARN of the execution. */
  readonly executionArn: string;
  /** The token that ends the task, where one does. */
  readonly token?: string;
  /** Fires when the execution was stopped or the task's time is up. */
  readonly stop: StopSignal;
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
  /**
   * Names of the events: `Task...`, `LambdaFunction...` for a bare function ARN, or `Activity...`. An activity starts,
   * and its limits begin, when `run` resolves with the name of the worker that took it.
   */
  readonly events: "Task" | "LambdaFunction" | "Activity";
  /** Set where the result is not what `run` returns, but what a worker sends back with the task's token. */
  readonly tokens?: TaskTokens;
  /** What is wrong with Parameters or Arguments, as far as the definition tells; checked when a machine is made. */
  readonly check?: (resource: string, parameters: Json | undefined) => readonly string[];
  /** Why the machine cannot have the resource at all; checked when a machine is made. */
  readonly refuse?: (resource: string) => readonly string[];
  /** Throws where a task cannot even be scheduled. */
  readonly admit?: (resource: string) => void;
  /** Set where `run` rejects as soon as its stop fires; of others the engine lets go by itself. */
  readonly honoursSignal?: true;
  /** Does the work and returns the task's result. */
  readonly run: (task: TaskRun) => Promise<Json>;
}

const CALLBACK = ".waitForTaskToken";
const WAITS = /(\.sync(:2)?|\.waitForTaskToken)$/;

/**
 * Makes the form of an integration that waits until the task's token comes back.
 *
 * @param integration - The integration; it sees the resource without the ending.
 * @param tokens - The tokens.
 * @returns What runs the same resources with the ending `.waitForTaskToken`.
 * @internal
 */
export function acceptCallbacks(integration: TaskIntegration, tokens: TaskTokens): TaskIntegration {
  const { matches, check, run } = integration;
  const withoutEnding = (resource: string) => resource.slice(0, -CALLBACK.length);
  return {
    ...integration,
    tokens,
    matches(resource) {
      const plain = withoutEnding(resource);
      return resource.endsWith(CALLBACK) && !WAITS.test(plain) && matches(plain);
    },
    ...(check === undefined ? {} : { check: (resource, parameters) => check(withoutEnding(resource), parameters) }),
    run: (task) => run({ ...task, resource: withoutEnding(task.resource) }),
  };
}

/**
 * Makes the integrations as an Express machine may use them: nothing that waits for a job, a token or a worker.
 *
 * @param integrations - Those of a Standard machine.
 * @returns The same; they refuse what an Express machine cannot have.
 * @see AWS Step Functions Developer Guide, "Choosing workflow type in Step Functions"
 * @internal
 */
export function expressIntegrations(integrations: readonly TaskIntegration[]): readonly TaskIntegration[] {
  return integrations.map((integration) => ({
    ...integration,
    refuse(resource) {
      const ending = WAITS.exec(resource)?.[1];
      return [
        ...(ending === undefined ? [] : [`Express state machine does not support '${ending}' service integration`]),
        ...(integration.events === "Activity" ? ["Express state machine does not support Activity ARN"] : []),
      ];
    },
  }));
}

/** A resource as the history shows it. @internal */
export interface ServiceAction {
  readonly resourceType: string;
  readonly resource: string;
}

/**
 * Splits a resource as the history shows it.
 *
 * @param resource - Such as `arn:aws:states:::aws-sdk:sagemaker:describeEndpoint`.
 * @returns `resourceType` `aws-sdk:sagemaker` and `resource` `describeEndpoint`.
 * @internal
 */
export function splitResource(resource: string): ServiceAction {
  const service = resource.split(":").slice(5).join(":");
  const separator = service.lastIndexOf(":");
  // `.sync:2` belongs to the action: states:startExecution.sync:2
  const at = service.endsWith(".sync:2") ? service.lastIndexOf(":", separator - 1) : separator;
  return { resourceType: service.slice(0, Math.max(0, at)), resource: service.slice(at + 1) };
}
