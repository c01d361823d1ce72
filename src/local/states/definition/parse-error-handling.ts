import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json.js";
import { parseReferencePath } from "../paths/reference-path.js";
import type { Findings } from "./findings.js";
import { parseJsonataTemplate } from "./jsonata-template.js";
import type { Catcher, ErrorHandling, Retrier, StateLanguage } from "./model.js";
import { parseAssign } from "./parse-assign.js";

const RETRIER_FIELDS: readonly string[] = [
  "ErrorEquals",
  "IntervalSeconds",
  "MaxAttempts",
  "BackoffRate",
  "MaxDelaySeconds",
  "JitterStrategy",
  "Comment",
];
const MAX_NUMBER = 99_999_999;
/** Source: AWS Step Functions Developer Guide, "Retrying after an error": MaxDelaySeconds is less than 31622400. */
const MAX_DELAY_SECONDS = 31_622_400;

/**
 * Reads Retry and Catch of a state.
 *
 * @param state - The state.
 * @param language - Its language.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns Retriers and catchers, in order.
 * @internal
 */
export function parseErrorHandling(
  state: JsonObject,
  language: StateLanguage,
  location: string,
  findings: Findings,
): ErrorHandling {
  return {
    retry: parseEntries(state["Retry"], `${location}/Retry`, findings, parseRetrier),
    catch: parseEntries(state["Catch"], `${location}/Catch`, findings, (entry, errorEquals, at, index) =>
      parseCatcher(entry, errorEquals, at, index, language, findings),
    ),
  };
}

function parseEntries<Entry>(
  value: Json | undefined,
  location: string,
  findings: Findings,
  parse: (entry: JsonObject, errorEquals: readonly string[], at: string, index: number, findings: Findings) => Entry,
): readonly Entry[] {
  if (value === undefined) return [];
  if (!isJsonArray(value)) {
    findings.add(location, "The field must be an array.");
    return [];
  }
  return value.flatMap((entry, index) => {
    const at = `${location}[${index}]`;
    if (!isJsonObject(entry)) {
      findings.add(at, "The entry must be an object.");
      return [];
    }
    const errorEquals = parseErrorEquals(entry["ErrorEquals"], at, index === value.length - 1, findings);
    return [parse(entry, errorEquals, at, index, findings)];
  });
}

function parseErrorEquals(
  value: Json | undefined,
  location: string,
  isLast: boolean,
  findings: Findings,
): readonly string[] {
  const at = `${location}/ErrorEquals`;
  if (!isJsonArray(value) || value.length === 0 || !value.every((name) => typeof name === "string")) {
    findings.add(at, "The field 'ErrorEquals' must be a non-empty array of error names.");
    return [];
  }
  if (value.includes("States.ALL") && (value.length > 1 || !isLast)) {
    findings.add(at, "States.ALL must stand alone in 'ErrorEquals', and in the last entry.");
  }
  return value;
}

function parseRetrier(
  entry: JsonObject,
  errorEquals: readonly string[],
  at: string,
  _index: number,
  findings: Findings,
): Retrier {
  for (const name of Object.keys(entry)) {
    if (!RETRIER_FIELDS.includes(name)) findings.add(`${at}/${name}`, `The field '${name}' is not supported in Retry.`);
  }
  const number = (name: string, bounds: { readonly least: number; readonly most: number; readonly whole: boolean }) => {
    const value = entry[name];
    if (value === undefined) return undefined;
    const { least, most, whole } = bounds;
    if (typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value))) {
      return value;
    }
    const kind = whole ? "an integer" : "a number";
    findings.add(`${at}/${name}`, `The field '${name}' must be ${kind} from ${least} to ${most}.`);
    return undefined;
  };
  const jitter = entry["JitterStrategy"];
  if (jitter !== undefined && jitter !== "FULL" && jitter !== "NONE") {
    findings.add(`${at}/JitterStrategy`, "The field 'JitterStrategy' must be FULL or NONE.");
  }
  return {
    errorEquals,
    intervalSeconds: number("IntervalSeconds", { least: 1, most: MAX_NUMBER, whole: true }) ?? 1,
    maxAttempts: number("MaxAttempts", { least: 0, most: MAX_NUMBER, whole: true }) ?? 3,
    backoffRate: number("BackoffRate", { least: 1, most: Number.MAX_VALUE, whole: false }) ?? 2,
    maxDelaySeconds: number("MaxDelaySeconds", { least: 1, most: MAX_DELAY_SECONDS - 1, whole: true }),
    jitter: jitter === "FULL",
  };
}

function parseCatcher(
  entry: JsonObject,
  errorEquals: readonly string[],
  at: string,
  index: number,
  language: StateLanguage,
  findings: Findings,
): Catcher {
  const fields = ["ErrorEquals", "Next", "Comment", "Assign", language === "JSONata" ? "Output" : "ResultPath"];
  for (const name of Object.keys(entry)) {
    if (!fields.includes(name)) {
      findings.add(`${at}/${name}`, `The field '${name}' is not supported in Catch with ${language}.`);
    }
  }
  const next = entry["Next"];
  if (typeof next !== "string") findings.add(`${at}/Next`, "The field 'Next' must name a state.");
  const assign = parseAssign(entry["Assign"], `Catch[${index}]/Assign`, language, `${at}/Assign`, findings);
  const base = { errorEquals, next: typeof next === "string" ? next : "", ...(assign ? { assign } : {}) };
  if (language === "JSONata") {
    const output = entry["Output"];
    if (output === undefined) return base;
    return { ...base, output: parseJsonataTemplate(output, `Catch[${index}]/Output`, `${at}/Output`, findings) };
  }
  return { ...base, ...parseResultPath(entry["ResultPath"], `${at}/ResultPath`, findings) };
}

/**
 * Reads a ResultPath.
 *
 * @param value - The field.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The path, `null` where the result is dropped, nothing where the field is absent or wrong.
 * @internal
 */
export function parseResultPath(
  value: Json | undefined,
  location: string,
  findings: Findings,
): { readonly resultPath?: ReturnType<typeof parseReferencePath> | null } {
  if (value === undefined) return {};
  if (value === null) return { resultPath: null };
  const describe = (reason: string) => `The field 'ResultPath' must be a reference path: ${reason}.`;
  if (typeof value !== "string") {
    findings.add(location, describe("it is not a string"));
    return {};
  }
  const resultPath = findings.attempt(location, () => parseReferencePath(value), describe);
  return resultPath === undefined ? {} : { resultPath };
}
