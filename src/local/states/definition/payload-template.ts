import {
  describeMissingPath,
  type EvaluationScope,
  type Evaluator,
  pathField,
  readTemplatePath,
} from "../evaluation.js";
import { intrinsicNames } from "../intrinsics/intrinsic-functions.js";
import { parseIntrinsic } from "../intrinsics/intrinsic-parser.js";
import { invokeIntrinsic } from "../intrinsics/invoke-intrinsic.js";
import { isJsonArray, isJsonObject, type Json, setMember } from "../json.js";
import type { JsonPath } from "../paths/path-parser.js";
import { parsePath } from "../paths/path-parser.js";
import { StateFailure } from "../state-failure.js";
import { type Findings, MAX_TEMPLATE_DEPTH } from "./findings.js";

/** An evaluator that needs no promise. */
interface DirectEvaluator {
  evaluate(scope: EvaluationScope): Json;
}

/**
 * Reads the payload template of a JSONPath state: members that end in `.$` hold a path or an intrinsic function.
 *
 * @param template - The template.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The template, ready to be evaluated.
 * @internal
 */
export function parsePayloadTemplate(template: Json, location: string, findings: Findings): Evaluator {
  return parseTemplate(template, location, findings, 0);
}

function parseTemplate(template: Json, location: string, findings: Findings, depth: number): DirectEvaluator {
  if (depth > MAX_TEMPLATE_DEPTH) {
    findings.add(location, "The value is nested too deeply.");
    return { evaluate: () => null };
  }
  if (isJsonArray(template)) {
    if (isStatic(template, depth)) return { evaluate: () => template };
    const items = template.map((item, index) => parseTemplate(item, `${location}[${index}]`, findings, depth + 1));
    return { evaluate: (scope) => items.map((item) => item.evaluate(scope)) };
  }
  if (!isJsonObject(template) || isStatic(template, depth)) return { evaluate: () => template };
  const members = Object.keys(template).map((key): readonly [string, DirectEvaluator] => {
    const value = template[key] ?? null;
    const at = `${location}/${key}`;
    if (!key.endsWith(".$")) return [key, parseTemplate(value, at, findings, depth + 1)];
    return [key.slice(0, -2), parseReference(value, key, at, findings)];
  });
  return {
    evaluate(scope) {
      const result: Record<string, Json> = {};
      for (const [key, member] of members) setMember(result, key, member.evaluate(scope));
      return result;
    },
  };
}

function isStatic(template: Json, depth: number): boolean {
  if (depth > MAX_TEMPLATE_DEPTH) return false;
  if (isJsonArray(template)) return template.every((item) => isStatic(item, depth + 1));
  if (!isJsonObject(template)) return true;
  return Object.keys(template).every((key) => !key.endsWith(".$") && isStatic(template[key] ?? null, depth + 1));
}

function parseReference(value: Json, key: string, location: string, findings: Findings): DirectEvaluator {
  const parsed =
    typeof value === "string" && value !== "" ? parsePathOrIntrinsic(value, key, location, findings) : undefined;
  if (parsed !== undefined) return parsed;
  if (typeof value !== "string" || value === "") {
    findings.add(
      location,
      `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call.`,
    );
  }
  return { evaluate: () => null };
}

/**
 * Reads a field that holds a path or an intrinsic function.
 *
 * @param text - The field's value.
 * @param field - Its name, for causes.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The field, or `undefined` when it cannot be read.
 * @internal
 */
export function parsePathOrIntrinsic(
  text: string,
  field: string,
  location: string,
  findings: Findings,
): DirectEvaluator | undefined {
  const describe = (reason: string) =>
    `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call: ${reason}.`;
  if (text.startsWith("$")) {
    const path = findings.attempt(location, () => parsePath(text), describe);
    return path && payloadField(path, field);
  }
  const call = findings.attempt(location, () => parseIntrinsic(text, intrinsicNames), describe);
  return call && { evaluate: (scope) => invokeIntrinsic(call, scope) };
}

function payloadField(path: JsonPath, field: string): DirectEvaluator {
  return {
    evaluate(scope) {
      checkNotNull(path, scope);
      const value = readTemplatePath(path, scope);
      if (value !== undefined) return value;
      throw new StateFailure("States.Runtime", describeMissingPath(path, field, scope));
    },
  };
}

/** AWS applies no path to a state input of `null`, not even `$`. */
function checkNotNull(path: JsonPath, scope: EvaluationScope): void {
  if (path.root.kind !== "data" || scope.data !== null) return;
  throw new StateFailure("States.Runtime", "Unable to apply Path transformation to null or empty input.");
}

/**
 * Reads a field that holds a path.
 *
 * @param value - The field's value.
 * @param field - Its name.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The field, or `undefined` when it is no path.
 * @internal
 */
export function parsePathField(
  value: Json,
  field: string,
  location: string,
  findings: Findings,
): Evaluator | undefined {
  if (typeof value !== "string") {
    findings.add(location, `The field '${field}' must be a JSONPath.`);
    return undefined;
  }
  const path = findings.attempt(
    location,
    () => parsePath(value),
    (reason) => `The field '${field}' must be a valid JSONPath: ${reason}.`,
  );
  if (path === undefined) return undefined;
  const read = pathField(path, field);
  return {
    path: path.text,
    evaluate(scope) {
      checkNotNull(path, scope);
      return read.evaluate(scope);
    },
  };
}
