import type { MapState } from "../definition/model.js";
import { isJsonArray, type Json } from "../json.js";
import { joinValues } from "../json-text.js";
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
  const started = branch.fork(branch.stop);
  const limit = Math.min(concurrency === 0 ? MAX_CONCURRENCY : concurrency, MAX_CONCURRENCY);
  await runTogether(branch, {
    count: items.length,
    limit,
    fork: (index, stop) => started.fork(stop, { index, value: items[index] ?? null }),
    async run(line, index) {
      const item = { index, value: items[index] ?? null };
      const { output, lastId } = await runIteration(state, run, effectiveInput, line, item);
      outputs[index] = output;
      return lastId;
    },
    note: (what, index, cause) => branch.note(`MapIteration${what}`, iterationDetails(state, index, what), cause),
  });
  branch.note("MapStateSucceeded");
  return { ...(await finishWithResult(run, state.language, state.data, joinValues(outputs))), next: state.next };
}

async function runIteration(
  state: MapState,
  run: StateRun,
  effectiveInput: Json,
  line: Branch,
  item: MapItem,
): Promise<{ readonly output: Json; readonly lastId: number }> {
  const { current, output: known } = line.progress;
  if (known !== undefined) return { output: known, lastId: line.lastEventId };
  if (current === undefined) line.add("MapIterationStarted", iterationDetails(state, item.index, "Started"));
  const input = await selectItem(state, run, effectiveInput, item);
  const output = await run.environment.runBlock(state.processor, input, line);
  return { output, lastId: line.note("MapIterationSucceeded", iterationDetails(state, item.index, "Succeeded")) };
}

function iterationDetails({ name }: MapState, index: number, what: string) {
  return { key: `mapIteration${what}EventDetails`, value: { name, index } };
}
