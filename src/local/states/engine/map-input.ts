import type { MapState } from "../definition/model.js";
import type { Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { unexpectedType } from "../jsonata/jsonata-expression.js";
import { checkDataLimit } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import type { MapItem } from "./branch.js";
import { evaluateNumber } from "./number-value.js";
import { type StateRun, scopeOf } from "./state-run.js";

/**
 * Evaluates MaxConcurrency.
 *
 * @param state - The Map.
 * @param run - The attempt.
 * @param effectiveInput - The input after InputPath.
 * @returns The number; 0 stands for the greatest.
 * @internal
 */
export async function evaluateConcurrency(state: MapState, run: StateRun, effectiveInput: Json): Promise<number> {
  const { maxConcurrency, language } = state;
  const bounds = { least: 0, language, refusal: "MaxConcurrency cannot be negative." };
  return (await evaluateNumber(maxConcurrency, "MaxConcurrency", scopeOf(run, effectiveInput), bounds)) ?? 0;
}

/**
 * Evaluates ItemsPath or Items.
 *
 * @param state - The Map.
 * @param run - The attempt.
 * @param effectiveInput - The input after InputPath.
 * @returns What it yields; without the field, the input.
 * @internal
 */
export async function selectItems(state: MapState, run: StateRun, effectiveInput: Json): Promise<Json> {
  return state.items === undefined ? effectiveInput : state.items.evaluate(scopeOf(run, effectiveInput));
}

/**
 * Makes the failure for items that are none.
 *
 * @param state - The Map.
 * @param value - What its items are instead.
 * @returns The failure.
 * @internal
 */
export function notIterable(state: MapState, value: Json): StateFailure {
  if (state.language === "JSONata") {
    if (state.items !== undefined) return unexpectedType(state.itemsText, "Items", "array", value);
    const cause = `Map state input must be an array but was: ${jsonText(value)}`;
    return new StateFailure("States.QueryEvaluationError", cause);
  }
  return new StateFailure(
    "States.Runtime",
    `Reference path "${state.itemsText}" must point to array. It points to ${JSON.stringify(value).slice(0, 100)}`,
  );
}

/**
 * Makes the input of an iteration or child execution of an item.
 *
 * @param state - The Map.
 * @param run - The attempt.
 * @param effectiveInput - The input after InputPath.
 * @param item - The item.
 * @returns What ItemSelector or Parameters gives; without the field, the item.
 * @throws {@link StateFailure} `States.DataLimitExceeded` when it is too large.
 * @internal
 */
export async function selectItem(state: MapState, run: StateRun, effectiveInput: Json, item: MapItem): Promise<Json> {
  const { itemSelector } = state;
  if (itemSelector === undefined) {
    // A member of an object is given as a pair.
    return item.key === undefined ? item.value : { Key: item.key, Value: item.value };
  }
  const input = await itemSelector.evaluate(scopeOf(run, effectiveInput, { item }));
  checkDataLimit(input, `The state/task '${state.name}'`);
  return input;
}
