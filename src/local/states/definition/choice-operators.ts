import type { Json } from "../json.js";
import { parseStringPattern } from "./string-pattern.js";
import { parseTimestamp } from "./timestamp.js";

/** Compares what the Variable yields, `undefined` where its path leads nowhere, with the operator's value. */
type Comparison = (actual: Json | undefined, expected: Json) => boolean;

/** An operator of a Choice rule. @internal */
export interface ChoiceOperator {
  /** Kind of value that the definition gives. */
  readonly expects: "string" | "number" | "boolean" | "timestamp" | "pattern";
  /** Whether a variant ending in `Path` exists. */
  readonly hasPath: boolean;
  /** Whether a Variable that leads nowhere is no error. */
  readonly allowsMissing: boolean;
  readonly compare: Comparison;
}

type Order = (sign: number) => boolean;

const ORDERS: readonly (readonly [string, Order])[] = [
  ["Equals", (sign) => sign === 0],
  ["LessThan", (sign) => sign < 0],
  ["GreaterThan", (sign) => sign > 0],
  ["LessThanEquals", (sign) => sign <= 0],
  ["GreaterThanEquals", (sign) => sign >= 0],
];

const order = <Value extends string | number>(left: Value, right: Value) => (left < right ? -1 : left > right ? 1 : 0);

function ordered(
  prefix: string,
  expects: ChoiceOperator["expects"],
  measure: (value: Json | undefined) => string | number | undefined,
): readonly (readonly [string, ChoiceOperator])[] {
  return ORDERS.map(([suffix, holds]) => [
    `${prefix}${suffix}`,
    {
      expects,
      hasPath: true,
      allowsMissing: false,
      compare(actual, expected) {
        const [left, right] = [measure(actual), measure(expected)];
        return left !== undefined && right !== undefined && holds(order(left, right));
      },
    },
  ]);
}

function question(name: string, allowsMissing: boolean, test: (value: Json | undefined) => boolean) {
  const operator: ChoiceOperator = {
    expects: "boolean",
    hasPath: false,
    allowsMissing,
    compare: (actual, expected) => test(actual) === expected,
  };
  return [name, operator] as const;
}

/** All comparison operators by name, without their variants in `Path`. @internal */
export const choiceOperators: ReadonlyMap<string, ChoiceOperator> = new Map<string, ChoiceOperator>([
  ...ordered("String", "string", (value) => (typeof value === "string" ? value : undefined)),
  ...ordered("Numeric", "number", (value) => (typeof value === "number" ? value : undefined)),
  ...ordered("Timestamp", "timestamp", (value) => parseTimestamp(value)),
  [
    "BooleanEquals",
    {
      expects: "boolean",
      hasPath: true,
      allowsMissing: false,
      compare: (actual, expected) => typeof actual === "boolean" && actual === expected,
    },
  ],
  [
    "StringMatches",
    {
      expects: "pattern",
      hasPath: false,
      allowsMissing: false,
      compare: (actual, expected) => typeof actual === "string" && parseStringPattern(String(expected))(actual),
    },
  ],
  question("IsPresent", true, (value) => value !== undefined),
  question("IsNull", false, (value) => value === null),
  question("IsNumeric", false, (value) => typeof value === "number"),
  question("IsString", false, (value) => typeof value === "string"),
  question("IsBoolean", false, (value) => typeof value === "boolean"),
  question("IsTimestamp", false, (value) => parseTimestamp(value) !== undefined),
]);

/**
 * Tells what is wrong with an operator's value.
 *
 * @param operator - The operator.
 * @param value - The value in the definition.
 * @returns What it must be, or `undefined` when it is right.
 * @internal
 */
export function checkOperand(operator: ChoiceOperator, value: Json): string | undefined {
  switch (operator.expects) {
    case "timestamp":
      return parseTimestamp(value) === undefined ? "a timestamp such as 2026-11-24T12:00:00Z" : undefined;
    case "pattern":
      if (typeof value !== "string") return "a string";
      try {
        parseStringPattern(value);
        return undefined;
      } catch (error) {
        return `a pattern in which ${error instanceof Error ? error.message : "backslashes are right"}`;
      }
    default:
      return typeof value === operator.expects ? undefined : `a ${operator.expects}`;
  }
}
