import { Cursor, PathSyntaxError, parseQuoted } from "./cursor.js";
import { type FilterTest, parseFilter } from "./path-filter.js";

/** One step of a path. @internal */
export type PathSegment =
  | { readonly kind: "member"; readonly name: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "members"; readonly names: readonly string[] }
  | { readonly kind: "indexes"; readonly indexes: readonly number[] }
  | { readonly kind: "slice"; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly kind: "wildcard" }
  | { readonly kind: "filter"; readonly test: FilterTest }
  | { readonly kind: "length" }
  | { readonly kind: "descend"; readonly segment: PathSegment };

/** Where a path begins: the data, the context object, or a variable. @internal */
export type PathRoot =
  | { readonly kind: "data" }
  | { readonly kind: "context" }
  | { readonly kind: "variable"; readonly name: string };

/** A path that was read. @internal */
export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  readonly root: PathRoot;
  readonly segments: readonly PathSegment[];
  /** Whether it yields exactly one value: members and single indexes only. */
  readonly definite: boolean;
}

const NAME = /[^\s.[\](),'"&|<>=!]+/y;
const VARIABLE = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const INTEGER = /-?\d{1,15}/y;

/**
 * Reads a whole text as a path.
 *
 * @param text - Such as `$.images[0].key`, `$$.Execution.Id` or `$settings.threshold`.
 * @returns The path.
 * @throws {@link PathSyntaxError} when it is not a path, or uses an operator that does not exist here.
 * @internal
 */
export function parsePath(text: string): JsonPath {
  const cursor = new Cursor(text);
  const path = parsePathAt(cursor);
  if (!cursor.atEnd) throw new PathSyntaxError(cursor, "the path has to end");
  return path;
}

/**
 * Reads a path from within a longer text and stops behind it.
 *
 * @param cursor - Where it begins.
 * @returns The path.
 * @throws {@link PathSyntaxError} when there is none.
 * @internal
 */
export function parsePathAt(cursor: Cursor): JsonPath {
  const start = cursor.position;
  cursor.expect("$");
  const root = parseRoot(cursor);
  const segments = parseSegments(cursor);
  return { text: cursor.text.slice(start, cursor.position), root, segments, definite: isDefinite(segments) };
}

function parseRoot(cursor: Cursor): PathRoot {
  if (cursor.take("$")) return { kind: "context" };
  const name = cursor.match(VARIABLE);
  return name === undefined ? { kind: "data" } : { kind: "variable", name };
}

/**
 * Whether segments yield exactly one value.
 *
 * @param segments - The segments.
 * @returns `true` for members and single indexes only.
 * @internal
 */
export function isDefinite(segments: readonly PathSegment[]): boolean {
  return segments.every(({ kind }) => kind === "member" || kind === "index" || kind === "length");
}

/**
 * Reads the steps that follow a root, in paths and in the operands of filters.
 *
 * @param cursor - Behind the root.
 * @returns The steps.
 * @internal
 */
function parseSegments(cursor: Cursor): readonly PathSegment[] {
  const segments: PathSegment[] = [];
  for (;;) {
    if (cursor.take("..")) {
      segments.push({ kind: "descend", segment: cursor.peek() === "[" ? parseBrackets(cursor) : parseName(cursor) });
    } else if (cursor.take(".")) {
      segments.push(parseName(cursor));
    } else if (cursor.peek() === "[") {
      segments.push(parseBrackets(cursor));
    } else {
      return segments;
    }
  }
}

function parseName(cursor: Cursor): PathSegment {
  const name = cursor.match(NAME);
  if (name === undefined) throw new PathSyntaxError(cursor, "a name is expected");
  if (name === "*") return { kind: "wildcard" };
  if (cursor.peek() !== "(") return { kind: "member", name };
  if (name === "length" && cursor.take("()")) return { kind: "length" };
  throw new PathSyntaxError(cursor, `the path function "${name}" is not supported`);
}

function parseBrackets(cursor: Cursor): PathSegment {
  cursor.expect("[");
  cursor.skipSpaces();
  const segment = parseSelector(cursor);
  cursor.skipSpaces();
  cursor.expect("]");
  return segment;
}

function parseSelector(cursor: Cursor): PathSegment {
  if (cursor.take("*")) return { kind: "wildcard" };
  if (cursor.take("?")) return { kind: "filter", test: parseFilter(cursor, parseSegments) };
  if (cursor.peek() === "'" || cursor.peek() === '"') {
    const names = parseList(cursor, parseQuoted);
    const [name] = names;
    return names.length === 1 && name !== undefined ? { kind: "member", name } : { kind: "members", names };
  }
  const start = parseInteger(cursor);
  cursor.skipSpaces();
  if (cursor.peek() === ":") return parseSlice(cursor, start);
  if (start === undefined) throw new PathSyntaxError(cursor, "an index, a name, a slice or a filter is expected");
  if (cursor.peek() !== ",") return { kind: "index", index: start };
  cursor.expect(",");
  return { kind: "indexes", indexes: [start, ...parseList(cursor, expectInteger)] };
}

function parseSlice(cursor: Cursor, start: number | undefined): PathSegment {
  cursor.expect(":");
  cursor.skipSpaces();
  const end = parseInteger(cursor);
  cursor.skipSpaces();
  const step = cursor.take(":") ? (parseInteger(cursor) ?? 1) : 1;
  if (step < 1) throw new PathSyntaxError(cursor, "the step of a slice has to be positive");
  return { kind: "slice", step, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

function parseList<Item>(cursor: Cursor, parseItem: (cursor: Cursor) => Item): readonly Item[] {
  const items: Item[] = [];
  do {
    cursor.skipSpaces();
    items.push(parseItem(cursor));
    cursor.skipSpaces();
  } while (cursor.take(","));
  return items;
}

function parseInteger(cursor: Cursor): number | undefined {
  const digits = cursor.match(INTEGER);
  return digits === undefined ? undefined : Number(digits);
}

function expectInteger(cursor: Cursor): number {
  const value = parseInteger(cursor);
  if (value === undefined) throw new PathSyntaxError(cursor, "an index is expected");
  return value;
}
