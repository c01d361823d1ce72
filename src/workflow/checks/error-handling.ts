import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, pointer, type StateVisit } from "./visit.js";

/** Names that AWS itself raises. Source: "Handling errors in Step Functions workflows", Step Functions developer guide. */
const BUILT_IN_ERRORS: readonly string[] = [
  "ALL",
  "BranchFailed",
  "DataLimitExceeded",
  "ExceedToleratedFailureThreshold",
  "Http.Socket",
  "HeartbeatTimeout",
  "IntrinsicFailure",
  "ItemReaderFailed",
  "NoChoiceMatched",
  "ParameterPathFailure",
  "Permissions",
  "QueryEvaluationError",
  "ResultPathMatchFailure",
  "ResultWriterFailed",
  "Runtime",
  "TaskFailed",
  "Timeout",
].map((name) => `States.${name}`);

const RETRY_FIELDS = [
  "ErrorEquals",
  "IntervalSeconds",
  "MaxAttempts",
  "BackoffRate",
  "MaxDelaySeconds",
  "JitterStrategy",
];
const CATCH_FIELDS = ["ErrorEquals", "Next", "Assign"];

/** Bounds of a retrier's numbers. Source: Amazon States Language specification. */
const RETRY_NUMBERS: readonly (readonly [field: string, least: number, isWhole: boolean])[] = [
  ["IntervalSeconds", 1, true],
  ["MaxAttempts", 0, true],
  ["MaxDelaySeconds", 1, true],
  ["BackoffRate", 1, false],
];

/** Checks Retry of a state. @internal */
export function checkRetry(visit: StateVisit): readonly ValidationIssue[] {
  return checkEntries(visit, "Retry", (retrier, path) => {
    const issues = checkUnknown(retrier, [...RETRY_FIELDS, "Comment"], path, "a retrier");
    for (const [field, least, isWhole] of RETRY_NUMBERS) {
      const value = retrier[field];
      if (value === undefined || (isWhole ? Number.isInteger(value) : typeof value === "number")) {
        if (value === undefined || (value as number) >= least) continue;
      }
      const message = `${field} is not a ${isWhole ? "whole " : ""}number of at least ${least}.`;
      issues.push(error(pointer(path, field), "NUMBER_INVALID", message, `Set it to ${least} or more.`));
    }
    const { MaxDelaySeconds: most, IntervalSeconds: first = 1, JitterStrategy: jitter } = retrier;
    if (typeof most === "number" && typeof first === "number" && most <= first) {
      const message = `MaxDelaySeconds ${most} is not above IntervalSeconds ${first}.`;
      issues.push(
        error(pointer(path, "MaxDelaySeconds"), "NUMBER_INVALID", message, "Raise it above IntervalSeconds."),
      );
    }
    if (jitter !== undefined && jitter !== "FULL" && jitter !== "NONE") {
      const message = "JitterStrategy is neither FULL nor NONE.";
      issues.push(error(pointer(path, "JitterStrategy"), "RETRY_INVALID", message, 'Set it to "FULL" or "NONE".'));
    }
    const broad = namesOf(retrier).find((name) => name === "States.ALL" || name === "States.TaskFailed");
    if (broad !== undefined && visit.state["Type"] === "Task" && retrier["MaxAttempts"] !== 0) {
      const message = `${broad} also tries again what the task refused on purpose.`;
      const remedy = "Name the transient errors, such as Lambda.ServiceException, so that others fail at once.";
      issues.push(warning(pointer(path, "ErrorEquals"), "RETRY_TOO_BROAD", message, remedy));
    }
    return issues;
  });
}

/** Checks Catch of a state. @internal */
export function checkCatch(visit: StateVisit): readonly ValidationIssue[] {
  const own = visit.queryLanguage === "JSONPath" ? "ResultPath" : "Output";
  const other = visit.queryLanguage === "JSONPath" ? "Output" : "ResultPath";
  const issues = checkEntries(visit, "Catch", (catcher, path) => {
    const found = checkUnknown(catcher, [...CATCH_FIELDS, own, other, "Comment"], path, "a catcher");
    if (catcher["Next"] === undefined) {
      found.push(error(pointer(path, "Next"), "CATCH_INVALID", "A catcher says not where it leads.", "Add Next."));
    }
    if (catcher[other] !== undefined) {
      const message = `The state is written in ${visit.queryLanguage}, where a catcher has no ${other}.`;
      found.push(error(pointer(path, other), "FIELD_OF_OTHER_QUERY_LANGUAGE", message, `Use ${own}.`));
    }
    return found;
  });
  const names = listEntries(visit, "Catch").flatMap(namesOf);
  if (names.includes("States.ALL") && !names.includes("States.DataLimitExceeded") && visit.state["Type"] === "Task") {
    const message = `States.ALL does not catch States.DataLimitExceeded: a result of "${visit.name}" above 256 KiB fails the execution past this Catch.`;
    const remedy = "Add a catcher for States.DataLimitExceeded before it, and hand on S3 keys instead of images.";
    issues.push(warning(pointer(visit.path, "Catch"), "CATCH_INCOMPLETE", message, remedy));
  }
  return issues;
}

function checkEntries(
  visit: StateVisit,
  field: "Retry" | "Catch",
  checkEntry: (entry: Readonly<Record<string, unknown>>, path: string) => readonly ValidationIssue[],
): ValidationIssue[] {
  const list = visit.state[field];
  const at = pointer(visit.path, field);
  if (list === undefined) return [];
  const code = field === "Retry" ? "RETRY_INVALID" : "CATCH_INVALID";
  if (!Array.isArray(list))
    return [error(at, code, `${field} is not a list.`, `Write it as [{ ErrorEquals: [...] }].`)];
  return list.flatMap((entry: unknown, index): readonly ValidationIssue[] => {
    const path = pointer(at, index);
    if (!isObject(entry))
      return [error(path, code, `An entry of ${field} is not an object.`, "Write it as { ErrorEquals: [...] }.")];
    return [...checkErrorEquals(entry, path, index === list.length - 1), ...checkEntry(entry, path)];
  });
}

function checkErrorEquals(entry: Readonly<Record<string, unknown>>, path: string, isLast: boolean): ValidationIssue[] {
  const at = pointer(path, "ErrorEquals");
  const raw = entry["ErrorEquals"];
  const names = namesOf(entry);
  if (!Array.isArray(raw) || raw.length === 0 || names.length !== raw.length || names.includes("")) {
    const message = "ErrorEquals is not a list of error names.";
    return [error(at, "ERROR_EQUALS_INVALID", message, 'List at least one, such as ["Lambda.ServiceException"].')];
  }
  const issues: ValidationIssue[] = [];
  if (names.includes("States.ALL")) {
    if (names.length > 1) {
      const message = "States.ALL stands beside other names.";
      issues.push(error(at, "STATES_ALL_NOT_ALONE", message, "Give States.ALL an entry of its own."));
    }
    if (!isLast) {
      const message = "States.ALL stands before other entries, which can never match.";
      issues.push(error(at, "STATES_ALL_NOT_LAST", message, "Move the entry with States.ALL to the end."));
    }
  }
  const unknown = names.find((name) => name.startsWith("States.") && !BUILT_IN_ERRORS.includes(name));
  if (unknown !== undefined) {
    const message = `"${unknown}" is no error that AWS raises, and own names must not begin with "States.".`;
    issues.push(warning(at, "ERROR_NAME_UNKNOWN", message, "Check its spelling, or rename the error."));
  }
  return issues;
}

function checkUnknown(
  entry: Readonly<Record<string, unknown>>,
  known: readonly string[],
  path: string,
  what: string,
): ValidationIssue[] {
  return Object.keys(entry)
    .filter((field) => !known.includes(field))
    .map((field) =>
      error(pointer(path, field), "FIELD_UNKNOWN", `"${field}" is no field of ${what}.`, `Use ${known.join(", ")}.`),
    );
}

function listEntries({ state }: StateVisit, field: string): readonly Readonly<Record<string, unknown>>[] {
  const list = state[field];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function namesOf(entry: Readonly<Record<string, unknown>>): readonly string[] {
  const names = entry["ErrorEquals"];
  return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
}
