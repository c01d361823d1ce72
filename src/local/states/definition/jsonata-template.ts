import type { Evaluator } from "../evaluation.js";
import { isJsonArray, isJsonObject, type Json, setMember } from "../json.js";
import { isExpression, parseExpression } from "../jsonata/jsonata-expression.js";
import { type Findings, MAX_TEMPLATE_DEPTH } from "./findings.js";

/**
 * Reads a value of a JSONata state, in which every text between `{%` and `%}` is an expression.
 *
 * @param template - The value.
 * @param field - Its field, such as `Output`, for causes.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The value, ready to be evaluated.
 * @internal
 */
export function parseJsonataTemplate(template: Json, field: string, location: string, findings: Findings): Evaluator {
  return parseTemplate(template, field, location, findings, 0) ?? { evaluate: () => template };
}

/** Nothing for a value without expressions, which stands for itself. */
function parseTemplate(
  template: Json,
  field: string,
  location: string,
  findings: Findings,
  depth: number,
): Evaluator | undefined {
  if (depth > MAX_TEMPLATE_DEPTH) {
    findings.add(location, "The value is nested too deeply.");
    return undefined;
  }
  if (isExpression(template)) {
    return findings.attempt(
      location,
      () => parseExpression(template, field),
      (reason) => `The JSONata expression of the field '${field}' is not valid: ${reason}`,
    );
  }
  if (isJsonArray(template)) return parseArray(template, field, location, findings, depth);
  return isJsonObject(template) ? parseObject(template, field, location, findings, depth) : undefined;
}

function parseArray(
  template: readonly Json[],
  field: string,
  location: string,
  findings: Findings,
  depth: number,
): Evaluator | undefined {
  const items = template.map((item, index) =>
    parseTemplate(item, `${field}[${index}]`, `${location}[${index}]`, findings, depth + 1),
  );
  if (items.every((item) => item === undefined)) return undefined;
  return {
    async evaluate(scope) {
      const result: Json[] = [];
      for (const [index, item] of items.entries()) {
        result.push(item === undefined ? (template[index] ?? null) : await item.evaluate(scope));
      }
      return result;
    },
  };
}

function parseObject(
  template: { readonly [key: string]: Json },
  field: string,
  location: string,
  findings: Findings,
  depth: number,
): Evaluator | undefined {
  const members = Object.keys(template).map(
    (key) =>
      [
        key,
        parseTemplate(template[key] ?? null, `${field}/${key}`, `${location}/${key}`, findings, depth + 1),
      ] as const,
  );
  if (members.every(([, member]) => member === undefined)) return undefined;
  return {
    async evaluate(scope) {
      const result: Record<string, Json> = {};
      for (const [key, member] of members) {
        setMember(result, key, member === undefined ? (template[key] ?? null) : await member.evaluate(scope));
      }
      return result;
    },
  };
}
