import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json.js";
import type { ItemFormat, ItemReader } from "./distributed-model.js";
import { type FieldPlace, parseNumberField, parseTemplate } from "./parse-fields.js";

const RESOURCE = /^arn:[a-z-]+:states:::s3:(getObject|listObjectsV2)$/;
const READER_FIELDS: readonly string[] = ["Resource", "Parameters", "Arguments", "ReaderConfig"];
const CONFIG_FIELDS: readonly string[] = [
  "InputType",
  "CSVHeaderLocation",
  "CSVHeaders",
  "CSVDelimiter",
  "ItemsPointer",
  "ManifestType",
  "MaxItems",
  "MaxItemsPath",
  "Transformation",
];
/** Source: AWS Step Functions Developer Guide, "ItemReader (Map)". */
const MAX_ITEMS = 100_000_000;
const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ["COMMA", ","],
  ["PIPE", "|"],
  ["SEMICOLON", ";"],
  ["SPACE", " "],
  ["TAB", "\t"],
]);

/**
 * Reads the field ItemReader of a Distributed Map.
 *
 * @param place - The Map state.
 * @returns The reader, or `undefined` where there is none that can be read.
 * @internal
 */
export function parseItemReader(place: FieldPlace): ItemReader | undefined {
  const field = openObject(place, "ItemReader", READER_FIELDS);
  if (field === undefined) return undefined;
  const { state, location, findings, language } = field;
  const resource = state["Resource"];
  const action = typeof resource === "string" ? RESOURCE.exec(resource)?.[1] : undefined;
  if (action === undefined) {
    findings.add(
      `${location}/Resource`,
      "The field 'Resource' of an ItemReader must be arn:aws:states:::s3:getObject or arn:aws:states:::s3:listObjectsV2.",
    );
  }
  const parameters = parseTemplate(field, language === "JSONata" ? "Arguments" : "Parameters");
  if (parameters === undefined) {
    const name = language === "JSONata" ? "Arguments" : "Parameters";
    findings.add(`${location}/${name}`, `The field '${name}' must be present.`);
  }
  const config =
    state["ReaderConfig"] === undefined
      ? { ...field, state: {}, location: `${location}/ReaderConfig` }
      : openObject(field, "ReaderConfig", CONFIG_FIELDS);
  if (action === undefined || parameters === undefined || config === undefined) return undefined;
  return parseReaderConfig(config, action === "getObject" ? "getObject" : "listObjectsV2", parameters);
}

/**
 * Opens a field that holds an object with fields of its own.
 *
 * @param place - What holds it.
 * @param name - Name of the field.
 * @param allowed - The fields that it may have.
 * @returns The object as a place, or `undefined` where there is none.
 * @internal
 */
export function openObject(place: FieldPlace, name: string, allowed: readonly string[]): FieldPlace | undefined {
  const value = place.state[name];
  const location = `${place.location}/${name}`;
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    place.findings.add(location, `The field '${name}' must be an object.`);
    return undefined;
  }
  const foreign = place.language === "JSONata" ? "Parameters" : "Arguments";
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key) || key === foreign) {
      place.findings.add(`${location}/${key}`, `The field '${key}' is not supported in '${name}'.`);
    }
  }
  return { ...place, state: value, location };
}

/**
 * Reads a field that holds one of some names.
 *
 * @param place - What holds it.
 * @param name - Name of the field.
 * @param values - The names.
 * @returns The name, or `undefined` where there is none.
 * @internal
 */
export function parseChoiceOf<Value extends string>(
  place: FieldPlace,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const value = place.state[name];
  if (value === undefined) return undefined;
  const found = values.find((each) => each === value);
  if (found === undefined) {
    place.findings.add(`${place.location}/${name}`, `The field '${name}' must be one of ${values.join(", ")}.`);
  }
  return found;
}

function parseReaderConfig(
  place: FieldPlace,
  action: ItemReader["action"],
  parameters: ItemReader["parameters"],
): ItemReader {
  const { state, location, findings } = place;
  const flattens = parseChoiceOf(place, "Transformation", ["NONE", "LOAD_AND_FLATTEN"]) === "LOAD_AND_FLATTEN";
  const type = parseChoiceOf(place, "InputType", ["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"]);
  if (type === "PARQUET") {
    findings.add(`${location}/InputType`, "The local AWS does not read items of the InputType PARQUET.");
  }
  if (type === undefined && state["InputType"] === undefined && (action === "getObject" || flattens)) {
    findings.add(`${location}/InputType`, "The field 'InputType' must be present.");
  }
  const manifestType = parseChoiceOf(place, "ManifestType", ["S3_INVENTORY", "ATHENA_DATA"]);
  const manifest = manifestType ?? (type === "MANIFEST" ? "S3_INVENTORY" : undefined);
  const format: ItemFormat = type === "CSV" || type === "JSONL" ? type : "JSON";
  return {
    action,
    parameters,
    format,
    manifest,
    flattens,
    csvHeaders: format === "CSV" ? parseHeaders(place) : undefined,
    csvDelimiter: DELIMITERS.get(parseChoiceOf(place, "CSVDelimiter", [...DELIMITERS.keys()]) ?? "COMMA") ?? ",",
    itemsPointer: parsePointer(place, state["ItemsPointer"]),
    maxItems: parseNumberField(place, "MaxItems", { least: 0, most: MAX_ITEMS }),
  };
}

function parseHeaders(place: FieldPlace): readonly string[] | undefined {
  const { state, location, findings } = place;
  const at = parseChoiceOf(place, "CSVHeaderLocation", ["FIRST_ROW", "GIVEN"]);
  if (state["CSVHeaderLocation"] === undefined) {
    findings.add(
      `${location}/CSVHeaderLocation`,
      "The field 'CSVHeaderLocation' must be present for the InputType CSV.",
    );
  }
  if (at !== "GIVEN") return undefined;
  const headers = state["CSVHeaders"];
  if (isJsonArray(headers) && headers.length > 0 && headers.every(isText)) return headers;
  findings.add(`${location}/CSVHeaders`, "The field 'CSVHeaders' must be a non-empty array of strings.");
  return [];
}

function isText(value: Json): value is string {
  return typeof value === "string";
}

/** A JSON Pointer, as RFC 6901 has it. */
function parsePointer({ location, findings }: FieldPlace, value: JsonObject[string] | undefined): readonly string[] {
  if (value === undefined || value === "") return [];
  if (typeof value === "string" && value.startsWith("/")) {
    return value
      .slice(1)
      .split("/")
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  findings.add(`${location}/ItemsPointer`, "The field 'ItemsPointer' must be a JSON Pointer such as /data/items.");
  return [];
}
