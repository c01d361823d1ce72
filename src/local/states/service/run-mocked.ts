import type { MapState, State } from "../definition/model.js";
import { buildParameters, finishWithResult, selectInput } from "../engine/data-flow.js";
import { evaluateNumber } from "../engine/number-value.js";
import { type StateResult, type StateRun, scopeOf } from "../engine/state-run.js";
import { isJsonArray, type Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { MockRequest, StateMock } from "./state-mock.js";

/**
 * Runs a state whose work is mocked: its data goes the whole way, and the mock stands for what the work gives.
 *
 * @param state - A Task, Map or Parallel.
 * @param run - The attempt.
 * @param mock - What the work gives.
 * @param request - The request.
 * @param inspected - Receives what TestState shows of a Map beside its data.
 * @returns What the state gives.
 * @throws {@link StateFailure} that of the mock, or one on the way.
 * @internal
 */
export async function runMocked(
  state: State,
  run: StateRun,
  mock: StateMock,
  request: MockRequest,
  inspected: Record<string, unknown>,
): Promise<StateResult> {
  const input = await selectInput(run, state.data);
  if (state.type === "Map") await inspectMap(state, run, input, request, inspected);
  else await buildParameters(run, state.data, input);
  if ("failure" in mock) throw mock.failure;
  return { ...(await finishWithResult(run, state.language, state.data, mock.result)), next: state.next };
}

async function inspectMap(
  state: MapState,
  run: StateRun,
  input: Json,
  request: MockRequest,
  inspected: Record<string, unknown>,
): Promise<void> {
  const scope = scopeOf(run, input);
  const items = state.items === undefined ? input : await state.items.evaluate(scope);
  if (state.language === "JSONPath") inspected["afterItemsPath"] = jsonText(items);
  const { itemSelector: selector } = state;
  if (selector !== undefined && isJsonArray(items)) {
    const selected: Json[] = [];
    for (const [index, value] of items.entries()) {
      selected.push(await selector.evaluate(scopeOf(run, input, { item: { index, value } })));
    }
    inspected["afterItemSelector"] = jsonText(selected);
  }
  const bounds = { least: 0, language: state.language };
  const limits = {
    maxConcurrency: await evaluateNumber(state.maxConcurrency, "MaxConcurrency", scope, bounds),
    toleratedFailureCount: await evaluateNumber(state.toleratedFailureCount, "ToleratedFailureCount", scope, bounds),
    toleratedFailurePercentage: await evaluateNumber(
      state.toleratedFailurePercentage,
      "ToleratedFailurePercentage",
      scope,
      { ...bounds, most: 100, whole: false },
    ),
  };
  for (const [name, value] of Object.entries(limits)) if (value !== undefined) inspected[name] = value;
  const failures = request.stateConfiguration?.mapIterationFailureCount ?? 0;
  checkTolerance(failures, isJsonArray(items) ? items.length : 0, limits);
}

function checkTolerance(
  failures: number,
  items: number,
  limits: {
    readonly toleratedFailureCount: number | undefined;
    readonly toleratedFailurePercentage: number | undefined;
  },
): void {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = limits;
  const tooMany = count !== undefined && failures > count;
  const tooMuch = percentage !== undefined && failures * 100 > percentage * items;
  if (!tooMany && !tooMuch) return;
  throw new StateFailure(
    "States.ExceedToleratedFailureThreshold",
    "The specified tolerated failure threshold was exceeded",
    { located: true },
  );
}
