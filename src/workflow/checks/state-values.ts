import { DISTRIBUTED_MAP_FIELDS } from "./fields.js";
import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, pointer, type ScopeVisit, type StateVisit } from "./visit.js";

const MAX_SECONDS = 99_999_999;

/** Checks the values that belong to a state's type. @internal */
export function checkStateValues(visit: StateVisit): readonly ValidationIssue[] {
  switch (visit.state["Type"]) {
    case "Task":
      return checkTask(visit);
    case "Wait":
      return checkWait(visit);
    case "Fail":
      return [...checkConflict(visit, "Error", "ErrorPath"), ...checkConflict(visit, "Cause", "CausePath")];
    case "Parallel":
      return checkParallel(visit);
    case "Map":
      return checkMap(visit);
    default:
      return [];
  }
}

/** Checks the machine's own time limit. @internal */
export function checkMachineTimeout({ definition, path }: ScopeVisit): readonly ValidationIssue[] {
  return checkSeconds(definition["TimeoutSeconds"], pointer(path, "TimeoutSeconds"), false);
}

function checkTask(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, name, queryLanguage } = visit;
  const { Resource: resource, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  const issues = [
    ...checkConflict(visit, "TimeoutSeconds", "TimeoutSecondsPath"),
    ...checkConflict(visit, "HeartbeatSeconds", "HeartbeatSecondsPath"),
    ...checkSeconds(timeout, pointer(path, "TimeoutSeconds"), queryLanguage === "JSONata"),
    ...checkSeconds(heartbeat, pointer(path, "HeartbeatSeconds"), queryLanguage === "JSONata"),
  ];
  if (typeof resource !== "string" || !/^(arn:|\$\{)/.test(resource)) {
    const message =
      typeof resource === "string"
        ? `Resource "${resource.slice(0, 80)}" is not an ARN.`
        : `Task "${name}" has no Resource.`;
    const remedy = 'Set Resource to an ARN such as "arn:aws:states:::lambda:invoke".';
    issues.push(
      error(pointer(path, "Resource"), resource === undefined ? "FIELD_MISSING" : "FIELD_INVALID", message, remedy),
    );
  } else if (resource.endsWith(".waitForTaskToken") && !hasTimeLimit(state)) {
    const message = `Task "${name}" waits for a token without a limit: when none comes, it waits for up to a year.`;
    issues.push(warning(path, "TIMEOUT_MISSING", message, "Add TimeoutSeconds or HeartbeatSeconds."));
  }
  if (typeof timeout === "number" && typeof heartbeat === "number" && heartbeat >= timeout) {
    const message = `HeartbeatSeconds ${heartbeat} is not below TimeoutSeconds ${timeout}.`;
    issues.push(error(pointer(path, "HeartbeatSeconds"), "NUMBER_INVALID", message, "Lower it below TimeoutSeconds."));
  }
  return issues;
}

function hasTimeLimit(state: Readonly<Record<string, unknown>>): boolean {
  return ["TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"].some(
    (field) => state[field] !== undefined,
  );
}

function checkWait(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, name, queryLanguage } = visit;
  const given = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].filter((field) => state[field] !== undefined);
  if (given.length !== 1) {
    const code = given.length === 0 ? "FIELD_MISSING" : "FIELD_CONFLICT";
    const message = `Wait "${name}" has ${given.length === 0 ? "no duration" : given.join(" and ")}.`;
    return [error(path, code, message, "Give it exactly one of Seconds, Timestamp or, in JSONPath, their Path forms.")];
  }
  const isJsonata = queryLanguage === "JSONata";
  const timestamp = state["Timestamp"];
  if (timestamp !== undefined && !isExpression(timestamp, isJsonata)) {
    if (typeof timestamp !== "string" || Number.isNaN(Date.parse(timestamp))) {
      const message = `Timestamp of "${name}" is not a time.`;
      return [error(pointer(path, "Timestamp"), "FIELD_INVALID", message, 'Write it as "2026-11-24T09:30:00Z".')];
    }
  }
  return checkSeconds(state["Seconds"], pointer(path, "Seconds"), isJsonata, 0);
}

function checkParallel({ state, path, name }: StateVisit): readonly ValidationIssue[] {
  const branches = state["Branches"];
  if (!Array.isArray(branches) || branches.length === 0) {
    const message = `Parallel "${name}" has no branch.`;
    return [error(pointer(path, "Branches"), "BRANCHES_MISSING", message, "Add Branches with at least one.")];
  }
  return branches.flatMap((branch: unknown, index) =>
    isObject(branch)
      ? []
      : error(
          pointer(path, "Branches", index),
          "BRANCHES_MISSING",
          `A branch of "${name}" is not an object.`,
          "Write it as { StartAt, States }.",
        ),
  );
}

function checkMap(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, name, queryLanguage } = visit;
  const issues = checkConflict(visit, "ItemProcessor", "Iterator");
  const processor = state["ItemProcessor"] ?? state["Iterator"];
  if (!isObject(processor)) {
    const message = `Map "${name}" does not say what to do with an item.`;
    return [...issues, error(pointer(path, "ItemProcessor"), "FIELD_MISSING", message, "Add ItemProcessor.")];
  }
  const config = isObject(processor["ProcessorConfig"]) ? processor["ProcessorConfig"] : {};
  const { Mode: mode, ExecutionType: executionType } = config;
  const isDistributed = mode === "DISTRIBUTED";
  const at = pointer(path, state["ItemProcessor"] === undefined ? "Iterator" : "ItemProcessor", "ProcessorConfig");
  if (mode !== undefined && !isDistributed && mode !== "INLINE") {
    const remedy = 'Set it to "INLINE" or "DISTRIBUTED".';
    issues.push(error(pointer(at, "Mode"), "FIELD_INVALID", `Mode of "${name}" is unknown.`, remedy));
  }
  if (isDistributed && executionType !== "STANDARD" && executionType !== "EXPRESS") {
    const message = `Distributed map "${name}" does not say how its items are run.`;
    issues.push(error(pointer(at, "ExecutionType"), "FIELD_MISSING", message, 'Set it to "STANDARD" or "EXPRESS".'));
  }
  for (const field of isDistributed ? [] : DISTRIBUTED_MAP_FIELDS.filter((known) => state[known] !== undefined)) {
    const message = `"${field}" belongs to a distributed map, and "${name}" is an inline one.`;
    issues.push(error(pointer(path, field), "MAP_MODE_MISMATCH", message, 'Set Mode to "DISTRIBUTED", or remove it.'));
  }
  return [
    ...issues,
    ...checkSeconds(state["MaxConcurrency"], pointer(path, "MaxConcurrency"), queryLanguage === "JSONata", 0),
  ];
}

function checkConflict({ state, path, name }: StateVisit, one: string, other: string): ValidationIssue[] {
  if (state[one] === undefined || state[other] === undefined) return [];
  const message = `State "${name}" has both ${one} and ${other}.`;
  return [error(pointer(path, other), "FIELD_CONFLICT", message, "Keep one of them.")];
}

function checkSeconds(value: unknown, path: string, allowsExpression: boolean, least = 1): readonly ValidationIssue[] {
  if (value === undefined || isExpression(value, allowsExpression)) return [];
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= MAX_SECONDS) return [];
  const message = `The value is not a whole number from ${least} to ${MAX_SECONDS}.`;
  return [error(path, "NUMBER_INVALID", message, `Set it to a whole number of at least ${least}.`)];
}

function isExpression(value: unknown, isAllowed: boolean): boolean {
  return isAllowed && typeof value === "string" && value.startsWith("{%") && value.endsWith("%}");
}
