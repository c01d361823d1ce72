import type { ChoiceRule } from "../asl-types.js";
import type { AllOf, Allowing, Containing, DataPath, InputReference, Reference } from "./reference.js";
import { quote, showPath, toJsonata, toJsonPath } from "./write-reference.js";

/** How two values are compared. */
export type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** What a condition consists of. */
export type ConditionContent =
  | {
      /** A comparison with a fixed value. */
      readonly kind: "compare";
      /** What is compared. */
      readonly value: Reference<never>;
      /** How. */
      readonly comparison: Comparison;
      /** With what. */
      readonly operand: string | number | boolean;
    }
  | {
      /** Whether there is a value. */
      readonly kind: "present";
      /** Where. */
      readonly value: Reference<never>;
    }
  | {
      /** Conditions taken together. */
      readonly kind: "and" | "or" | "not";
      /** The conditions; one for `not`. */
      readonly of: readonly Condition<never>[];
    };

/** Something that holds for an input or does not, described apart from any query language. */
export interface Condition<in Input> {
  /** What it consists of. */
  readonly condition: ConditionContent;
  /** Only there for the compiler. Never called. */
  readonly needs?: (input: Input) => void;
}

/** The type that a literal is one of. */
export type TypeOfLiteral<Value> = Value extends number ? number : Value extends string ? string : boolean;
/** What the conditions of a list need together. */
type NeedsOf<Conditions> = AllOf<
  Conditions extends readonly (infer One)[] ? (One extends Condition<infer Input> ? Input : unknown) : unknown
>;

/**
 * Makes a condition that compares a value of the input. Where the value is missing or of another type when the workflow
 * runs, it does not hold, in JSONPath and in JSONata alike.
 *
 * @param value - What is compared.
 * @param comparison - How; booleans only by `=`.
 * @param operand - With what.
 * @returns The condition; a step that uses it takes only inputs with such a value.
 *
 * @example
 * ```ts
 * import { from, when } from "scones-ml/workflow";
 *
 * const isSure = when(from("confidence"), ">=", 0.93); // Condition<{ confidence: number }>
 * ```
 */
export function when<const Path extends DataPath, const Operand extends string | number | boolean>(
  value: InputReference<Path>,
  comparison: Operand extends boolean ? "=" : Comparison,
  operand: Operand,
): Condition<Containing<Path, TypeOfLiteral<Operand>>>;
/**
 * Makes a condition that compares a value from outside of the input.
 *
 * @param value - What is compared, such as `fromContext("State", "RetryCount")`.
 * @param comparison - How.
 * @param operand - With what.
 * @returns The condition.
 */
export function when<Input, const Operand extends string | number | boolean>(
  value: Reference<Input>,
  comparison: Operand extends boolean ? "=" : Comparison,
  operand: Operand,
): Condition<Input>;
export function when(
  value: Reference<never>,
  comparison: Comparison,
  operand: string | number | boolean,
): Condition<never> {
  return { condition: { kind: "compare", value, comparison, operand } };
}

/**
 * Makes a condition that holds where the input has a value, `null` included.
 *
 * @param value - Where.
 * @returns The condition.
 */
export function isPresent<const Path extends DataPath>(value: InputReference<Path>): Condition<Allowing<Path>> {
  return { condition: { kind: "present", value } };
}

/**
 * Makes a condition that holds where all of some hold.
 *
 * @param conditions - At least one.
 * @returns The condition.
 */
export function allOf<const Conditions extends readonly [Condition<never>, ...Condition<never>[]]>(
  ...conditions: Conditions
): Condition<NeedsOf<Conditions>> {
  return { condition: { kind: "and", of: conditions } };
}

/**
 * Makes a condition that holds where one of some holds.
 *
 * @param conditions - At least one.
 * @returns The condition.
 */
export function anyOf<const Conditions extends readonly [Condition<never>, ...Condition<never>[]]>(
  ...conditions: Conditions
): Condition<NeedsOf<Conditions>> {
  return { condition: { kind: "or", of: conditions } };
}

/**
 * Makes a condition that holds where another one does not.
 *
 * @param condition - The other one.
 * @returns The condition.
 */
export function not<Input>(condition: Condition<Input>): Condition<Input> {
  return { condition: { kind: "not", of: [condition] } };
}

const OPERATORS: Readonly<Record<Comparison, string>> = {
  "=": "Equals",
  "<": "LessThan",
  "<=": "LessThanEquals",
  ">": "GreaterThan",
  ">=": "GreaterThanEquals",
};

/**
 * Writes a condition as a rule of JSONPath. A comparison with a missing value would fail the execution there, so each
 * is guarded; with a value of another type it does not hold by itself.
 *
 * @param condition - The condition.
 * @returns The rule, without what comes next.
 * @internal
 */
export function toChoiceRule({ condition }: Condition<never>): ChoiceRule {
  switch (condition.kind) {
    case "present":
      return { Variable: toJsonPath(condition.value), IsPresent: true };
    case "compare": {
      const Variable = toJsonPath(condition.value);
      const kind = { number: "Numeric", string: "String", boolean: "Boolean" }[typeOf(condition.operand)];
      const operator = `${kind}${OPERATORS[condition.comparison]}`;
      return {
        And: [
          { Variable, IsPresent: true },
          { Variable, [operator]: condition.operand },
        ],
      };
    }
    case "not": {
      const [only] = condition.of;
      return only === undefined ? {} : { Not: toChoiceRule(only) };
    }
    default:
      return { [condition.kind === "and" ? "And" : "Or"]: condition.of.map((each) => toChoiceRule(each)) };
  }
}

/**
 * Writes a condition as a JSONata expression, whose comparisons fail on a missing value or one of another type and are
 * therefore guarded.
 *
 * @param condition - The condition.
 * @returns The expression, without its delimiters.
 * @internal
 */
export function toCondition({ condition }: Condition<never>): string {
  switch (condition.kind) {
    case "present":
      return `$exists(${toJsonata(condition.value)})`;
    case "compare": {
      const value = toJsonata(condition.value);
      const operand = typeof condition.operand === "string" ? quote(condition.operand) : String(condition.operand);
      // Equality alone fails on nothing.
      if (condition.comparison === "=") return `${value} = ${operand}`;
      return `($type(${value}) = "${typeOf(condition.operand)}" ? ${value} ${condition.comparison} ${operand} : false)`;
    }
    case "not":
      return `$not(${condition.of.map((each) => toCondition(each)).join("")})`;
    default:
      return condition.of.map((each) => `(${toCondition(each)})`).join(` ${condition.kind} `);
  }
}

/**
 * Says in words when a condition holds, alike in both query languages.
 *
 * @param condition - The condition.
 * @returns Such as `confidence >= 0.93`.
 * @internal
 */
export function describeCondition({ condition }: Condition<never>): string {
  switch (condition.kind) {
    case "present":
      return `${showPath(condition.value)} is present`;
    case "compare":
      return `${showPath(condition.value)} ${condition.comparison} ${JSON.stringify(condition.operand)}`;
    case "not":
      return `not (${condition.of.map((each) => describeCondition(each)).join("")})`;
    default: {
      const parts = condition.of.map((each) => describeCondition(each));
      return parts.length === 1 ? parts.join("") : parts.map((part) => `(${part})`).join(` ${condition.kind} `);
    }
  }
}

function typeOf(operand: string | number | boolean): "string" | "number" | "boolean" {
  return typeof operand as "string" | "number" | "boolean";
}
