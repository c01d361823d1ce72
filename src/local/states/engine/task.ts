import { isSconesError } from "../../../core/errors.js";
import { withTimeout } from "../clock.js";
import type { TaskState } from "../definition/model.js";
import type { Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { checkDataLimit } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import { splitResource } from "../tasks/task-integration.js";
import { buildParameters, finishWithResult, selectInput } from "./data-flow.js";
import { NOT_TRUNCATED } from "./history.js";
import { evaluateNumber } from "./number-value.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";

/** The limits of one attempt, in seconds. */
interface TaskLimits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

/**
 * Runs a Task state once.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives.
 * @internal
 */
export async function runTask(state: TaskState, run: StateRun): Promise<StateResult> {
  const effectiveInput = await selectInput(run, state.data);
  const parameters = await buildParameters(run, state.data, effectiveInput);
  const scope = scopeOf(run, effectiveInput);
  const bounds = { least: 1, language: state.language };
  const limits = {
    timeout: await evaluateNumber(state.timeoutSeconds, "TimeoutSeconds", scope, bounds),
    heartbeat: await evaluateNumber(state.heartbeatSeconds, "HeartbeatSeconds", scope, bounds),
  };
  const events = state.integration.events === "Task" ? taskEvents(state, run) : functionEvents(state, run);
  events.scheduled(parameters, limits);
  events.started();
  let result: Json;
  try {
    result = await invoke(state, run, parameters, limits.timeout);
    checkDataLimit(result, `The state/task '${state.name}'`);
  } catch (error) {
    const failure = toTaskFailure(error, run);
    events.failed(failure);
    throw failure;
  }
  events.succeeded(result);
  return { ...(await finishWithResult(run, state.language, state.data, result)), next: state.next };
}

async function invoke(
  state: TaskState,
  run: StateRun,
  parameters: Json,
  timeoutSeconds: number | undefined,
): Promise<Json> {
  const { branch, environment } = run;
  const work = (signal: AbortSignal) =>
    state.integration.run({
      resource: state.resource,
      parameters,
      stateName: state.name,
      executionArn: environment.executionArn,
      signal,
      clock: environment.clock,
      submitted: (output) => {
        branch.add("TaskSubmitted", {
          key: "taskSubmittedEventDetails",
          value: { ...splitResource(state.resource), output: jsonText(output), outputDetails: NOT_TRUNCATED },
        });
      },
    });
  if (timeoutSeconds === undefined && state.integration.honoursSignal) return work(branch.signal);
  return withTimeout(
    environment.clock,
    {
      milliseconds: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
      signal: branch.signal,
      onTimeout: () => new StateFailure("States.Timeout", undefined, { located: true }),
    },
    work,
  );
}

/** A stop of the execution passes through as it is; a fault of an integration fails the task. */
function toTaskFailure(error: unknown, run: StateRun): StateFailure {
  if (run.branch.signal.aborted) throw run.branch.signal.reason;
  if (error instanceof StateFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const name = isSconesError(error) ? error.code : "States.TaskFailed";
  return new StateFailure(name, message, { located: true });
}

interface TaskEvents {
  scheduled(parameters: Json, limits: TaskLimits): void;
  started(): void;
  succeeded(result: Json): void;
  failed(failure: StateFailure): void;
}

function failureDetails({ error, causeText }: StateFailure) {
  return { ...(error === undefined ? {} : { error }), ...(causeText === undefined ? {} : { cause: causeText }) };
}

function showLimits({ timeout, heartbeat }: TaskLimits) {
  return {
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  };
}

function taskEvents(state: TaskState, { branch, environment }: StateRun): TaskEvents {
  const service = splitResource(state.resource);
  return {
    scheduled(parameters, limits) {
      const value = { ...service, region: environment.region, parameters: jsonText(parameters), ...showLimits(limits) };
      branch.add("TaskScheduled", { key: "taskScheduledEventDetails", value });
    },
    started: () => void branch.add("TaskStarted", { key: "taskStartedEventDetails", value: service }),
    succeeded(result) {
      const value = { ...service, output: jsonText(result), outputDetails: NOT_TRUNCATED };
      branch.add("TaskSucceeded", { key: "taskSucceededEventDetails", value });
    },
    failed(failure) {
      const value = { ...service, ...failureDetails(failure) };
      if (failure.error === "States.Timeout") {
        branch.add("TaskTimedOut", { key: "taskTimedOutEventDetails", value });
      } else {
        branch.add("TaskFailed", { key: "taskFailedEventDetails", value });
      }
    },
  };
}

function functionEvents(state: TaskState, { branch }: StateRun): TaskEvents {
  return {
    scheduled(parameters, limits) {
      const value = {
        resource: state.resource,
        input: jsonText(parameters),
        inputDetails: NOT_TRUNCATED,
        ...(limits.timeout === undefined ? {} : { timeoutInSeconds: limits.timeout }),
      };
      branch.add("LambdaFunctionScheduled", { key: "lambdaFunctionScheduledEventDetails", value });
    },
    started: () => void branch.add("LambdaFunctionStarted"),
    succeeded(result) {
      const value = { output: jsonText(result), outputDetails: NOT_TRUNCATED };
      branch.add("LambdaFunctionSucceeded", { key: "lambdaFunctionSucceededEventDetails", value });
    },
    failed(failure) {
      const [type, key] =
        failure.error === "States.Timeout"
          ? ["LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails"]
          : ["LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"];
      branch.add(type, { key, value: failureDetails(failure) });
    },
  };
}
