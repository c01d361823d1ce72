import type { MapState } from "../definition/model.js";
import { isJsonArray, type Json } from "../json.js";
import { StateFailure } from "../state-failure.js";
import type { Branch, MapItem } from "./branch.js";
import { finishWithResult, selectInput } from "./data-flow.js";
import { runDistributedMap } from "./distributed/run-distributed-map.js";
import { evaluateConcurrency, notIterable, selectItem, selectItems } from "./map-input.js";
import { runTogether } from "./run-together.js";
import type { StateResult, StateRun } from "./state-run.js";

/** Source: AWS Step Functions Developer Guide, "Inline mode": up to 40 iterations at once. */
const MAX_CONCURRENCY = 40;

/**
 * Runs a Map state once.
 *
 * @param state - The state.
 * @param run - The attempt.
 * @returns What it gives: the outputs of the iterations, in the order of the items.
 * @internal
 */
export async function runMap(state: MapState, run: StateRun): Promise<StateResult> {
  if (state.distributed !== undefined) return runDistributedMap(state, state.distributed, run);
  const { branch } = run;
  const effectiveInput = await selectInput(run, state.data);
  const concurrency = await evaluateConcurrency(state, run, effectiveInput);
  const items = await selectItems(state, run, effectiveInput);
  if (!isJsonArray(items)) throw notIterable(state, items);
  branch.startLines("MapStateStarted", { key: "mapStateStartedEventDetails", value: { length: items.length } });
  const outputs: Json[] = [];
  const started = branch.fork(branch.signal);
  const limit = Math.min(concurrency === 0 ? MAX_CONCURRENCY : concurrency, MAX_CONCURRENCY);
  const running = new Map<number, Branch>();
  const abortOthers = () => {
    for (const [index, line] of running) line.note("MapIterationAborted", iterationDetails(state, index, "Aborted"));
  };
  await runTogether(branch, { name: "Map", count: items.length, limit, abortOthers }, async (index, signal) => {
    const item = { index, value: items[index] ?? null };
    const line = started.fork(signal, item);
    running.set(index, line);
    try {
      outputs[index] = await runIteration(state, run, effectiveInput, line, item);
    } finally {
      running.delete(index);
      branch.lastEventId = Math.max(branch.lastEventId, line.lastEventId);
    }
  });
  branch.note("MapStateSucceeded");
  return { ...(await finishWithResult(run, state.language, state.data, outputs)), next: state.next };
}

async function runIteration(
  state: MapState,
  run: StateRun,
  effectiveInput: Json,
  line: Branch,
  item: MapItem,
): Promise<Json> {
  const { current, output: known } = line.progress;
  if (known !== undefined) return known;
  if (current === undefined) line.add("MapIterationStarted", iterationDetails(state, item.index, "Started"));
  try {
    const input = await selectItem(state, run, effectiveInput, item);
    const output = await run.environment.runBlock(state.processor, input, line);
    line.add("MapIterationSucceeded", iterationDetails(state, item.index, "Succeeded"));
    return output;
  } catch (error) {
    // An error that ends the whole execution is no longer noted by what is around it.
    if (error instanceof StateFailure && !error.isTerminal && !line.signal.aborted) {
      line.note("MapIterationFailed", iterationDetails(state, item.index, "Failed"));
    }
    throw error;
  }
}

function iterationDetails({ name }: MapState, index: number, what: string) {
  return { key: `mapIteration${what}EventDetails`, value: { name, index } };
}
