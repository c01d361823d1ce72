import type { Evaluator } from "../evaluation.js";
import { isJsonObject, type Json } from "../json.js";
import type { Findings } from "./findings.js";
import { parseJsonataTemplate } from "./jsonata-template.js";
import type { StateLanguage } from "./model.js";
import { parsePayloadTemplate } from "./payload-template.js";

/** Source: AWS Step Functions Developer Guide, "Passing data between states with variables". */
const VARIABLE = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

/**
 * Reads an Assign field: variables by name.
 *
 * @param value - The field.
 * @param field - Its name, for causes.
 * @param language - The state's language.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The field, or `undefined` where there is none.
 * @internal
 */
export function parseAssign(
  value: Json | undefined,
  field: string,
  language: StateLanguage,
  location: string,
  findings: Findings,
): Evaluator | undefined {
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    findings.add(location, "The field 'Assign' must be an object.");
    return undefined;
  }
  for (const key of Object.keys(value)) {
    const name = language === "JSONPath" && key.endsWith(".$") ? key.slice(0, -2) : key;
    if (!VARIABLE.test(name) || name === "states" || name === "__proto__") {
      findings.add(`${location}/${key}`, `'${name}' cannot be the name of a variable.`);
    }
  }
  return language === "JSONata"
    ? parseJsonataTemplate(value, field, location, findings)
    : parsePayloadTemplate(value, location, findings);
}
