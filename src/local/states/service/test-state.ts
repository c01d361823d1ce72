import { type Clock, withTimeout } from "../clock.js";
import type { State } from "../definition/model.js";
import { Branch } from "../engine/branch.js";
import type { MapRunHost } from "../engine/distributed/map-run-host.js";
import { applyCatcher, backoffSeconds, findCatcher } from "../engine/error-handling.js";
import { History } from "../engine/history.js";
import { isRetryable, runBlock, runType } from "../engine/run-block.js";
import type { ExecutionEnvironment, StateResult, StateRun } from "../engine/state-run.js";
import { assignVariables } from "../engine/variables.js";
import { isJsonObject, type Json, type JsonObject } from "../json.js";
import { jsonText } from "../json-text.js";
import { locateFailure, matchesError, StateFailure } from "../state-failure.js";
import type { TaskIntegration } from "../tasks/task-integration.js";
import { type ArnPlace, checkRoleArn, executionArn, stateMachineArn } from "./arns.js";
import { findTestedState } from "./find-tested-state.js";
import { readInput } from "./read-input.js";
import { runMocked } from "./run-mocked.js";
import { type MockRequest, parseJson, readMock } from "./state-mock.js";
import { statesError } from "./states-error.js";

/** A TestState request after its shape was checked. @internal */
export interface TestStateRequest extends MockRequest {
  readonly definition: string;
  readonly roleArn?: string;
  readonly input?: string;
  readonly inspectionLevel?: "INFO" | "DEBUG" | "TRACE";
  readonly variables?: string;
  readonly stateName?: string;
}

/** What TestState needs beside the request. @internal */
export interface TestStateSetting {
  readonly place: ArnPlace;
  readonly clock: Clock;
  readonly integrations: readonly TaskIntegration[];
  /** Fires when the caller, or the local AWS, gives up. */
  readonly signal: AbortSignal;
}

/** Source: API reference, "TestState": it runs for up to five minutes. */
const MAX_MS = 300_000;
const NAME = "TestState";

/** Lets a mocked task name any resource. */
const ANYTHING: TaskIntegration = {
  matches: () => true,
  events: "Task",
  run: () => Promise.reject(new StateFailure("States.Runtime", "The work of the state is mocked.")),
};

/** Child executions would outlive the test. */
const NO_MAP_RUNS: MapRunHost = {
  store: undefined,
  open: () => {},
  start() {
    throw new StateFailure("States.Runtime", "A Distributed Map can be tested with a mock only.");
  },
};

/**
 * Runs one state by itself.
 *
 * @param request - The request.
 * @param setting - What it needs beside.
 * @returns The answer of TestState.
 * @internal
 */
export async function testState(request: TestStateRequest, setting: TestStateSetting): Promise<unknown> {
  const { definition, stateName, inspectionLevel = "INFO", roleArn = "" } = request;
  if (roleArn !== "") checkRoleArn(roleArn);
  const integrations = request.mock === undefined ? setting.integrations : [...setting.integrations, ANYTHING];
  const { state, inMap } = findTestedState(definition, stateName, integrations);
  const mock = readMock(request, state);
  const { text, input } = readInput(request.input ?? "{}");
  const inspected: Record<string, unknown> = { input: text };
  const run = createRun(state, request, setting, { input, inMap, inspected });
  const work = () => (mock === undefined ? runType(state, run) : runMocked(state, run, mock, request, inspected));
  let outcome: object;
  try {
    const onTimeout = () => new StateFailure("States.Timeout", undefined, { located: true });
    const result = await withTimeout(setting.clock, { milliseconds: MAX_MS, signal: setting.signal, onTimeout }, work);
    outcome = { status: "SUCCEEDED", ...describeResult(result, run, inspected) };
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    const attempts = request.stateConfiguration?.retrierRetryCount ?? 0;
    outcome = await describeFailure(
      locateFailure(error, state.name, 0),
      state,
      { ...run, retryCount: attempts },
      inspected,
    );
  }
  return inspectionLevel === "INFO" ? outcome : { ...outcome, inspectionData: inspected };
}

function createRun(
  state: State,
  request: TestStateRequest,
  { place, clock, signal }: TestStateSetting,
  {
    input,
    inMap,
    inspected,
  }: { readonly input: Json; readonly inMap: boolean; readonly inspected: Record<string, unknown> },
): StateRun {
  const isJsonata = state.language === "JSONata";
  const entered = clock.now();
  const override = request.context === undefined ? undefined : parseObject(request.context, "context");
  const arn = executionArn(place, NAME, NAME);
  const environment: ExecutionEnvironment = {
    clock,
    region: place.region,
    executionArn: arn,
    stateMachineArn: stateMachineArn(place, NAME),
    mapRuns: NO_MAP_RUNS,
    beforeStop: new Set(),
    contextBase: {
      Execution: {
        Id: arn,
        Input: input,
        Name: NAME,
        RoleArn: request.roleArn ?? "",
        StartTime: entered.toISOString(),
      },
      StateMachine: { Id: stateMachineArn(place, NAME), Name: NAME },
    },
    ...(override === undefined ? {} : { contextOverride: override }),
    runBlock: (block, data, line) => runBlock(environment, block, data, line),
  };
  const variables = request.variables === undefined ? {} : parseObject(request.variables, "variables");
  const branch = new Branch({
    history: new History(clock),
    stop: signal,
    lastEventId: 0,
    variables: new Map(Object.entries(variables)),
    item: inMap ? { index: 0, value: input } : undefined,
  });
  return {
    environment,
    branch,
    stateName: state.name,
    input,
    entered,
    ...(isRetryable(state) ? { retryCount: 0 } : {}),
    inspect(step, value) {
      if (isJsonata && step !== "result" && step !== "afterParameters") return;
      inspected[isJsonata && step === "afterParameters" ? "afterArguments" : step] = jsonText(value);
    },
  };
}

function parseObject(text: string, name: string): JsonObject {
  const value = parseJson(text, name);
  if (isJsonObject(value)) return value;
  throw statesError("ValidationException", `${name} must be a JSON object`);
}

function describeResult({ output, next, assigned }: StateResult, run: StateRun, inspected: Record<string, unknown>) {
  const { branch } = run;
  if (assigned !== undefined) branch.variables = assignVariables(branch.variables, assigned);
  if (branch.variables.size > 0) inspected["variables"] = JSON.stringify(Object.fromEntries(branch.variables));
  return { output: jsonText(output), ...(next === undefined ? {} : { nextState: next }) };
}

async function describeFailure(
  failure: StateFailure,
  state: State,
  run: StateRun,
  inspected: Record<string, unknown>,
): Promise<object> {
  const { retryCount = 0 } = run;
  const { error, causeText } = failure;
  const shown = { ...(error === undefined ? {} : { error }), ...(causeText === undefined ? {} : { cause: causeText }) };
  const retry = "retry" in state ? state.retry : [];
  const retryIndex = retry.findIndex(({ errorEquals }) => matchesError(errorEquals, error ?? "", failure.alias));
  const retrier = retry[retryIndex];
  if (retrier !== undefined && retryCount < retrier.maxAttempts) {
    const retryBackoffIntervalSeconds = Math.floor(backoffSeconds(retrier, retryCount));
    inspected["errorDetails"] = { retryIndex, retryBackoffIntervalSeconds };
    return { status: "RETRIABLE", ...shown };
  }
  const catcher = findCatcher(state, failure);
  if (catcher === undefined || !("catch" in state)) return { status: "FAILED", ...shown };
  inspected["errorDetails"] = { catchIndex: state.catch.indexOf(catcher) };
  try {
    const result = await applyCatcher(catcher, state.language, run, failure);
    return { status: "CAUGHT_ERROR", ...shown, ...describeResult(result, run, inspected) };
  } catch (nested) {
    if (!(nested instanceof StateFailure)) throw nested;
    const { error: name, causeText: cause } = locateFailure(nested, state.name, 0);
    return { status: "FAILED", error: name, cause };
  }
}
