import { randomUUID } from "node:crypto";
import { onStop } from "../../../stop-signal.js";
import type { DistributedMap } from "../../definition/distributed-model.js";
import type { MapState } from "../../definition/model.js";
import type { Json } from "../../json.js";
import { jsonText } from "../../json-text.js";
import { checkDataLimit } from "../../limits.js";
import { StateFailure } from "../../state-failure.js";
import { finishWithResult, selectInput } from "../data-flow.js";
import { evaluateConcurrency, notIterable, selectItem, selectItems } from "../map-input.js";
import { evaluateNumber } from "../number-value.js";
import { type StateResult, type StateRun, scopeOf } from "../state-run.js";
import { batchItems, type ChildInput } from "./batch-items.js";
import { collectResults, formatResults } from "./child-results.js";
import { MapRun, type MapRunSettings } from "./map-run.js";
import { itemsOf, type RawItem, readerFailure } from "./parse-items.js";
import { readItems } from "./read-items.js";
import { openTarget, writeResults } from "./write-results.js";

/** A Map state that runs as DISTRIBUTED, with its attempt and effective input. */
interface DistributedRun {
  readonly state: MapState;
  readonly map: DistributedMap;
  readonly run: StateRun;
  readonly effectiveInput: Json;
}

/**
 * Runs a Map state once, in the mode DISTRIBUTED: each item, or batch of items, is an execution of its own.
 *
 * @param state - The state.
 * @param map - What it has as a distributed one.
 * @param run - The attempt.
 * @returns What it gives: the results of the children, or where they were written to.
 * @internal
 */
export async function runDistributedMap(state: MapState, map: DistributedMap, run: StateRun): Promise<StateResult> {
  const { branch, environment } = run;
  const effectiveInput = await selectInput(run, state.data);
  const distributed: DistributedRun = { state, map, run, effectiveInput };
  const maxConcurrency = await evaluateConcurrency(state, run, effectiveInput);
  const stateItems = map.reader === undefined ? await takeStateItems(distributed) : undefined;
  const started = { key: "mapStateStartedEventDetails", value: { length: stateItems?.length ?? 0 } };
  branch.add("MapStateStarted", started);
  const mapRun = openMapRun(distributed, { maxConcurrency, ...(await evaluateTolerance(distributed)) });
  branch.add("MapRunStarted", { key: "mapRunStartedEventDetails", value: { mapRunArn: mapRun.facts.arn } });
  const abort = () => mapRun.end("ABORTED", environment.clock.now());
  const noteAbort = () => {
    abort();
    if (!branch.stop.aborted) branch.note("MapRunAborted");
  };
  const stopListening = onStop(branch.stop, abort);
  environment.beforeStop.add(noteAbort);
  let result: Json;
  try {
    result = await runChildren(distributed, mapRun, stateItems);
    mapRun.end("SUCCEEDED", environment.clock.now());
  } catch (error) {
    if (error instanceof StateFailure && !branch.stop.aborted) noteFailure(error, mapRun, run);
    throw error;
  } finally {
    stopListening();
    environment.beforeStop.delete(noteAbort);
  }
  branch.note("MapStateSucceeded", undefined, branch.note("MapRunSucceeded"));
  return { ...(await finishWithResult(run, state.language, state.data, result)), next: state.next };
}

function noteFailure(failure: StateFailure, mapRun: MapRun, { branch, environment }: StateRun): void {
  mapRun.end("FAILED", environment.clock.now());
  const { error, causeText } = failure;
  const value = {
    ...(error === undefined ? {} : { error }),
    ...(causeText === undefined ? {} : { cause: causeText }),
  };
  branch.add("MapRunFailed", { key: "mapRunFailedEventDetails", value });
}

async function takeStateItems({ state, run, effectiveInput }: DistributedRun): Promise<readonly RawItem[]> {
  const value = await selectItems(state, run, effectiveInput);
  const items = itemsOf(value, "STATE_DATA");
  if (items === undefined) throw notIterable(state, value);
  return items;
}

async function evaluateTolerance({ state, run, effectiveInput }: DistributedRun) {
  const scope = scopeOf(run, effectiveInput);
  const { language } = state;
  const counts = { least: 0, language, refusal: "ToleratedFailureCount cannot be negative." };
  const percents = {
    least: 0,
    most: 100,
    whole: false,
    language,
    refusal: "ToleratedFailurePercentage must be between 0 and 100.",
  } as const;
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = state;
  return {
    toleratedFailureCount: await evaluateNumber(count, "ToleratedFailureCount", scope, counts),
    toleratedFailurePercentage: await evaluateNumber(percentage, "ToleratedFailurePercentage", scope, percents),
  };
}

function openMapRun({ map, run }: DistributedRun, settings: MapRunSettings): MapRun {
  const { environment } = run;
  const stateMachineArn = `${environment.stateMachineArn}/${map.label}`;
  const id = randomUUID();
  const mapRun = new MapRun(
    {
      arn: `${stateMachineArn.replace(":stateMachine:", ":mapRun:")}:${id}`,
      id,
      executionArn: environment.executionArn,
      stateMachineArn,
      label: map.label,
      startDate: environment.clock.now(),
    },
    settings,
  );
  environment.mapRuns.open(mapRun);
  return mapRun;
}

async function runChildren(
  distributed: DistributedRun,
  mapRun: MapRun,
  stateItems: readonly RawItem[] | undefined,
): Promise<Json> {
  const { map, run, effectiveInput, state } = distributed;
  const { store } = run.environment.mapRuns;
  const { writer } = map;
  const target =
    writer.parameters === undefined
      ? undefined
      : await openTarget(store, await writer.parameters.evaluate(scopeOf(run, effectiveInput)), mapRun);
  const inputs = await makeInputs(distributed, stateItems ?? (await readFromStore(distributed)));
  for (const { input } of inputs) checkDataLimit(input, `The state/task '${state.name}'`);
  let failure: unknown;
  try {
    await mapRun.run(
      inputs.map(({ size }) => size),
      (index) => startChild(distributed, mapRun, inputs[index] ?? { input: null, size: 0 }),
    );
  } catch (error) {
    failure = error;
  }
  // What was done is written also when too much of it failed, but not after a stop.
  const isWritten = target !== undefined && !run.branch.stop.aborted;
  const details = isWritten ? await writeResults(target, writer, mapRun, inputs) : undefined;
  if (failure !== undefined) throw failure;
  if (run.branch.stop.aborted) throw run.branch.stop.reason;
  if (details !== undefined) return details;
  const succeeded = mapRun.children.filter(({ status }) => status === "SUCCEEDED");
  const results = collectResults(succeeded, writer.transformation);
  checkDataLimit(results, `The state/task '${state.name}'`);
  return writer.outputType === "JSON" ? results : formatResults(results, "JSONL");
}

async function readFromStore({ map, run, effectiveInput, state }: DistributedRun): Promise<readonly RawItem[]> {
  const { reader } = map;
  if (reader === undefined) return [];
  const scope = scopeOf(run, effectiveInput);
  const { language } = state;
  const bounds = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY, language };
  const maxItems = await evaluateNumber(reader.maxItems, "MaxItems", scope, bounds);
  if (maxItems !== undefined && maxItems < 0) throw readerFailure("field MaxItems must be positive");
  const items = await readItems(reader, run.environment.mapRuns.store, await reader.parameters.evaluate(scope));
  // Zero stands for all, as in a listing.
  return maxItems === undefined || maxItems === 0 ? items : items.slice(0, maxItems);
}

async function makeInputs(distributed: DistributedRun, items: readonly RawItem[]): Promise<readonly ChildInput[]> {
  const { state, map, run, effectiveInput } = distributed;
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) {
    inputs.push(await selectItem(state, run, effectiveInput, { index, ...item }));
  }
  const { batcher } = map;
  if (batcher === undefined) return inputs.map((input) => ({ input, size: 1 }));
  const scope = scopeOf(run, effectiveInput);
  const bounds = { least: 1, language: state.language };
  const maxItems = await evaluateNumber(batcher.maxItems, "MaxItemsPerBatch", scope, bounds);
  const maxBytes = await evaluateNumber(batcher.maxBytes, "MaxInputBytesPerBatch", scope, { ...bounds, most: 262_144 });
  const batchInput = await batcher.batchInput?.evaluate(scope);
  return batchItems(inputs, {
    ...(maxItems === undefined ? {} : { maxItems }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(batchInput === undefined ? {} : { batchInput }),
  });
}

function startChild({ state, map, run }: DistributedRun, mapRun: MapRun, child: ChildInput) {
  return run.environment.mapRuns.start(mapRun, {
    machine: state.processor,
    definition: map.processorText,
    type: map.executionType,
    input: child.input,
    inputText: jsonText(child.input),
    size: child.size,
  });
}
