import { isBalanced } from "./balanced.js";
import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, pointer, type StateVisit } from "./visit.js";

const PATH_FIELDS = ["InputPath", "OutputPath", "ResultPath", "ItemsPath"];
/** Checked as scopes of their own, or, as a fixed result, never evaluated. */
const SKIPPED: readonly string[] = ["Branches", "ItemProcessor", "Iterator", "Result"];
const CATCHER_FIELD = /^\/Catch\/\d+\/[^/]+$/;
const INTRINSIC = /^States\.[A-Za-z0-9]+\(.*\)$/s;
/** Paths that a result is written to: names and indexes only, as the specification's "reference paths" are. */
const REFERENCE_PATH = /^\$(\.[^.[\]()@*?,:'"\s]+|\[\d+\]|\['[^']*'\])*$/;

/** Checks paths (JSONPath) or expressions (JSONata) wherever a state holds them, by their outer form. @internal */
export function checkExpressions(visit: StateVisit): readonly ValidationIssue[] {
  const { state, path, queryLanguage } = visit;
  const issues: ValidationIssue[] = [];
  const fields = Object.entries(state).filter(([field]) => !SKIPPED.includes(field));
  const open = fields.map(([field, value]) => ({ field, value, path: pointer(path, field) }));
  for (const { field, value, path: at } of open) {
    const isFieldOfState = at === pointer(path, field) || CATCHER_FIELD.test(at.slice(path.length));
    const found = [
      ...(queryLanguage === "JSONPath" && isFieldOfState ? checkPathField(field, value, at) : []),
      ...(queryLanguage === "JSONPath" ? checkTemplateKey(field, value, at) : []),
      ...(typeof value === "string" && field !== "Comment" ? checkText(value, at, visit) : []),
    ];
    for (const issue of found) issues.push(issue);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) open.push({ field: "", value: item, path: pointer(at, index) });
    } else if (isObject(value)) {
      for (const [name, item] of Object.entries(value))
        open.push({ field: name, value: item, path: pointer(at, name) });
    }
  }
  return issues;
}

function checkPathField(field: string, value: unknown, path: string): readonly ValidationIssue[] {
  const isPath =
    PATH_FIELDS.includes(field) ||
    /^(Timeout|Heartbeat)?SecondsPath$|^(Timestamp|Error|Cause|MaxConcurrency)Path$/.test(field);
  if (!isPath || (value === null && ["InputPath", "OutputPath", "ResultPath"].includes(field))) return [];
  if (typeof value !== "string") {
    return [error(path, "PATH_INVALID", `${field} is not a path.`, 'Write it as "$.field".')];
  }
  if (field === "ResultPath" && !REFERENCE_PATH.test(value)) {
    const message = `ResultPath "${value.slice(0, 80)}" does not name one place.`;
    return [error(path, "PATH_INVALID", message, 'Use names and indexes only, such as "$.result", or null.')];
  }
  const allowsIntrinsic = field === "ErrorPath" || field === "CausePath";
  return isPathText(value) || (allowsIntrinsic && isIntrinsic(value)) ? [] : [invalidPath(value, path)];
}

function checkTemplateKey(field: string, value: unknown, path: string): readonly ValidationIssue[] {
  if (!field.endsWith(".$")) return [];
  if (typeof value === "string" && (isPathText(value) || isIntrinsic(value))) return [];
  return [invalidPath(value, path)];
}

function checkText(value: string, path: string, visit: StateVisit): readonly ValidationIssue[] {
  const [opens, closes] = [value.startsWith("{%"), value.endsWith("%}")];
  if (visit.queryLanguage === "JSONPath") {
    if (!opens || !closes) return [];
    const message = `State "${visit.name}" is written in JSONPath, where this expression is only text.`;
    return [
      warning(path, "EXPRESSION_INVALID", message, 'Set QueryLanguage to "JSONata", or use a ".$" key with a path.'),
    ];
  }
  if (opens !== closes) {
    const message = "An expression is not delimited on both sides.";
    return [error(path, "EXPRESSION_INVALID", message, 'Write the whole text as "{% ... %}".')];
  }
  if (opens && (value.length < 5 || value.slice(2, -2).trim() === "" || !isBalanced(value.slice(2, -2)))) {
    const message = "An expression is empty, or its quotes or brackets do not match.";
    return [error(path, "EXPRESSION_INVALID", message, "Correct the JSONata expression.")];
  }
  return [];
}

function isPathText(value: string): boolean {
  return /^\$(\$|[.[]|[A-Za-z_]|$)/.test(value) && !/\.$/.test(value) && !/^\$+\.\.?$/.test(value) && isBalanced(value);
}

function isIntrinsic(value: string): boolean {
  return INTRINSIC.test(value) && isBalanced(value);
}

function invalidPath(value: unknown, path: string): ValidationIssue {
  const shown = typeof value === "string" ? `"${value.slice(0, 80)}"` : "The value";
  const message = `${shown} is neither a path nor an intrinsic function.`;
  return error(path, "PATH_INVALID", message, 'Write it as "$.field", "$$.Execution.Id" or "States.Format(...)".');
}
