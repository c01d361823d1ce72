import type { JsonObject } from "../json.js";
import type { Findings } from "./findings.js";
import type { State, StateLanguage } from "./model.js";

type Fields = Readonly<Record<State["type"], readonly string[]>>;

const COMMON = ["Type", "Comment", "QueryLanguage"];
const TRANSITION = ["Next", "End"];
const ERRORS = ["Retry", "Catch"];
const TASK = ["Resource", "Credentials", "TimeoutSeconds", "HeartbeatSeconds"];
const MAP = [
  "ItemProcessor",
  "Iterator",
  "ItemSelector",
  "MaxConcurrency",
  "ToleratedFailureCount",
  "ToleratedFailurePercentage",
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "Label",
];
const PATHS = ["InputPath", "OutputPath"];
const RESULT = ["ResultSelector", "ResultPath"];

/** Source: AWS Step Functions Developer Guide, the pages on the state types. */
const JSONPATH: Fields = {
  Task: [
    ...TRANSITION,
    ...ERRORS,
    ...PATHS,
    ...RESULT,
    ...TASK,
    "Parameters",
    "Assign",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
  ],
  Pass: [...TRANSITION, ...PATHS, "Parameters", "Result", "ResultPath", "Assign"],
  Choice: [...PATHS, "Choices", "Default", "Assign"],
  Wait: [...TRANSITION, ...PATHS, "Seconds", "SecondsPath", "Timestamp", "TimestampPath", "Assign"],
  Succeed: PATHS,
  Fail: ["Error", "ErrorPath", "Cause", "CausePath"],
  Parallel: [...TRANSITION, ...ERRORS, ...PATHS, ...RESULT, "Parameters", "Branches", "Assign"],
  Map: [
    ...TRANSITION,
    ...ERRORS,
    ...PATHS,
    ...RESULT,
    ...MAP,
    "Parameters",
    "ItemsPath",
    "MaxConcurrencyPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "Assign",
  ],
};

const JSONATA: Fields = {
  Task: [...TRANSITION, ...ERRORS, ...TASK, "Arguments", "Output", "Assign"],
  Pass: [...TRANSITION, "Output", "Assign"],
  Choice: ["Choices", "Default", "Output", "Assign"],
  Wait: [...TRANSITION, "Seconds", "Timestamp", "Output", "Assign"],
  Succeed: ["Output"],
  Fail: ["Error", "Cause"],
  Parallel: [...TRANSITION, ...ERRORS, "Arguments", "Branches", "Output", "Assign"],
  Map: [...TRANSITION, ...ERRORS, ...MAP, "Items", "Output", "Assign"],
};

/**
 * Checks that a state has only fields of its type and its query language.
 *
 * @param state - The state.
 * @param type - Its type.
 * @param language - Its language.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @internal
 */
export function checkStateFields(
  state: JsonObject,
  type: State["type"],
  language: StateLanguage,
  location: string,
  findings: Findings,
): void {
  const [own, other] = language === "JSONata" ? [JSONATA, JSONPATH] : [JSONPATH, JSONATA];
  for (const name of Object.keys(state)) {
    if (COMMON.includes(name) || own[type].includes(name)) continue;
    const at = `${location}/${name}`;
    if (other[type].includes(name)) {
      findings.add(at, `The field '${name}' is not supported by the query language ${language}.`);
    } else {
      findings.add(at, `The field '${name}' is not supported in a state of type ${type}.`);
    }
  }
}
