import { randomUUID } from "node:crypto";
import { isJsonObject, type Json } from "../json.js";
import { MAX_DATA_BYTES } from "../limits.js";
import type { DistributedMap, ItemBatcher, ResultWriter } from "./distributed-model.js";
import type { MapState, StatesBlock } from "./model.js";
import { type FieldPlace, parseNumberField, parseTemplate } from "./parse-fields.js";
import { openObject, parseChoiceOf, parseItemReader } from "./parse-item-reader.js";
import { parsePathField } from "./payload-template.js";

const MAX_NUMBER = 99_999_999;
const MAX_LABEL = 40;
const EMPTY_BLOCK: StatesBlock = { startAt: "", states: new Map() };
/** Source: AWS Step Functions Developer Guide, "Using Map state in Distributed mode". */
const DISTRIBUTED_FIELDS: readonly string[] = [
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "Label",
  "ToleratedFailureCount",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentage",
  "ToleratedFailurePercentagePath",
];
/** Fields that were renamed, with the names that they had. */
const FORMER_NAMES = [
  ["ItemProcessor", "Iterator"],
  ["ItemSelector", "Parameters"],
] as const;
const PUT_OBJECT = /^arn:[a-z-]+:states:::s3:putObject$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN_IN_LABEL = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/**
 * Reads the fields that only a Map state has.
 *
 * @param place - The state.
 * @param context - `parseBlock` reads the states of the processor, `type` is the machine's.
 * @returns The fields.
 * @internal
 */
export function parseMap(
  place: FieldPlace,
  context: {
    readonly type: "STANDARD" | "EXPRESS";
    readonly parseBlock: (value: Json | undefined, location: string) => StatesBlock;
  },
): Omit<MapState, "name" | "language" | "next" | "data" | "retry" | "catch" | "type"> {
  const { state, language, location, findings } = place;
  const field = state["ItemProcessor"] === undefined ? "Iterator" : "ItemProcessor";
  const processor = state[field];
  for (const [own, former] of FORMER_NAMES) {
    if (state[own] === undefined || state[former] === undefined) continue;
    findings.add(`${location}/${former}`, `Only one of '${own}' and '${former}' may be present.`);
  }
  if (processor === undefined) findings.add(`${location}/ItemProcessor`, "The field 'ItemProcessor' must be present.");
  const executionType = parseProcessorConfig(processor, `${location}/${field}`, place);
  const itemsField = language === "JSONata" ? "Items" : "ItemsPath";
  const items = state[itemsField];
  const selector = state["ItemSelector"] === undefined && language === "JSONPath" ? "Parameters" : "ItemSelector";
  if (executionType === undefined) refuseDistributedFields(place);
  else if (context.type === "EXPRESS") {
    findings.add(
      `${location}/${field}/ProcessorConfig/Mode`,
      "A state machine of the type EXPRESS does not support a Map state with Mode DISTRIBUTED.",
    );
  }
  return {
    processor: processor === undefined ? EMPTY_BLOCK : context.parseBlock(processor, `${location}/${field}`),
    items: language === "JSONata" ? parseTemplate(place, "Items") : parseItemsPath(place),
    itemsText: typeof items === "string" ? items : "$",
    itemSelector: parseTemplate(place, selector),
    maxConcurrency: parseNumberField(place, "MaxConcurrency", { least: 0, most: MAX_NUMBER }),
    toleratedFailureCount: parseNumberField(place, "ToleratedFailureCount", { least: 0, most: MAX_NUMBER }),
    toleratedFailurePercentage: parseNumberField(place, "ToleratedFailurePercentage", {
      least: 0,
      most: 100,
      whole: false,
    }),
    distributed: executionType && parseDistributed(place, executionType, JSON.stringify(processor)),
  };
}

function parseItemsPath(place: FieldPlace) {
  const path = place.state["ItemsPath"];
  if (path === undefined) return undefined;
  return parsePathField(path, "ItemsPath", `${place.location}/ItemsPath`, place.findings);
}

/** Reads how the processor is run; a type of execution stands for the mode DISTRIBUTED. */
function parseProcessorConfig(
  processor: Json | undefined,
  location: string,
  place: FieldPlace,
): DistributedMap["executionType"] | undefined {
  if (!isJsonObject(processor)) return undefined;
  const config = openObject({ ...place, state: processor, location }, "ProcessorConfig", ["Mode", "ExecutionType"]);
  if (config === undefined) return undefined;
  if (parseChoiceOf(config, "Mode", ["INLINE", "DISTRIBUTED"]) !== "DISTRIBUTED") return undefined;
  const type = parseChoiceOf(config, "ExecutionType", ["STANDARD", "EXPRESS"]);
  if (config.state["ExecutionType"] === undefined) {
    place.findings.add(`${config.location}/ExecutionType`, "The field 'ExecutionType' must be STANDARD or EXPRESS.");
  }
  return type ?? "STANDARD";
}

function refuseDistributedFields({ state, location, findings }: FieldPlace): void {
  for (const name of DISTRIBUTED_FIELDS) {
    if (state[name] === undefined) continue;
    findings.add(`${location}/${name}`, `The field '${name}' is only supported by a Map state with Mode DISTRIBUTED.`);
  }
}

function parseDistributed(
  place: FieldPlace,
  executionType: DistributedMap["executionType"],
  processorText: string,
): DistributedMap {
  const reader = parseItemReader(place);
  for (const name of ["ItemsPath", "Items"]) {
    if (reader === undefined || place.state[name] === undefined) continue;
    place.findings.add(`${place.location}/${name}`, `Only one of '${name}' and 'ItemReader' may be present.`);
  }
  return {
    executionType,
    processorText,
    label: parseLabel(place),
    reader,
    batcher: parseBatcher(place),
    writer: parseWriter(place),
  };
}

function parseLabel({ state, location, findings }: FieldPlace): string {
  const label = state["Label"];
  if (label === undefined) return randomUUID();
  if (typeof label === "string" && label !== "" && label.length <= MAX_LABEL && !FORBIDDEN_IN_LABEL.test(label)) {
    return label;
  }
  findings.add(
    `${location}/Label`,
    `The field 'Label' must be a string of 1 to ${MAX_LABEL} characters without whitespace, brackets, wildcards and special characters.`,
  );
  return "";
}

function parseBatcher(place: FieldPlace): ItemBatcher | undefined {
  const field = openObject(place, "ItemBatcher", [
    "MaxItemsPerBatch",
    "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatch",
    "MaxInputBytesPerBatchPath",
    "BatchInput",
  ]);
  if (field === undefined) return undefined;
  const maxItems = parseNumberField(field, "MaxItemsPerBatch", { least: 1, most: MAX_NUMBER });
  const maxBytes = parseNumberField(field, "MaxInputBytesPerBatch", { least: 1, most: MAX_DATA_BYTES });
  if (!Object.keys(field.state).some((name) => name.startsWith("Max"))) {
    field.findings.add(field.location, "One of 'MaxItemsPerBatch' and 'MaxInputBytesPerBatch' must be present.");
  }
  return { maxItems, maxBytes, batchInput: parseTemplate(field, "BatchInput") };
}

function parseWriter(place: FieldPlace): ResultWriter {
  const field = openObject(place, "ResultWriter", ["Resource", "Parameters", "Arguments", "WriterConfig"]);
  if (field === undefined) return { parameters: undefined, transformation: "COMPACT", outputType: "JSON" };
  const { state, location, findings, language } = field;
  const resource = state["Resource"];
  const name = language === "JSONata" ? "Arguments" : "Parameters";
  const parameters = parseTemplate(field, name);
  const isExported = resource !== undefined || parameters !== undefined;
  if (isExported && (typeof resource !== "string" || !PUT_OBJECT.test(resource))) {
    findings.add(
      `${location}/Resource`,
      "The field 'Resource' of a ResultWriter must be arn:aws:states:::s3:putObject.",
    );
  }
  if (isExported && parameters === undefined) {
    findings.add(`${location}/${name}`, `The field '${name}' must be present.`);
  }
  if (!isExported && state["WriterConfig"] === undefined) {
    findings.add(location, "The field 'ResultWriter' must have 'Resource' and its parameters, or 'WriterConfig'.");
  }
  const config = openObject(field, "WriterConfig", ["Transformation", "OutputType"]);
  const transformation = config && parseChoiceOf(config, "Transformation", ["NONE", "COMPACT", "FLATTEN"]);
  const outputType = config && parseChoiceOf(config, "OutputType", ["JSON", "JSONL"]);
  return {
    parameters,
    transformation: transformation ?? (isExported ? "NONE" : "COMPACT"),
    outputType: outputType ?? "JSON",
  };
}
