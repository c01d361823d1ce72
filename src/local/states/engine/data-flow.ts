import type { DataFields, StateLanguage } from "../definition/model.js";
import { type EvaluationScope, type Evaluator, whenKnown } from "../evaluation.js";
import { isJsonObject, type Json, type JsonObject } from "../json.js";
import { checkDataLimit } from "../limits.js";
import { writePath } from "../paths/reference-path.js";
import { type StateRun, scopeOf } from "./state-run.js";

const EMPTY: JsonObject = {};

/**
 * Applies InputPath.
 *
 * @param run - The state.
 * @param data - Its fields.
 * @returns The effective input.
 * @internal
 */
export function selectInput(run: StateRun, data: DataFields): Json | Promise<Json> {
  return whenKnown(applyPath(run, data.inputPath, run.input), (selected) => {
    run.inspect?.("afterInputPath", selected);
    return selected;
  });
}

/** Applies InputPath or OutputPath: without the field all of the value, with `null` nothing of it. */
function applyPath(run: StateRun, path: Evaluator | null | undefined, value: Json): Json | Promise<Json> {
  if (path === undefined) return value;
  return path === null ? EMPTY : path.evaluate(scopeOf(run, value));
}

/**
 * Applies Parameters or Arguments.
 *
 * @param run - The state.
 * @param data - Its fields.
 * @param effectiveInput - What {@link selectInput} gave.
 * @returns What the work gets: without the field, the effective input.
 * @internal
 */
export function buildParameters(run: StateRun, data: DataFields, effectiveInput: Json): Json | Promise<Json> {
  const built = data.parameters === undefined ? effectiveInput : data.parameters.evaluate(scopeOf(run, effectiveInput));
  return whenKnown(built, (parameters) => {
    if (data.parameters !== undefined) checkDataLimit(parameters, describe(run));
    run.inspect?.("afterParameters", parameters);
    return parameters;
  });
}

/** What a state hands on. */
interface Finished {
  readonly output: Json;
  readonly assigned?: JsonObject;
}

/**
 * Makes a state's output of the result of its work: ResultSelector, Assign, ResultPath and OutputPath, or Assign and
 * Output.
 *
 * @param run - The state.
 * @param language - Its language.
 * @param data - Its fields.
 * @param raw - The result of its work.
 * @returns Output and variables.
 * @internal
 */
export function finishWithResult(
  run: StateRun,
  language: StateLanguage,
  data: DataFields,
  raw: Json,
): Finished | Promise<Finished> {
  checkDataLimit(raw, describe(run));
  run.inspect?.("result", raw);
  if (language === "JSONata") return finishByExpressions(run, data, scopeOf(run, run.input, { result: raw }), raw);
  const selection = data.resultSelector === undefined ? raw : data.resultSelector.evaluate(scopeOf(run, raw));
  return whenKnown(selection, (selected) => {
    run.inspect?.("afterResultSelector", selected);
    return finishByPaths(run, data, selected, () => {
      const merged = placeResult(data.resultPath, run.input, selected);
      run.inspect?.("afterResultPath", merged);
      return merged;
    });
  });
}

async function finishByExpressions(
  run: StateRun,
  data: Pick<DataFields, "output" | "assign">,
  scope: EvaluationScope,
  value: Json,
): Promise<Finished> {
  const assigned = await evaluateAssign(data, scope);
  return finish(run, data.output === undefined ? value : await data.output.evaluate(scope), assigned);
}

function finishByPaths(
  run: StateRun,
  data: Pick<DataFields, "outputPath" | "assign">,
  value: Json,
  merge: () => Json,
): Finished | Promise<Finished> {
  const assigning = data.assign === undefined ? undefined : evaluateAssign(data, scopeOf(run, value));
  return whenKnown(assigning, (assigned) =>
    whenKnown(applyPath(run, data.outputPath, merge()), (output) => finish(run, output, assigned)),
  );
}

/**
 * Makes the output of a state that does no work: its input, reshaped by OutputPath or Output.
 *
 * @param run - The state.
 * @param language - Its language.
 * @param data - Its fields.
 * @param effectiveInput - What {@link selectInput} gave.
 * @returns Output and variables.
 * @internal
 */
export function finishWithInput(
  run: StateRun,
  language: StateLanguage,
  data: Pick<DataFields, "output" | "outputPath" | "assign">,
  effectiveInput: Json,
): Finished | Promise<Finished> {
  if (language === "JSONPath") return finishByPaths(run, data, effectiveInput, () => effectiveInput);
  return finishByExpressions(run, data, scopeOf(run, effectiveInput), effectiveInput);
}

/**
 * Puts a result where ResultPath says.
 *
 * @param resultPath - The path; `undefined` replaces the input, `null` keeps it.
 * @param input - The state's input.
 * @param result - The result.
 * @returns The input with the result.
 * @internal
 */
export function placeResult(resultPath: DataFields["resultPath"], input: Json, result: Json): Json {
  if (resultPath === undefined) return result;
  return resultPath === null ? input : writePath(resultPath, input, result);
}

/**
 * Evaluates Assign.
 *
 * @param data - The fields.
 * @param scope - Where it is evaluated.
 * @returns Variables by name, or `undefined` where there is none.
 * @internal
 */
export function evaluateAssign(
  data: Pick<DataFields, "assign">,
  scope: EvaluationScope,
): JsonObject | undefined | Promise<JsonObject | undefined> {
  if (data.assign === undefined) return undefined;
  return whenKnown(data.assign.evaluate(scope), (assigned) => (isJsonObject(assigned) ? assigned : undefined));
}

function finish(run: StateRun, output: Json, assigned: JsonObject | undefined): Finished {
  checkDataLimit(output, describe(run));
  return assigned === undefined ? { output } : { output, assigned };
}

function describe(run: StateRun): string {
  return `The state/task '${run.stateName}'`;
}
