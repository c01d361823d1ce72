import type { TaskState } from "../definition/model.js";
import type { Json } from "../json.js";
import { LazyText } from "../json-text.js";
import type { StateFailure } from "../state-failure.js";
import { NOT_TRUNCATED } from "./history.js";
import type { StateRun } from "./state-run.js";

/** The limits of one attempt, in seconds. @internal */
export interface TaskLimits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

/** Writes the events of one attempt. @internal */
export interface TaskEvents {
  scheduled(parameters: Json, limits: TaskLimits): void;
  /** `worker`: what `run` of an activity gave. */
  started(worker?: Json): void;
  submitted(output: Json): void;
  succeeded(result: Json): void;
  failed(failure: StateFailure): void;
}

/**
 * Makes the writer of a Task state's events; their names depend on the kind of its resource.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns The writer.
 * @internal
 */
export function createTaskEvents(state: TaskState, run: StateRun): TaskEvents {
  switch (state.integration.events) {
    case "Task":
      return serviceEvents(state, run);
    case "LambdaFunction":
      return functionEvents(state, run);
    case "Activity":
      return activityEvents(state, run);
  }
}

function failureDetails({ error, causeText }: StateFailure) {
  return { ...(error === undefined ? {} : { error }), ...(causeText === undefined ? {} : { cause: causeText }) };
}

function showTimeout({ timeout }: TaskLimits) {
  return timeout === undefined ? {} : { timeoutInSeconds: timeout };
}

function showLimits(limits: TaskLimits) {
  const { heartbeat } = limits;
  return { ...showTimeout(limits), ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }) };
}

function showOutput(result: Json) {
  return { output: new LazyText(result), outputDetails: NOT_TRUNCATED };
}

function isTimeout(failure: StateFailure): boolean {
  return failure.error === "States.Timeout";
}

function serviceEvents(state: TaskState, { branch, environment }: StateRun): TaskEvents {
  const { service } = state;
  const { resourceType, resource } = service;
  // Of one shape, which costs less; what is undefined does not stand in the JSON of an event.
  return {
    scheduled(parameters, { timeout: timeoutInSeconds, heartbeat: heartbeatInSeconds }) {
      const { region } = environment;
      const text = new LazyText(parameters);
      const value = { resourceType, resource, region, parameters: text, timeoutInSeconds, heartbeatInSeconds };
      branch.add("TaskScheduled", { key: "taskScheduledEventDetails", value });
    },
    started: () => void branch.add("TaskStarted", { key: "taskStartedEventDetails", value: service }),
    submitted(output) {
      const value = { resourceType, resource, output: new LazyText(output), outputDetails: NOT_TRUNCATED };
      branch.add("TaskSubmitted", { key: "taskSubmittedEventDetails", value });
    },
    succeeded(result) {
      const value = { resourceType, resource, output: new LazyText(result), outputDetails: NOT_TRUNCATED };
      branch.add("TaskSucceeded", { key: "taskSucceededEventDetails", value });
    },
    failed(failure) {
      const value = { ...service, ...failureDetails(failure) };
      if (isTimeout(failure)) branch.add("TaskTimedOut", { key: "taskTimedOutEventDetails", value });
      else branch.add("TaskFailed", { key: "taskFailedEventDetails", value });
    },
  };
}

function functionEvents(state: TaskState, { branch }: StateRun): TaskEvents {
  return {
    scheduled(parameters, limits) {
      const input = { input: new LazyText(parameters), inputDetails: NOT_TRUNCATED };
      const value = { resource: state.resource, ...input, ...showTimeout(limits) };
      branch.add("LambdaFunctionScheduled", { key: "lambdaFunctionScheduledEventDetails", value });
    },
    started: () => void branch.add("LambdaFunctionStarted"),
    submitted() {},
    succeeded(result) {
      branch.add("LambdaFunctionSucceeded", {
        key: "lambdaFunctionSucceededEventDetails",
        value: showOutput(result),
      });
    },
    failed(failure) {
      const [type, key] = isTimeout(failure)
        ? ["LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails"]
        : ["LambdaFunctionFailed", "lambdaFunctionFailedEventDetails"];
      branch.add(type, { key, value: failureDetails(failure) });
    },
  };
}

function activityEvents(state: TaskState, { branch }: StateRun): TaskEvents {
  return {
    scheduled(parameters, limits) {
      const input = { input: new LazyText(parameters), inputDetails: NOT_TRUNCATED };
      const value = { resource: state.resource, ...input, ...showLimits(limits) };
      branch.add("ActivityScheduled", { key: "activityScheduledEventDetails", value });
    },
    started(worker) {
      const value = typeof worker === "string" ? { workerName: worker } : {};
      branch.add("ActivityStarted", { key: "activityStartedEventDetails", value });
    },
    submitted() {},
    succeeded(result) {
      branch.add("ActivitySucceeded", { key: "activitySucceededEventDetails", value: showOutput(result) });
    },
    failed(failure) {
      const [type, key] = isTimeout(failure)
        ? ["ActivityTimedOut", "activityTimedOutEventDetails"]
        : ["ActivityFailed", "activityFailedEventDetails"];
      branch.add(type, { key, value: failureDetails(failure) });
    },
  };
}
