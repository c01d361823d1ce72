import { holdTime, sleepLong } from "../clock.js";
import type { ErrorHandling, State, StatesBlock } from "../definition/model.js";
import type { Json } from "../json.js";
import { LazyText } from "../json-text.js";
import { locateFailure, StateFailure } from "../state-failure.js";
import type { Branch } from "./branch.js";
import { applyCatcher, findCatcher, RetryCounter } from "./error-handling.js";
import { NOT_TRUNCATED } from "./history.js";
import { runMap } from "./map.js";
import { runParallel } from "./parallel.js";
import type { EnteredState, Progress } from "./progress.js";
import { runChoice, runFail, runPass, runSucceed, runWait } from "./simple-states.js";
import type { ExecutionEnvironment, StateResult, StateRun } from "./state-run.js";
import { runTask } from "./task.js";
import { assignVariables, showAssigned } from "./variables.js";

/** After so many states without a pause the rest of the process gets its turn. */
const STATES_PER_TURN = 100;

/**
 * Runs the states of a block from its first one to one that ends it.
 *
 * @param environment - What the states share.
 * @param block - The states.
 * @param input - Input of the first.
 * @param branch - The line of states.
 * @returns Output of the last.
 * @throws {@link StateFailure} when a state fails and nothing catches it; the signal's reason after a stop.
 * @internal
 */
export async function runBlock(
  environment: ExecutionEnvironment,
  block: StatesBlock,
  input: Json,
  branch: Branch,
): Promise<Json> {
  const { progress } = branch;
  if (progress.output !== undefined) return progress.output;
  let data = progress.current?.input ?? input;
  let name: string | undefined = progress.current?.name ?? block.startAt;
  let resumed = resume(progress, block, branch);
  for (let count = 1; name !== undefined; count++) {
    const state = block.states.get(name);
    if (state === undefined)
      throw new StateFailure("States.Runtime", `There is no state '${name}'.`, { located: true });
    if (count % STATES_PER_TURN === 0) {
      await holdTime(environment.clock, () => new Promise((resolve) => setImmediate(resolve)));
    }
    const result: StateResult = await runState(
      environment,
      state,
      resumed ?? enter(environment, state, data, branch),
      branch,
    );
    resumed = undefined;
    data = result.output;
    name = result.next;
  }
  progress.end(data);
  return data;
}

/** The state at which a redriven execution goes on: its next event follows the one with which it was entered. */
function resume(progress: Progress, block: StatesBlock, branch: Branch): EnteredState | undefined {
  const { current } = progress;
  if (current === undefined) return undefined;
  branch.variables = current.variables;
  branch.lastEventId = current.enteredId;
  if (block.states.get(current.name)?.type !== "Fail") return current;
  // A Fail state is entered once more.
  branch.lastEventId = current.previousId;
  return undefined;
}

function enter(environment: ExecutionEnvironment, state: State, input: Json, branch: Branch): EnteredState {
  const { lastEventId: previousId, variables } = branch;
  const entered = environment.clock.now();
  const enteredId = branch.add(`${state.type}StateEntered`, {
    key: "stateEnteredEventDetails",
    value: { name: state.name, input: new LazyText(input), inputDetails: NOT_TRUNCATED },
  });
  const current = { name: state.name, type: state.type, input, variables, entered, enteredId, previousId };
  branch.progress.enter(current);
  return current;
}

async function runState(
  environment: ExecutionEnvironment,
  state: State,
  current: EnteredState,
  branch: Branch,
): Promise<StateResult> {
  const { input, entered } = current;
  const base: StateRun = isRetryable(state)
    ? { environment, branch, stateName: state.name, input, entered, retryCount: 0 }
    : { environment, branch, stateName: state.name, input, entered };
  let retries: RetryCounter | undefined;
  for (let retryCount = 0; ; retryCount++) {
    const run: StateRun = retryCount === 0 ? base : { ...base, retryCount };
    let result: StateResult;
    try {
      result = await runType(state, run);
    } catch (error) {
      const failure = noteFailure(toFailure(error, branch), state, current, branch);
      retries ??= new RetryCounter(state);
      const delay = retries.next(failure, environment.clock.random);
      if (delay !== undefined || failure.error === "States.DataLimitExceeded") branch.progress.forgetLines();
      if (delay !== undefined) {
        await sleepLong(environment.clock, delay, branch.stop);
        continue;
      }
      noteStateFailure(failure, state, branch);
      result = await handleFailure(failure, state, run, current);
    }
    leaveState(state, result, branch);
    return result;
  }
}

/**
 * Whether a state can have Retry and Catch.
 *
 * @param state - The state.
 * @returns `true` for Task, Parallel and Map.
 * @internal
 */
export function isRetryable(state: State): state is Extract<State, ErrorHandling> {
  return state.type === "Task" || state.type === "Parallel" || state.type === "Map";
}

/**
 * Runs one attempt of a state.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives.
 * @internal
 */
export function runType(state: State, run: StateRun): Promise<StateResult> {
  switch (state.type) {
    case "Task":
      return runTask(state, run);
    case "Pass":
      return runPass(state, run);
    case "Choice":
      return runChoice(state, run);
    case "Wait":
      return runWait(state, run);
    case "Succeed":
      return runSucceed(state, run);
    case "Fail":
      return runFail(state, run);
    case "Parallel":
      return runParallel(state, run);
    case "Map":
      return runMap(state, run);
  }
}

/** A stop passes through; anything unforeseen becomes an error of the state and never one of the process. */
function toFailure(error: unknown, branch: Branch): StateFailure {
  if (branch.stop.aborted) throw branch.stop.reason;
  if (error instanceof StateFailure) return error;
  return new StateFailure("States.Runtime", error instanceof Error ? error.message : String(error));
}

function noteFailure(failure: StateFailure, state: State, current: EnteredState, branch: Branch): StateFailure {
  const located = locateFailure(failure, state.name, current.enteredId);
  if (failure.error !== "States.QueryEvaluationError" || failure.located) return located;
  const { error, causeText, location } = located;
  // A state that did nothing yet fails beside its entry, not after it; Wait is the exception on AWS.
  if (branch.lastEventId === current.enteredId && state.type !== "Wait") branch.lastEventId = current.previousId;
  branch.add("EvaluationFailed", {
    key: "evaluationFailedEventDetails",
    value: { error, cause: causeText, state: state.name, ...(location === undefined ? {} : { location }) },
  });
  return located;
}

/** Only what no retrier takes up is a failure of the whole state, unless it ends the execution at once. */
function noteStateFailure(failure: StateFailure, { type }: State, branch: Branch): void {
  if (!failure.isTerminal && (type === "Map" || type === "Parallel")) branch.add(`${type}StateFailed`);
}

async function handleFailure(
  failure: StateFailure,
  state: State,
  run: StateRun,
  current: EnteredState,
): Promise<StateResult> {
  const catcher = findCatcher(state, failure);
  if (catcher === undefined) throw failure;
  try {
    return await applyCatcher(catcher, state.language, run, failure);
  } catch (error) {
    throw noteFailure(toFailure(error, run.branch), state, current, run.branch);
  }
}

function leaveState(state: State, result: StateResult, branch: Branch): void {
  const { output } = result;
  // AWS shows no variables where Assign is empty.
  const assigned = Object.keys(result.assigned ?? {}).length === 0 ? undefined : result.assigned;
  if (assigned !== undefined) branch.variables = assignVariables(branch.variables, assigned);
  const left = { name: state.name, output: new LazyText(output), outputDetails: NOT_TRUNCATED };
  const value =
    assigned === undefined
      ? left
      : { ...left, assignedVariables: showAssigned(assigned), assignedVariablesDetails: NOT_TRUNCATED };
  branch.add(`${state.type}StateExited`, { key: "stateExitedEventDetails", value });
}
