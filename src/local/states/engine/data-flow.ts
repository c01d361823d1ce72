import type { DataFields, StateLanguage } from "../definition/model.js";
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
export async function selectInput(run: StateRun, data: DataFields): Promise<Json> {
  let selected = run.input;
  if (data.inputPath === null) selected = EMPTY;
  else if (data.inputPath !== undefined) selected = await data.inputPath.evaluate(scopeOf(run, run.input));
  run.inspect?.("afterInputPath", selected);
  return selected;
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
export async function buildParameters(run: StateRun, data: DataFields, effectiveInput: Json): Promise<Json> {
  let parameters = effectiveInput;
  if (data.parameters !== undefined) {
    parameters = await data.parameters.evaluate(scopeOf(run, effectiveInput));
    checkDataLimit(parameters, describe(run));
  }
  run.inspect?.("afterParameters", parameters);
  return parameters;
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
export async function finishWithResult(
  run: StateRun,
  language: StateLanguage,
  data: DataFields,
  raw: Json,
): Promise<{ readonly output: Json; readonly assigned?: JsonObject }> {
  checkDataLimit(raw, describe(run));
  run.inspect?.("result", raw);
  if (language === "JSONata") {
    const scope = scopeOf(run, run.input, { result: raw });
    const assigned = await evaluateAssign(data, scope);
    const output = data.output === undefined ? raw : await data.output.evaluate(scope);
    return finish(run, output, assigned);
  }
  const selected = data.resultSelector === undefined ? raw : await data.resultSelector.evaluate(scopeOf(run, raw));
  run.inspect?.("afterResultSelector", selected);
  const assigned = await evaluateAssign(data, scopeOf(run, selected));
  const merged = placeResult(data.resultPath, run.input, selected);
  run.inspect?.("afterResultPath", merged);
  return finish(run, await selectOutput(run, data, merged), assigned);
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
export async function finishWithInput(
  run: StateRun,
  language: StateLanguage,
  data: Pick<DataFields, "output" | "outputPath" | "assign">,
  effectiveInput: Json,
): Promise<{ readonly output: Json; readonly assigned?: JsonObject }> {
  const scope = scopeOf(run, effectiveInput);
  const assigned = await evaluateAssign(data, scope);
  if (language === "JSONata") {
    return finish(run, data.output === undefined ? effectiveInput : await data.output.evaluate(scope), assigned);
  }
  return finish(run, await selectOutput(run, data, effectiveInput), assigned);
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

async function selectOutput(run: StateRun, data: Pick<DataFields, "outputPath">, value: Json): Promise<Json> {
  if (data.outputPath === undefined) return value;
  return data.outputPath === null ? EMPTY : data.outputPath.evaluate(scopeOf(run, value));
}

/**
 * Evaluates Assign.
 *
 * @param data - The fields.
 * @param scope - Where it is evaluated.
 * @returns Variables by name, or `undefined` where there is none.
 * @internal
 */
export async function evaluateAssign(
  data: Pick<DataFields, "assign">,
  scope: ReturnType<typeof scopeOf>,
): Promise<JsonObject | undefined> {
  if (data.assign === undefined) return undefined;
  const assigned = await data.assign.evaluate(scope);
  return isJsonObject(assigned) ? assigned : undefined;
}

function finish(run: StateRun, output: Json, assigned: JsonObject | undefined) {
  checkDataLimit(output, describe(run));
  return assigned === undefined ? { output } : { output, assigned };
}

function describe(run: StateRun): string {
  return `The state/task '${run.stateName}'`;
}
