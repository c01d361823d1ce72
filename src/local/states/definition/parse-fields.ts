import type { Evaluator } from "../evaluation.js";
import { isJsonObject, type Json, type JsonObject } from "../json.js";
import { isExpression } from "../jsonata/jsonata-expression.js";
import type { Findings } from "./findings.js";
import { parseJsonataTemplate } from "./jsonata-template.js";
import type { DataFields, StateLanguage } from "./model.js";
import { parseAssign } from "./parse-assign.js";
import { parseResultPath } from "./parse-error-handling.js";
import { parsePathField, parsePayloadTemplate } from "./payload-template.js";

/** What the readers of single fields need. @internal */
export interface FieldPlace {
  readonly state: JsonObject;
  readonly language: StateLanguage;
  readonly location: string;
  readonly findings: Findings;
}

/**
 * Reads the fields that reshape a state's data.
 *
 * @param place - The state.
 * @returns Those that it has.
 * @internal
 */
export function parseDataFields(place: FieldPlace): DataFields {
  const { state, language, location, findings } = place;
  const assign = parseAssign(state["Assign"], "Assign", language, `${location}/Assign`, findings);
  const shared = assign === undefined ? {} : { assign };
  if (language === "JSONata") {
    return {
      ...shared,
      ...named("parameters", parseTemplate(place, "Arguments")),
      ...named("output", parseTemplate(place, "Output")),
    };
  }
  return {
    ...shared,
    ...parseStatePath(place, "InputPath", "inputPath"),
    ...named("parameters", parseTemplate(place, "Parameters")),
    ...named("resultSelector", parseTemplate(place, "ResultSelector")),
    ...parseResultPath(state["ResultPath"], `${location}/ResultPath`, findings),
    ...parseStatePath(place, "OutputPath", "outputPath"),
  };
}

function named<Name extends string>(name: Name, value: Evaluator | undefined): { readonly [key in Name]?: Evaluator } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: Evaluator };
}

function parseStatePath<Name extends string>(
  place: FieldPlace,
  field: string,
  name: Name,
): { readonly [key in Name]?: Evaluator | null } {
  const value = place.state[field];
  if (value === undefined) return {};
  const path = value === null ? null : parsePathField(value, field, `${place.location}/${field}`, place.findings);
  return (path === undefined ? {} : { [name]: path }) as { readonly [key in Name]?: Evaluator | null };
}

/**
 * Reads a field that holds a template of the state's language.
 *
 * @param place - The state.
 * @param field - Name of the field.
 * @returns The template, or `undefined` where there is none.
 * @internal
 */
export function parseTemplate(place: FieldPlace, field: string): Evaluator | undefined {
  const value = place.state[field];
  if (value === undefined) return undefined;
  const at = `${place.location}/${field}`;
  if (place.language === "JSONata") {
    if (field === "Arguments" && !isJsonObject(value) && !isExpression(value)) {
      place.findings.add(at, "The field 'Arguments' must be an object or a JSONata expression.");
    }
    return parseJsonataTemplate(value, field, at, place.findings);
  }
  if (field === "ResultSelector" && !isJsonObject(value)) {
    place.findings.add(at, "The field 'ResultSelector' must be an object.");
  }
  return parsePayloadTemplate(value, at, place.findings);
}

/**
 * Reads a number that may also come from a path (`...Path`, JSONPath) or an expression (JSONata).
 *
 * @param place - The state.
 * @param field - Name of the field.
 * @param bounds - Least and greatest value of a number in the definition.
 * @returns The number, or `undefined` where there is none.
 * @internal
 */
export function parseNumberField(
  place: FieldPlace,
  field: string,
  bounds: { readonly least: number; readonly most: number; readonly whole?: false },
): Evaluator | undefined {
  const { state, language, location, findings } = place;
  const value = state[field];
  const path = state[`${field}Path`];
  if (value !== undefined && path !== undefined) {
    findings.add(`${location}/${field}Path`, `Only one of '${field}' and '${field}Path' may be present.`);
  }
  if (path !== undefined && language === "JSONPath") {
    return parsePathField(path, `${field}Path`, `${location}/${field}Path`, findings);
  }
  if (value === undefined) return undefined;
  if (language === "JSONata" && isExpression(value)) return parseTemplate(place, field);
  const { least, most, whole } = bounds;
  if (typeof value !== "number" || value < least || value > most || (whole !== false && !Number.isInteger(value))) {
    findings.add(
      `${location}/${field}`,
      `The field '${field}' must be ${whole === false ? "a number" : "an integer"} from ${least} to ${most}.`,
    );
    return undefined;
  }
  return { evaluate: () => value };
}

/**
 * Reads a text that must be there.
 *
 * @param place - The state.
 * @param field - Name of the field.
 * @returns The text; "" where it is missing, which is noted.
 * @internal
 */
export function parseTextField(place: FieldPlace, field: string): string {
  const value: Json | undefined = place.state[field];
  if (typeof value === "string" && value !== "") return value;
  place.findings.add(`${place.location}/${field}`, `The field '${field}' must be a non-empty string.`);
  return "";
}
