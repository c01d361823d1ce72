import { type EvaluationScope, readScopedPath } from "../evaluation.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json.js";
import { isExpression, parseExpression, unexpectedType } from "../jsonata/jsonata-expression.js";
import { type JsonPath, parsePath } from "../paths/path-parser.js";
import { StateFailure } from "../state-failure.js";
import { type ChoiceOperator, checkOperand, choiceOperators } from "./choice-operators.js";
import { type Findings, MAX_TEMPLATE_DEPTH } from "./findings.js";

/** What a Choice rule asks. @internal */
export type ChoiceTest = (scope: EvaluationScope) => boolean | Promise<boolean>;

type DirectTest = (scope: EvaluationScope) => boolean;

const NEVER: DirectTest = () => false;
/** Fields of a rule that are no part of its test. */
const BESIDE_TEST: ReadonlySet<string> = new Set(["Next", "Comment", "Assign", "Output", "Variable"]);

/**
 * Reads the Condition of a JSONata rule.
 *
 * @param value - The field.
 * @param field - Its name, for causes.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @returns The test.
 * @internal
 */
export function parseCondition(
  value: Json | undefined,
  field: string,
  location: string,
  findings: Findings,
): ChoiceTest {
  if (typeof value === "boolean") return () => value;
  if (!isExpression(value)) {
    findings.add(location, "The field 'Condition' must be a JSONata expression or a boolean.");
    return NEVER;
  }
  const condition = findings.attempt(
    location,
    () => parseExpression(value, field),
    (reason) => `The JSONata expression of the field 'Condition' is not valid: ${reason}`,
  );
  if (condition === undefined) return NEVER;
  return async (scope) => {
    const found = await condition.evaluate(scope);
    if (typeof found === "boolean") return found;
    throw unexpectedType(value, field, "boolean", found);
  };
}

/**
 * Reads what a JSONPath rule asks: a comparison, or And, Or, Not of others.
 *
 * @param rule - The rule.
 * @param location - Where it stands.
 * @param findings - Receives its problems.
 * @param depth - How deeply it is nested.
 * @returns The test.
 * @internal
 */
export function parseRuleTest(rule: JsonObject, location: string, findings: Findings, depth = 0): DirectTest {
  if (depth > MAX_TEMPLATE_DEPTH) {
    findings.add(location, "The rule is nested too deeply.");
    return NEVER;
  }
  const names = Object.keys(rule).filter((name) => !BESIDE_TEST.has(name));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    findings.add(location, "A rule must have exactly one comparison operator, or And, Or or Not.");
    return NEVER;
  }
  const value = rule[name] ?? null;
  const at = `${location}/${name}`;
  if (name === "And" || name === "Or") return parseJoined(name, value, at, findings, depth);
  if (name !== "Not") return parseComparison(rule, name, value, location, findings);
  if (!isJsonObject(value)) {
    findings.add(at, "The field 'Not' must be a rule.");
    return NEVER;
  }
  checkNested(value, at, findings);
  const inner = parseRuleTest(value, at, findings, depth + 1);
  return (scope) => !inner(scope);
}

function parseJoined(name: "And" | "Or", value: Json, at: string, findings: Findings, depth: number): DirectTest {
  if (!isJsonArray(value) || value.length === 0) {
    findings.add(at, `The field '${name}' must be a non-empty array of rules.`);
    return NEVER;
  }
  const tests = value.map((each, index) => {
    const place = `${at}[${index}]`;
    if (isJsonObject(each)) {
      checkNested(each, place, findings);
      return parseRuleTest(each, place, findings, depth + 1);
    }
    findings.add(place, "A rule must be an object.");
    return NEVER;
  });
  return name === "And" ? (scope) => tests.every((test) => test(scope)) : (scope) => tests.some((test) => test(scope));
}

function checkNested(rule: JsonObject, location: string, findings: Findings): void {
  for (const name of ["Next", "Assign", "Output"]) {
    if (Object.hasOwn(rule, name)) findings.add(`${location}/${name}`, `A nested rule must not have '${name}'.`);
  }
}

function parseComparison(
  rule: JsonObject,
  name: string,
  value: Json,
  location: string,
  findings: Findings,
): DirectTest {
  const at = `${location}/${name}`;
  const bare = name.endsWith("Path") ? name.slice(0, -"Path".length) : name;
  const operator = choiceOperators.get(bare);
  if (operator === undefined || (name !== bare && !operator.hasPath)) {
    findings.add(at, `There is no comparison operator '${name}'.`);
    return NEVER;
  }
  const variable = parseRulePath(rule["Variable"] ?? null, "Variable", `${location}/Variable`, findings);
  if (name !== bare) {
    const expected = parseRulePath(value, name, at, findings);
    if (variable === undefined || expected === undefined) return NEVER;
    return (scope) => operator.compare(readVariable(variable, operator, scope), readOperand(expected, scope) ?? null);
  }
  const wrong = checkOperand(operator, value);
  if (wrong !== undefined) findings.add(at, `The field '${name}' must be ${wrong}.`);
  if (variable === undefined) return NEVER;
  return (scope) => operator.compare(readVariable(variable, operator, scope), value);
}

function parseRulePath(value: Json, field: string, at: string, findings: Findings): JsonPath | undefined {
  if (typeof value === "string") {
    return findings.attempt(
      at,
      () => parsePath(value),
      (reason) => `The field '${field}' must be a valid JSONPath: ${reason}.`,
    );
  }
  findings.add(at, `The field '${field}' must be a JSONPath.`);
  return undefined;
}

function readVariable(path: JsonPath, operator: ChoiceOperator, scope: EvaluationScope): Json | undefined {
  if (operator.allowsMissing) return readScopedPath(path, scope);
  return readOperand(path, scope);
}

function readOperand(path: JsonPath, scope: EvaluationScope): Json | undefined {
  const value = readScopedPath(path, scope);
  if (value !== undefined) return value;
  throw new StateFailure(
    "States.Runtime",
    `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
  );
}
