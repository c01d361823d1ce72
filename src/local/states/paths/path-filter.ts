import { type Json, jsonEquals } from "../json.js";
import { type Cursor, PathSyntaxError, parseQuoted } from "./cursor.js";
import type { PathSegment } from "./path-parser.js";

/** One side of a comparison in a filter. @internal */
export type FilterOperand =
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "path"; readonly from: "item" | "root"; readonly segments: readonly PathSegment[] };

/** What a filter such as `[?(@.size > 3)]` asks of each item. @internal */
export type FilterTest =
  | { readonly kind: "or" | "and"; readonly tests: readonly FilterTest[] }
  | { readonly kind: "not"; readonly test: FilterTest }
  | { readonly kind: "exists"; readonly operand: FilterOperand }
  | {
      readonly kind: "compare";
      readonly operator: string;
      readonly left: FilterOperand;
      readonly right: FilterOperand;
    };

type ParseSegments = (cursor: Cursor) => readonly PathSegment[];

const OPERATOR = /==|!=|<=|>=|<|>/y;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /(true|false|null)\b/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };
const MAX_DEPTH = 32;

/**
 * Reads the expression of a filter, with its parentheses.
 *
 * @param cursor - Behind the question mark.
 * @param parseSegments - Reads the steps of a path.
 * @returns The test.
 * @throws {@link PathSyntaxError} when it cannot be read.
 * @internal
 */
export function parseFilter(cursor: Cursor, parseSegments: ParseSegments): FilterTest {
  cursor.skipSpaces();
  cursor.expect("(");
  const test = parseOr(cursor, parseSegments, 0);
  cursor.skipSpaces();
  cursor.expect(")");
  return test;
}

function parseOr(cursor: Cursor, parseSegments: ParseSegments, depth: number): FilterTest {
  return parseJoined(cursor, "||", "or", () =>
    parseJoined(cursor, "&&", "and", () => parseUnary(cursor, parseSegments, depth)),
  );
}

function parseJoined(cursor: Cursor, sign: string, kind: "or" | "and", parseNext: () => FilterTest): FilterTest {
  const first = parseNext();
  const tests = [first];
  cursor.skipSpaces();
  while (cursor.take(sign)) {
    tests.push(parseNext());
    cursor.skipSpaces();
  }
  return tests.length === 1 ? first : { kind, tests };
}

function parseUnary(cursor: Cursor, parseSegments: ParseSegments, depth: number): FilterTest {
  if (depth > MAX_DEPTH) throw new PathSyntaxError(cursor, "the filter is nested too deeply");
  cursor.skipSpaces();
  if (cursor.peek() === "!" && !cursor.startsWith("!=")) {
    cursor.expect("!");
    return { kind: "not", test: parseUnary(cursor, parseSegments, depth + 1) };
  }
  if (cursor.take("(")) {
    const test = parseOr(cursor, parseSegments, depth + 1);
    cursor.skipSpaces();
    cursor.expect(")");
    return test;
  }
  const left = parseOperand(cursor, parseSegments);
  cursor.skipSpaces();
  const operator = cursor.match(OPERATOR);
  if (operator === undefined) return { kind: "exists", operand: left };
  cursor.skipSpaces();
  return { kind: "compare", operator, left, right: parseOperand(cursor, parseSegments) };
}

function parseOperand(cursor: Cursor, parseSegments: ParseSegments): FilterOperand {
  if (cursor.take("@")) return { kind: "path", from: "item", segments: parseSegments(cursor) };
  if (cursor.take("$")) return { kind: "path", from: "root", segments: parseSegments(cursor) };
  if (cursor.peek() === "'" || cursor.peek() === '"') return { kind: "literal", value: parseQuoted(cursor) };
  const word = cursor.match(WORD);
  if (word !== undefined) return { kind: "literal", value: WORDS[word] ?? null };
  const digits = cursor.match(NUMBER);
  if (digits !== undefined) return { kind: "literal", value: Number(digits) };
  throw new PathSyntaxError(cursor, "a path, a text, a number, true, false or null is expected");
}

/**
 * Asks a filter's test of one item.
 *
 * @param test - The test.
 * @param resolve - Gives the value of an operand, `undefined` where its path leads nowhere.
 * @returns Whether the item passes.
 * @internal
 */
export function passesFilter(test: FilterTest, resolve: (operand: FilterOperand) => Json | undefined): boolean {
  switch (test.kind) {
    case "or":
      return test.tests.some((each) => passesFilter(each, resolve));
    case "and":
      return test.tests.every((each) => passesFilter(each, resolve));
    case "not":
      return !passesFilter(test.test, resolve);
    case "exists":
      return resolve(test.operand) !== undefined;
    case "compare":
      return compare(test.operator, resolve(test.left), resolve(test.right));
  }
}

function compare(operator: string, left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return operator === "!=" && left !== right;
  if (operator === "==") return jsonEquals(left, right);
  if (operator === "!=") return !jsonEquals(left, right);
  const comparable =
    (typeof left === "number" && typeof right === "number") || (typeof left === "string" && typeof right === "string");
  if (!comparable) return false;
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}
