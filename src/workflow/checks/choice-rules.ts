import { error, type ValidationIssue, warning } from "./issue.js";
import { isObject, type JsonObject, pointer, type StateVisit } from "./visit.js";

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const COMPARISONS = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"];
const TYPE_TESTS = ["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"];

type Operand = (value: unknown) => boolean;
const isString: Operand = (value) => typeof value === "string";
const isNumber: Operand = (value) => typeof value === "number";
const isBoolean: Operand = (value) => typeof value === "boolean";
const isPath: Operand = (value) => typeof value === "string" && value.startsWith("$");
const isTimestamp: Operand = (value) => typeof value === "string" && TIMESTAMP.test(value);

/** Operators and what they compare with. Source: Amazon States Language specification, "Choice State". */
const OPERATORS: ReadonlyMap<string, Operand> = new Map([
  ...COMPARISONS.flatMap((name): (readonly [string, Operand])[] => [
    [`String${name}`, isString],
    [`String${name}Path`, isPath],
    [`Numeric${name}`, isNumber],
    [`Numeric${name}Path`, isPath],
    [`Timestamp${name}`, isTimestamp],
    [`Timestamp${name}Path`, isPath],
  ]),
  ["StringMatches", isString] as const,
  ["BooleanEquals", isBoolean] as const,
  ["BooleanEqualsPath", isPath] as const,
  ...TYPE_TESTS.map((name) => [name, isBoolean] as const),
]);

/** Checks the rules of a Choice state. @internal */
export function checkChoice(visit: StateVisit): readonly ValidationIssue[] {
  const { name, path, state, queryLanguage } = visit;
  if (state["Type"] !== "Choice") return [];
  const { Choices: choices, Default: fallback } = state;
  if (!Array.isArray(choices) || choices.length === 0) {
    const message = `Choice "${name}" has no rule.`;
    return [error(pointer(path, "Choices"), "FIELD_MISSING", message, "Add Choices with at least one rule.")];
  }
  const issues = choices.flatMap((rule: unknown, index) => {
    const at = pointer(path, "Choices", index);
    if (!isObject(rule)) return [invalid(at, "A rule is not an object.", "Write it as { ..., Next: ... }.")];
    const missing = rule["Next"] === undefined ? [invalid(at, "A rule says not where it leads.", "Add Next.")] : [];
    return [...missing, ...(queryLanguage === "JSONata" ? checkCondition(rule, at) : checkOperators(rule, at))];
  });
  if (fallback === undefined) {
    const message = `Choice "${name}" has no Default: when no rule holds, the execution fails with States.NoChoiceMatched.`;
    issues.push(warning(path, "CHOICE_DEFAULT_MISSING", message, "Add Default with a state's name."));
  }
  return issues;
}

function checkCondition(rule: JsonObject, path: string): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  const condition = rule["Condition"];
  const isExpression = typeof condition === "string" && condition.startsWith("{%") && condition.endsWith("%}");
  if (!isExpression && typeof condition !== "boolean") {
    const remedy = 'Write it as "{% $states.input.confidence < 0.7 %}".';
    issues.push(
      invalid(pointer(path, "Condition"), "Condition is neither a JSONata expression nor a boolean.", remedy),
    );
  }
  for (const field of Object.keys(rule)) {
    if (["Condition", "Next", "Assign", "Output", "Comment"].includes(field)) continue;
    const isOperator = OPERATORS.has(field) || ["Variable", "And", "Or", "Not"].includes(field);
    const message = isOperator ? `"${field}" belongs to JSONPath.` : `"${field}" is no field of a rule.`;
    const code = isOperator ? "FIELD_OF_OTHER_QUERY_LANGUAGE" : "FIELD_UNKNOWN";
    issues.push(error(pointer(path, field), code, message, "Express it in Condition."));
  }
  return issues;
}

/** Walks the nested rules with a list, so that no nesting is too deep. */
function checkOperators(top: JsonObject, topPath: string): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  const open: { readonly rule: unknown; readonly path: string }[] = [{ rule: top, path: topPath }];
  for (const { rule, path } of open) {
    if (!isObject(rule)) {
      issues.push(invalid(path, "A nested rule is not an object.", "Write it as { Variable: ..., <operator>: ... }."));
      continue;
    }
    if (rule !== top && (rule["Next"] !== undefined || rule["Assign"] !== undefined)) {
      issues.push(invalid(path, "A nested rule has Next or Assign.", "Only the outermost rule may have them."));
    }
    for (const issue of checkOneRule(rule, path)) issues.push(issue);
    for (const field of ["And", "Or"]) {
      const nested = rule[field];
      if (nested === undefined) continue;
      if (!Array.isArray(nested) || nested.length === 0) {
        issues.push(invalid(pointer(path, field), `${field} is not a list of rules.`, "List at least one rule."));
      } else for (const [i, child] of nested.entries()) open.push({ rule: child, path: pointer(path, field, i) });
    }
    if (rule["Not"] !== undefined) open.push({ rule: rule["Not"], path: pointer(path, "Not") });
  }
  return issues;
}

function checkOneRule(rule: JsonObject, path: string): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  const fields = Object.keys(rule).filter((field) => !["Next", "Assign", "Comment", "Variable"].includes(field));
  const logical = fields.filter((field) => ["And", "Or", "Not"].includes(field));
  const operators = fields.filter((field) => OPERATORS.has(field));
  for (const field of fields.filter((name) => !logical.includes(name) && !operators.includes(name))) {
    const isJsonata = field === "Condition" || field === "Output";
    const code = isJsonata ? "FIELD_OF_OTHER_QUERY_LANGUAGE" : "FIELD_UNKNOWN";
    const message = isJsonata ? `"${field}" belongs to JSONata.` : `"${field}" is no operator of a rule.`;
    issues.push(error(pointer(path, field), code, message, "Use Variable with one operator, such as NumericLessThan."));
  }
  if (logical.length + operators.length !== 1) {
    const message = `A rule has ${logical.length + operators.length} operators.`;
    issues.push(invalid(path, message, "Give it exactly one; combine several with And, Or and Not."));
  }
  if (operators.length > 0 && !isPath(rule["Variable"])) {
    issues.push(invalid(pointer(path, "Variable"), "Variable is not a path.", 'Write it as "$.confidence".'));
  }
  for (const name of operators) {
    if (OPERATORS.get(name)?.(rule[name])) continue;
    const kind = /^(String|Numeric|Boolean|Timestamp)/.exec(name)?.[1] ?? "Boolean";
    const wanted = name.endsWith("Path") ? "a path" : kind === "Numeric" ? "a number" : `a ${kind.toLowerCase()}`;
    issues.push(invalid(pointer(path, name), `${name} does not compare with ${wanted}.`, `Give it ${wanted}.`));
  }
  return issues;
}

function invalid(path: string, message: string, remedy: string): ValidationIssue {
  return error(path, "CHOICE_RULE_INVALID", message, remedy);
}
