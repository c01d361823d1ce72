import { isJsonArray, isJsonObject, type Json } from "../json.js";
import { isExpression } from "../jsonata/jsonata-expression.js";
import { splitResource, type TaskIntegration } from "../tasks/task-integration.js";
import { parseCondition, parseRuleTest } from "./choice-test.js";
import type { ChoiceRule, State, StatesBlock, TaskState } from "./model.js";
import { parseAssign } from "./parse-assign.js";
import { parseFail, parseWait } from "./parse-ending.js";
import { parseErrorHandling } from "./parse-error-handling.js";
import { type FieldPlace, parseDataFields, parseNumberField, parseTemplate, parseTextField } from "./parse-fields.js";
import { parseMap } from "./parse-map.js";
import { checkStateFields } from "./state-fields.js";

/** What reading a state needs beside the state. @internal */
export interface StateContext {
  readonly integrations: readonly TaskIntegration[];
  /** Type of the machine. */
  readonly type: "STANDARD" | "EXPRESS";
  /** Reads the states of a branch or processor. */
  readonly parseBlock: (value: Json | undefined, location: string) => StatesBlock;
}

const TYPES: readonly string[] = ["Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"];
const MAX_SECONDS = 99_999_999;

/**
 * Reads one state.
 *
 * @param name - Its name.
 * @param place - The state, its language and where it stands.
 * @param context - What it needs beside.
 * @returns The state, or `undefined` when its type is unknown.
 * @internal
 */
export function parseState(name: string, place: FieldPlace, context: StateContext): State | undefined {
  const { state, language, location, findings } = place;
  const type = state["Type"];
  if (typeof type !== "string" || !TYPES.includes(type)) {
    findings.add(`${location}/Type`, `The field 'Type' must be one of ${TYPES.join(", ")}.`);
    return undefined;
  }
  const kind = type as State["type"];
  checkStateFields(state, kind, language, location, findings);
  const base = { name, language, next: parseNext(kind, place), data: parseDataFields(place) };
  const errors = () => parseErrorHandling(state, language, location, findings);
  switch (kind) {
    case "Task":
      return { ...base, ...errors(), type: kind, ...parseTask(place, context) };
    case "Pass":
      return { ...base, type: kind, result: state["Result"] };
    case "Choice":
      return { ...base, type: kind, choices: parseChoices(place), default: parseDefault(place) };
    case "Wait":
      return { ...base, type: kind, ...parseWait(place) };
    case "Succeed":
      return { ...base, type: kind };
    case "Fail":
      return { ...base, type: kind, error: parseFail(place, "Error"), cause: parseFail(place, "Cause") };
    case "Parallel":
      return { ...base, ...errors(), type: kind, branches: parseBranches(place, context) };
    case "Map":
      return { ...base, ...errors(), type: kind, ...parseMap(place, context) };
  }
}

function parseNext(type: State["type"], { state, location, findings }: FieldPlace): string | undefined {
  if (type === "Choice" || type === "Succeed" || type === "Fail") return undefined;
  const { Next: next, End: end } = state;
  if (next !== undefined && end !== undefined) {
    findings.add(`${location}/End`, "Only one of 'Next' and 'End' may be present.");
  }
  if (next === undefined && end !== true) findings.add(location, "One of 'Next' and 'End' (true) must be present.");
  if (next !== undefined && typeof next !== "string") {
    findings.add(`${location}/Next`, "The field 'Next' must name a state.");
  }
  return typeof next === "string" ? next : undefined;
}

function parseTask(
  place: FieldPlace,
  { integrations }: StateContext,
): Pick<TaskState, "resource" | "service" | "integration" | "timeoutSeconds" | "heartbeatSeconds"> {
  const { state, language, location, findings } = place;
  const resource = parseTextField(place, "Resource");
  const at = `${location}/Resource`;
  const integration = integrations.find(({ matches }) => matches(resource));
  if (integration === undefined && resource !== "") {
    findings.add(
      at,
      `The local AWS cannot run the resource '${resource}'. Nothing was sent to AWS.`,
      "INVALID_RESOURCE",
    );
  }
  const parameters = state[language === "JSONata" ? "Arguments" : "Parameters"];
  for (const message of integration?.refuse?.(resource) ?? []) findings.add(at, message);
  for (const message of integration?.check?.(resource, parameters) ?? []) findings.add(location, message);
  if (
    state["Credentials"] !== undefined &&
    !isJsonObject(state["Credentials"]) &&
    !isExpression(state["Credentials"])
  ) {
    findings.add(`${location}/Credentials`, "The field 'Credentials' must be an object.");
  }
  const bounds = { least: 1, most: MAX_SECONDS };
  const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout) {
    findings.add(`${location}/HeartbeatSeconds`, "The field 'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'.");
  }
  return {
    resource,
    service: splitResource(resource),
    integration: integration ?? { matches: () => false, events: "Task", run: async () => null },
    timeoutSeconds: parseNumberField(place, "TimeoutSeconds", bounds),
    heartbeatSeconds: parseNumberField(place, "HeartbeatSeconds", bounds),
  };
}

function parseChoices(place: FieldPlace): readonly ChoiceRule[] {
  const { state, language, location, findings } = place;
  const rules = state["Choices"];
  if (!isJsonArray(rules) || rules.length === 0) {
    findings.add(`${location}/Choices`, "The field 'Choices' must be a non-empty array of rules.");
    return [];
  }
  return rules.flatMap((rule, index) => {
    const at = `${location}/Choices[${index}]`;
    const field = `Choices[${index}]`;
    if (!isJsonObject(rule)) {
      findings.add(at, "A rule must be an object.");
      return [];
    }
    const own = { ...place, state: rule, location: at };
    const next = parseTextField(own, "Next");
    const assign = parseAssign(rule["Assign"], `${field}/Assign`, language, `${at}/Assign`, findings);
    const output = language === "JSONata" ? parseTemplate(own, "Output") : undefined;
    const test =
      language === "JSONata"
        ? parseCondition(rule["Condition"], `${field}/Condition`, `${at}/Condition`, findings)
        : parseRuleTest(rule, at, findings);
    checkRuleFields(own);
    return [{ test, next, ...(assign ? { assign } : {}), ...(output ? { output } : {}) }];
  });
}

function checkRuleFields({ state, language, location, findings }: FieldPlace): void {
  const allowed = ["Next", "Condition", "Output", "Assign", "Comment"];
  if (language === "JSONata") {
    for (const name of Object.keys(state)) {
      if (!allowed.includes(name)) {
        findings.add(`${location}/${name}`, `The field '${name}' is not supported by the query language JSONata.`);
      }
    }
  } else if (state["Output"] !== undefined) {
    findings.add(`${location}/Output`, "The field 'Output' is not supported by the query language JSONPath.");
  }
}

function parseDefault({ state, location, findings }: FieldPlace): string | undefined {
  const value = state["Default"];
  if (value === undefined || typeof value === "string") return value;
  findings.add(`${location}/Default`, "The field 'Default' must name a state.");
  return undefined;
}

function parseBranches({ state, location, findings }: FieldPlace, context: StateContext): readonly StatesBlock[] {
  const branches = state["Branches"];
  if (isJsonArray(branches) && branches.length > 0) {
    return branches.map((branch, index) => context.parseBlock(branch, `${location}/Branches[${index}]`));
  }
  findings.add(`${location}/Branches`, "The field 'Branches' must be a non-empty array.");
  return [];
}
