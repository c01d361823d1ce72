import jsonata from "jsonata";
import type { EvaluationScope, Evaluator } from "../evaluation.js";
import { isJsonObject, type Json } from "../json.js";
import { hasKnownText, jsonText, rememberText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { BoundedRegExp } from "./bounded-reg-exp.js";
import { jsonataFunctions } from "./jsonata-functions.js";

/** An expression gives up after this time, so that an endless one does not hold the process. */
const TIMEOUT_MS = 2_000;
const MAX_STACK = 500;
const MAX_SEQUENCE = 1_000_000;
/** JSONata only makes one of an expression, and searches with it. */
const RegexEngine = BoundedRegExp as unknown as RegExpConstructor;
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/**
 * Whether a value of a definition is a JSONata expression.
 *
 * @param value - The value.
 * @returns `true` for a text that begins with `{%` and ends with `%}`.
 * @internal
 */
export function isExpression(value: Json | undefined): value is string {
  return typeof value === "string" && value.length >= 4 && EXPRESSION.test(value);
}

/**
 * Reads an expression.
 *
 * @param value - With its delimiters.
 * @param field - The field that holds it, such as `Output/v`, for causes.
 * @returns The field; its evaluation fails with `States.QueryEvaluationError` when it throws or gives nothing.
 * @throws Error with JSONata's message when it cannot be read.
 * @internal
 */
export function parseExpression(value: string, field: string): Evaluator {
  const text = (EXPRESSION.exec(value)?.[1] ?? "").trim();
  const expression = compile(text);
  const begin = `The JSONata expression '${text}' specified for the field '${field}'`;
  const fail = (rest: string) =>
    new StateFailure("States.QueryEvaluationError", `${begin} ${rest}`, { location: field });
  return {
    async evaluate(scope) {
      let found: unknown;
      try {
        found = await expression.evaluate(undefined, bind(scope));
      } catch (error) {
        throw fail(`threw an error during evaluation${describeError(error)}`);
      }
      if (found === undefined) throw fail("returned nothing (undefined).");
      const json = toJson(found);
      if (json === undefined) throw fail("returned an unsupported result type.");
      return json;
    },
  };
}

function compile(text: string): jsonata.Expression {
  try {
    return jsonata(text, { timeout: TIMEOUT_MS, stack: MAX_STACK, sequence: MAX_SEQUENCE, RegexEngine });
  } catch (error) {
    const { code, message } = readError(error);
    throw new Error(code === undefined ? message : `${code}: ${message}`);
  }
}

function bind(scope: EvaluationScope): Record<string, unknown> {
  const states: Record<string, unknown> = { input: scope.data };
  if (scope.result !== undefined) states["result"] = scope.result;
  if (scope.errorOutput !== undefined) states["errorOutput"] = scope.errorOutput;
  Object.defineProperty(states, "context", { enumerable: true, get: scope.context });
  const bindings: Record<string, unknown> = { ...jsonataFunctions(scope.clock) };
  for (const [name, value] of scope.variables) bindings[name] = value;
  bindings["states"] = states;
  return bindings;
}

function readError(error: unknown): { readonly code?: string; readonly message: string } {
  if (typeof error !== "object" || error === null) return { message: String(error) };
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const text = typeof message === "string" && message !== "" ? message : "The evaluation failed.";
  return typeof code === "string" ? { code, message: text } : { message: text };
}

/** AWS puts a full stop before JSONata's coded messages and a colon before all others. */
function describeError(error: unknown): string {
  const { code, message } = readError(error);
  return code === undefined ? `: ${message}` : `. ${code}: ${message}`;
}

/** Takes what belongs to JSONata out of a result: marks on its arrays, functions, members that are undefined. */
function toJson(found: unknown): Json | undefined {
  if (typeof found === "function") return undefined;
  if (typeof found !== "object" || found === null) return found as Json;
  if (hasKnownText(found)) return found as Json;
  if (isJsonObject(found) && ("_jsonata_lambda" in found || "_jsonata_function" in found)) return undefined;
  try {
    const text = JSON.stringify(found);
    return rememberText(JSON.parse(text) as Json, text);
  } catch {
    return undefined;
  }
}

/**
 * Words for a value of a kind that the field cannot take, as AWS writes them.
 *
 * @param text - The expression with its delimiters.
 * @param field - The field.
 * @param expected - Kind that is expected.
 * @param value - The value.
 * @returns The failure.
 * @internal
 */
export function unexpectedType(text: string, field: string, expected: string, value: Json): StateFailure {
  const bare = (EXPRESSION.exec(text)?.[1] ?? text).trim();
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return new StateFailure(
    "States.QueryEvaluationError",
    `The JSONata expression '${bare}' specified for the field '${field}' returned an unexpected result type. Expected '${expected}', but was '${kind}' for value: ${jsonText(value)}`,
    { location: field },
  );
}
