import { isSconesError } from "../../../core/errors.js";
import type { StopSignal } from "../../stop-signal.js";
import { withTimeout } from "../clock.js";
import type { TaskState } from "../definition/model.js";
import type { Json } from "../json.js";
import { checkDataLimit } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import type { TaskRun } from "../tasks/task-integration.js";
import type { OpenTask } from "../tasks/task-tokens.js";
import { buildParameters, finishWithResult, selectInput } from "./data-flow.js";
import { evaluateNumber } from "./number-value.js";
import { requireHeartbeats } from "./require-heartbeats.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";
import { createTaskEvents, type TaskEvents, type TaskLimits } from "./task-events.js";

/** One attempt at the work of a Task state. */
interface Attempt {
  readonly state: TaskState;
  readonly run: StateRun;
  readonly parameters: Json;
  readonly limits: TaskLimits;
  readonly events: TaskEvents;
  /** Where the result comes back with a token. */
  readonly open: OpenTask | undefined;
}

/**
 * Runs a Task state once.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives.
 * @internal
 */
export function runTask(state: TaskState, run: StateRun): Promise<StateResult> {
  const open = state.integration.tokens?.open();
  return open === undefined ? runAttempt(state, run, open) : runWithToken(state, run, open);
}

async function runWithToken(state: TaskState, run: StateRun, open: OpenTask): Promise<StateResult> {
  try {
    // Only what waits for a token sees one in its context object.
    const isActivity = state.integration.events === "Activity";
    return await runAttempt(state, isActivity ? run : { ...run, taskToken: open.token }, open);
  } finally {
    open.close();
  }
}

async function runAttempt(state: TaskState, run: StateRun, open: OpenTask | undefined): Promise<StateResult> {
  const effectiveInput = await selectInput(run, state.data);
  const parameters = await buildParameters(run, state.data, effectiveInput);
  const scope = scopeOf(run, effectiveInput);
  const bounds = { least: 1, language: state.language };
  const timeout = evaluateNumber(state.timeoutSeconds, "TimeoutSeconds", scope, bounds);
  const limits = {
    timeout: timeout instanceof Promise ? await timeout : timeout,
    heartbeat: await evaluateNumber(state.heartbeatSeconds, "HeartbeatSeconds", scope, bounds),
  };
  state.integration.admit?.(state.resource);
  const events = createTaskEvents(state, run);
  events.scheduled(parameters, limits);
  let result: Json;
  try {
    const attempt: Attempt = { state, run, parameters, limits, events, open };
    result = await (state.integration.events === "Activity" ? runActivity(attempt) : runService(attempt));
    checkDataLimit(result, `The state/task '${state.name}'`);
  } catch (error) {
    const failure = toTaskFailure(error, run);
    events.failed(failure);
    throw failure;
  }
  events.succeeded(result);
  const { output, assigned } = await finishWithResult(run, state.language, state.data, result);
  return assigned === undefined ? { output, next: state.next } : { output, assigned, next: state.next };
}

function runService(attempt: Attempt): Promise<Json> {
  const { state, run, limits, events, open } = attempt;
  events.started();
  if (open === undefined) {
    if (limits.timeout === undefined && state.integration.honoursSignal) return invoke(attempt, run.branch.stop);
    return withinTimeout(attempt, (stop) => invoke(attempt, stop));
  }
  return withinTimeout(attempt, (stop) =>
    withinHeartbeats(attempt, open, stop, async () => {
      events.submitted(await invoke(attempt, stop));
      return open.outcome;
    }),
  );
}

/** The limits begin when a worker has taken the task, which may be any time later. */
async function runActivity(attempt: Attempt): Promise<Json> {
  const { run, events, open } = attempt;
  events.started(await invoke(attempt, run.branch.stop));
  if (open === undefined) throw new Error("An activity has a token.");
  return withinTimeout(attempt, (stop) => withinHeartbeats(attempt, open, stop, () => open.outcome));
}

function withinTimeout({ run, limits }: Attempt, work: (stop: StopSignal) => Promise<Json>): Promise<Json> {
  const milliseconds = limits.timeout === undefined ? undefined : limits.timeout * 1000;
  const onTimeout = () => new StateFailure("States.Timeout", undefined, { located: true });
  return withTimeout(run.environment.clock, { milliseconds, signal: run.branch.stop, onTimeout }, work);
}

function withinHeartbeats(
  { run, limits }: Attempt,
  open: OpenTask,
  stop: StopSignal,
  work: () => Promise<Json>,
): Promise<Json> {
  if (limits.heartbeat === undefined) return work();
  return requireHeartbeats(run.environment.clock, { milliseconds: limits.heartbeat * 1000, open, stop }, work);
}

function invoke({ state, run, parameters, events, open }: Attempt, stop: StopSignal): Promise<Json> {
  const { environment } = run;
  const task: TaskRun = {
    resource: state.resource,
    parameters,
    stateName: state.name,
    executionArn: environment.executionArn,
    stop,
    clock: environment.clock,
    submitted: events.submitted,
  };
  return state.integration.run(open === undefined ? task : { ...task, token: open.token });
}

/** A stop of the execution passes through as it is; a fault of an integration fails the task. */
function toTaskFailure(error: unknown, run: StateRun): StateFailure {
  if (run.branch.stop.aborted) throw run.branch.stop.reason;
  if (error instanceof StateFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const name = isSconesError(error) ? error.code : "States.TaskFailed";
  return new StateFailure(name, message, { located: true });
}
