import { unsupportedOperation } from "../../local-operation-error.js";
import type { MapState, ParallelState, State, TaskState } from "../definition/model.js";
import { isJsonArray, isJsonObject, type Json, memberOf } from "../json.js";
import { StateFailure } from "../state-failure.js";
import { containsState } from "./find-tested-state.js";
import { statesError } from "./states-error.js";

/** A mock of TestState, and what belongs to it. @internal */
export interface MockRequest {
  readonly mock?: {
    readonly result?: string;
    readonly errorOutput?: { readonly error?: string; readonly cause?: string };
    readonly fieldValidationMode?: "STRICT" | "PRESENT" | "NONE";
  };
  readonly context?: string;
  readonly stateConfiguration?: {
    readonly retrierRetryCount?: number;
    readonly errorCausedByState?: string;
    readonly mapIterationFailureCount?: number;
    readonly mapItemReaderData?: string;
  };
}

/** A state whose work can be mocked. @internal */
export type MockedState = TaskState | MapState | ParallelState;

/** What the work of a state is said to give. @internal */
export type StateMock = { readonly result: Json } | { readonly failure: StateFailure };

const NEEDS_MOCK = /(\.sync(:2)?|\.waitForTaskToken)$|:activity:[^:]+$/;

/**
 * Reads a mock.
 *
 * @param request - The request.
 * @param state - The state.
 * @returns What its work gives, or `undefined` where it really works.
 * @internal
 */
export function readMock(request: MockRequest, state: State): StateMock | undefined {
  const { mock, context, stateConfiguration } = request;
  const isMocked = mock !== undefined && (mock.result !== undefined || mock.errorOutput !== undefined);
  if (!isMocked) {
    if (context !== undefined) throw invalid("A context can only be specified together with a mock");
    if (stateConfiguration !== undefined) throw invalid("A stateConfiguration can only be specified with a mock");
    const isLambda = state.type === "Task" && !NEEDS_MOCK.test(state.resource);
    if (isWorking(state) && !isLambda) {
      throw invalid(
        "State type 'Parallel' or 'Map', an activity, .sync and .waitForTaskToken are only supported with a mock",
      );
    }
    return undefined;
  }
  if (!isWorking(state)) throw invalid(`A mock is not supported for a state of type '${state.type}'`);
  if (mock.result !== undefined && mock.errorOutput !== undefined) {
    throw invalid("A mock must have either a result or an errorOutput, but has both");
  }
  checkConfiguration(state, stateConfiguration ?? {});
  if (mock.errorOutput !== undefined) return { failure: readError(mock.errorOutput) };
  const result = parseJson(mock.result ?? "null", "mock.result");
  if ((mock.fieldValidationMode ?? "STRICT") !== "NONE") checkResult(state, result);
  return { result };
}

function isWorking(state: State): state is MockedState {
  return state.type === "Task" || state.type === "Map" || state.type === "Parallel";
}

function readError({ error, cause }: { readonly error?: string; readonly cause?: string }): StateFailure {
  if (error === undefined) throw invalid("mock.errorOutput must have an error");
  return new StateFailure(error, cause, { located: true });
}

function checkConfiguration(state: State, configuration: NonNullable<MockRequest["stateConfiguration"]>): void {
  const { errorCausedByState, mapIterationFailureCount, mapItemReaderData } = configuration;
  if (mapItemReaderData !== undefined) throw unsupportedOperation("states", "TestState with mapItemReaderData");
  if (mapIterationFailureCount !== undefined && state.type !== "Map") {
    throw invalid("mapIterationFailureCount is only supported for a state of type 'Map'");
  }
  if (errorCausedByState !== undefined && !containsState(state, errorCausedByState)) {
    throw invalid(`errorCausedByState: the state '${errorCausedByState}' is not within the tested state`);
  }
}

/** Holds a result against what the state's work can give at all, and that of lambda:invoke against Lambda's answer. */
function checkResult(state: MockedState, result: Json): void {
  if (state.type === "Map" && !isJsonArray(result)) throw invalid("The mock result of a Map must be an array");
  if (state.type === "Parallel" && (!isJsonArray(result) || result.length !== state.branches.length)) {
    throw invalid(`The mock result of this Parallel must be an array of ${state.branches.length} elements`);
  }
  if (state.type !== "Task" || !state.resource.endsWith(":lambda:invoke")) return;
  if (!isJsonObject(result)) throw invalid("The mock result of lambda:invoke must be an object");
  for (const [field, type] of [
    ["StatusCode", "number"],
    ["FunctionError", "string"],
    ["ExecutedVersion", "string"],
    ["LogResult", "string"],
  ] as const) {
    const value = memberOf(result, field);
    if (value !== undefined && typeof value !== type) {
      throw invalid(`The field '${field}' of the mock result must be a ${type}`);
    }
  }
}

/**
 * Reads a parameter that holds JSON.
 *
 * @param text - The parameter.
 * @param name - Its name.
 * @returns The value.
 * @internal
 */
export function parseJson(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw invalid(`${name} must be valid JSON`);
  }
}

function invalid(message: string) {
  return statesError("ValidationException", message);
}
