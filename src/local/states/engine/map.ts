import type { MapState } from "../definition/model.js";
import { isJsonArray, type Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { unexpectedType } from "../jsonata/jsonata-expression.js";
import { checkDataLimit } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import type { Branch, MapItem } from "./branch.js";
import { finishWithResult, selectInput } from "./data-flow.js";
import { evaluateNumber } from "./number-value.js";
import { runTogether } from "./run-together.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";

/** Source: AWS Step Functions Developer Guide, "Inline mode": up to 40 iterations at once. */
const MAX_CONCURRENCY = 40;

interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

/**
 * Runs a Map state once, in the mode INLINE.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives: the outputs of the iterations, in the order of the items.
 * @internal
 */
export async function runMap(state: MapState, run: StateRun): Promise<StateResult> {
  const { branch } = run;
  const effectiveInput = await selectInput(run, state.data);
  const items = await readItems(state, run, effectiveInput);
  const scope = scopeOf(run, effectiveInput);
  const { language } = state;
  const concurrency = await evaluateNumber(state.maxConcurrency, "MaxConcurrency", scope, { least: 0, language });
  const tolerance: Tolerance = {
    count: await evaluateNumber(state.toleratedFailureCount, "ToleratedFailureCount", scope, { least: 0, language }),
    percentage: await evaluateNumber(state.toleratedFailurePercentage, "ToleratedFailurePercentage", scope, {
      least: 0,
      most: 100,
      whole: false,
      language,
    }),
  };
  branch.startLines("MapStateStarted", { key: "mapStateStartedEventDetails", value: { length: items.length } });
  const outputs: Json[] = [];
  const started = branch.fork(branch.signal);
  const limit = Math.min(
    concurrency === undefined || concurrency === 0 ? MAX_CONCURRENCY : concurrency,
    MAX_CONCURRENCY,
  );
  let failures = 0;
  await runTogether(branch, { name: "Map", count: items.length, limit }, async (index, signal) => {
    const item = { index, value: items[index] ?? null };
    const line = started.fork(signal, item);
    try {
      outputs[index] = await runIteration(state, run, effectiveInput, line, item);
    } catch (error) {
      if (!(error instanceof StateFailure) || signal.aborted) throw error;
      failures++;
      branch.lastEventId = Math.max(branch.lastEventId, line.lastEventId);
      outputs[index] = tolerate(error, failures, items.length, tolerance);
    }
    branch.lastEventId = Math.max(branch.lastEventId, line.lastEventId);
  });
  branch.add("MapStateSucceeded");
  return { ...(await finishWithResult(run, language, state.data, outputs)), next: state.next };
}

async function runIteration(
  state: MapState,
  run: StateRun,
  effectiveInput: Json,
  line: Branch,
  item: MapItem,
): Promise<Json> {
  const details = { key: "", value: { name: state.name, index: item.index } };
  const mark = (what: string) =>
    line.add(`MapIteration${what}`, { ...details, key: `mapIteration${what}EventDetails` });
  const selector = state.itemSelector;
  const { current, output: known } = line.progress;
  if (known !== undefined) return known;
  if (current === undefined) mark("Started");
  try {
    let input = item.value;
    if (selector !== undefined) {
      input = await selector.evaluate(scopeOf(run, effectiveInput, { item }));
      checkDataLimit(input, `The state/task '${state.name}'`);
    }
    const output = await run.environment.runBlock(state.processor, input, line);
    mark("Succeeded");
    return output;
  } catch (error) {
    if (error instanceof StateFailure && !line.signal.aborted) mark("Failed");
    throw error;
  }
}

/** Without a threshold the iteration's own error fails the state. */
function tolerate(failure: StateFailure, failures: number, items: number, tolerance: Tolerance): Json {
  const { count, percentage } = tolerance;
  if (count === undefined && percentage === undefined) throw failure;
  if (failures > (count ?? Number.POSITIVE_INFINITY) || (failures * 100) / items > (percentage ?? 100)) {
    throw new StateFailure(
      "States.ExceedToleratedFailureThreshold",
      "The specified tolerated failure threshold was exceeded",
      { located: true },
    );
  }
  return { Error: failure.error ?? null, Cause: failure.causeText ?? null };
}

async function readItems(state: MapState, run: StateRun, effectiveInput: Json): Promise<readonly Json[]> {
  const items = state.items === undefined ? effectiveInput : await state.items.evaluate(scopeOf(run, effectiveInput));
  if (isJsonArray(items)) return items;
  if (state.language === "JSONata") throw unexpectedType(state.itemsText, "Items", "array", items);
  const path = state.itemsText;
  throw new StateFailure("States.Runtime", `Reference path "${path}" must point to array. ${describeKind(items)}`);
}

function describeKind(value: Json): string {
  return `It points to ${jsonText(value).slice(0, 100)}`;
}
