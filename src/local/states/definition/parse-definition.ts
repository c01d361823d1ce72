import { isJsonObject, type Json, type JsonObject, memberOf } from "../json.js";
import type { TaskIntegration } from "../tasks/task-integration.js";
import { checkTransitions } from "./check-transitions.js";
import { type DefinitionFinding, Findings } from "./findings.js";
import type { Machine, State, StateLanguage, StatesBlock } from "./model.js";
import { parseState, type StateContext } from "./parse-state.js";

/** Source: AWS Step Functions Developer Guide, "Step Functions service quotas". */
const MAX_DEFINITION_BYTES = 1_048_576;
const MAX_NAME = 80;
/** Deepest nesting of Map and Parallel. */
const MAX_BLOCK_DEPTH = 16;
const MAX_FINDINGS = 100;
const TOP_FIELDS: readonly string[] = ["Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"];
const BLOCK_FIELDS: readonly string[] = ["Comment", "StartAt", "States", "ProcessorConfig"];

/** What reading a definition gives. @internal */
export interface ParsedDefinition {
  /** The machine; only to be run when there are no findings. */
  readonly machine: Machine;
  /** Problems, for each of which AWS would refuse the definition. */
  readonly findings: readonly DefinitionFinding[];
}

/**
 * Reads a definition in the Amazon States Language once, so that executions need no parsing.
 *
 * @param text - The definition.
 * @param integrations - What Task states can use.
 * @param type - Type of the machine.
 * @returns The machine and the definition's problems.
 * @internal
 */
export function parseDefinition(
  text: string,
  integrations: readonly TaskIntegration[],
  type: "STANDARD" | "EXPRESS" = "STANDARD",
): ParsedDefinition {
  const findings = new Findings();
  const definition = parseText(text, findings);
  const empty: Machine = { startAt: "", states: new Map() };
  if (definition === undefined) return { machine: empty, findings: findings.list };
  checkFields(definition, TOP_FIELDS, "", findings);
  const language = parseLanguage(definition, "JSONPath", "", findings);
  if (definition["Version"] !== undefined && definition["Version"] !== "1.0") {
    findings.add("/Version", "The field 'Version' must be '1.0'.");
  }
  const reader = new BlockReader({ integrations, type }, language, findings);
  const block = reader.parse(definition, "", 0);
  const timeoutSeconds = parseTimeout(definition["TimeoutSeconds"], findings);
  const machine = { ...block, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
  return { machine, findings: findings.list.slice(0, MAX_FINDINGS) };
}

function parseText(text: string, findings: Findings): JsonObject | undefined {
  if (Buffer.byteLength(text) > MAX_DEFINITION_BYTES) {
    findings.add("/", `The definition is larger than ${MAX_DEFINITION_BYTES} bytes.`);
    return undefined;
  }
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
    findings.add("/", "The definition must be a JSON object.", "INVALID_JSON_DESCRIPTION");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    findings.add("/", `The definition is not valid JSON: ${reason}`, "INVALID_JSON_DESCRIPTION");
  }
  return undefined;
}

function checkFields(value: JsonObject, allowed: readonly string[], location: string, findings: Findings): void {
  for (const name of Object.keys(value)) {
    if (!allowed.includes(name)) findings.add(`${location}/${name}`, `The field '${name}' is not supported.`);
  }
}

function parseTimeout(value: Json | undefined, findings: Findings): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 99_999_999) return value;
  findings.add("/TimeoutSeconds", "The field 'TimeoutSeconds' must be an integer from 1 to 99999999.");
  return undefined;
}

function parseLanguage(
  value: JsonObject,
  fallback: StateLanguage,
  location: string,
  findings: Findings,
): StateLanguage {
  const language = memberOf(value, "QueryLanguage");
  if (language === undefined) return fallback;
  if (language !== "JSONPath" && language !== "JSONata") {
    findings.add(`${location}/QueryLanguage`, "The field 'QueryLanguage' must be JSONPath or JSONata.");
    return fallback;
  }
  if (fallback === "JSONata" && language === "JSONPath") {
    findings.add(location, "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  return language;
}

/** Reads blocks of states; names have to differ in the whole machine. */
class BlockReader {
  readonly #context: Pick<StateContext, "integrations" | "type">;
  readonly #language: StateLanguage;
  readonly #findings: Findings;
  readonly #names = new Set<string>();

  constructor(context: Pick<StateContext, "integrations" | "type">, language: StateLanguage, findings: Findings) {
    this.#context = context;
    this.#language = language;
    this.#findings = findings;
  }

  parse(value: Json | undefined, location: string, depth: number): StatesBlock {
    const findings = this.#findings;
    const states = new Map<string, State>();
    if (depth > MAX_BLOCK_DEPTH) {
      findings.add(location, "The states are nested too deeply.", "TOO_DEEPLY_NESTED");
      return { startAt: "", states };
    }
    if (!isJsonObject(value)) {
      findings.add(location, "It must be an object with 'StartAt' and 'States'.");
      return { startAt: "", states };
    }
    if (depth > 0) checkFields(value, BLOCK_FIELDS, location, findings);
    const all = memberOf(value, "States");
    const missing = ["States", "StartAt"].filter((name) => memberOf(value, name) === undefined);
    if (missing.length > 0) {
      findings.add(location === "" ? "/" : location, `These fields are required: [${missing.join(", ")}]`);
      return { startAt: "", states };
    }
    if (!isJsonObject(all) || Object.keys(all).length === 0) {
      findings.add(`${location}/States`, "The field 'States' must be an object with at least one state.");
      return { startAt: "", states };
    }
    for (const name of Object.keys(all)) {
      const state = this.#parseState(name, all[name] ?? null, `${location}/States/${name}`, depth);
      if (state !== undefined) states.set(name, state);
    }
    const startAt = memberOf(value, "StartAt");
    if (typeof startAt !== "string") findings.add(`${location}/StartAt`, "The field 'StartAt' must name a state.");
    const block = { startAt: typeof startAt === "string" ? startAt : "", states };
    if (states.size === Object.keys(all).length) checkTransitions(block, location, findings);
    return block;
  }

  #parseState(name: string, value: Json, location: string, depth: number): State | undefined {
    const findings = this.#findings;
    if (name === "" || name.length > MAX_NAME) {
      findings.add(location, `The name of a state must have 1 to ${MAX_NAME} characters.`, "INVALID_STATE_NAME");
    }
    if (this.#names.has(name)) {
      findings.add(location, `The name '${name}' is used by more than one state.`, "DUPLICATE_STATE_NAME");
    }
    this.#names.add(name);
    if (!isJsonObject(value)) {
      findings.add(location, "A state must be an object.");
      return undefined;
    }
    const language = parseLanguage(value, this.#language, location, findings);
    const place = { state: value, language, location, findings };
    return parseState(name, place, {
      ...this.#context,
      parseBlock: (block, at) => this.parse(block, at, depth + 1),
    });
  }
}
