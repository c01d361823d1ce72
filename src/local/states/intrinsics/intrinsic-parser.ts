import type { Json } from "../json.js";
import { Cursor, PathSyntaxError } from "../paths/cursor.js";
import { type JsonPath, parsePathAt } from "../paths/path-parser.js";

/** An argument of an intrinsic function. @internal */
export type IntrinsicArgument =
  | { readonly kind: "text"; readonly raw: string }
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "path"; readonly path: JsonPath }
  | IntrinsicCall;

/** An invocation such as `States.Format('{}', $.name)`. @internal */
export interface IntrinsicCall {
  readonly kind: "call";
  /** As it was written. */
  readonly text: string;
  /** Name of the function. */
  readonly name: string;
  readonly arguments: readonly IntrinsicArgument[];
}

/** Source: AWS Step Functions Developer Guide, "Intrinsic functions": up to ten may be nested in a field. */
const MAX_NESTING = 10;
const NAME = /[A-Za-z0-9._]+/y;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /(true|false|null)\b/y;
const WORDS: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/**
 * Reads a whole text as the invocation of an intrinsic function.
 *
 * @param text - Such as `States.Array($.id, 'x')`.
 * @param knownNames - Names of the functions that exist.
 * @returns The invocation.
 * @throws {@link PathSyntaxError} when it cannot be read, names an unknown function or is nested too deeply.
 * @internal
 */
export function parseIntrinsic(text: string, knownNames: ReadonlySet<string>): IntrinsicCall {
  const cursor = new Cursor(text);
  const call = parseCall(cursor, knownNames, 1);
  cursor.skipSpaces();
  if (!cursor.atEnd) throw new PathSyntaxError(cursor, "the invocation has to end");
  return call;
}

function parseCall(cursor: Cursor, knownNames: ReadonlySet<string>, depth: number): IntrinsicCall {
  const start = cursor.position;
  const name = cursor.match(NAME) ?? "";
  if (!knownNames.has(name)) throw new PathSyntaxError(cursor, `there is no intrinsic function "${name}"`);
  if (depth > MAX_NESTING) throw new PathSyntaxError(cursor, `more than ${MAX_NESTING} functions are nested`);
  cursor.expect("(");
  const found: IntrinsicArgument[] = [];
  cursor.skipSpaces();
  if (!cursor.take(")")) {
    do {
      cursor.skipSpaces();
      found.push(parseArgument(cursor, knownNames, depth));
      cursor.skipSpaces();
    } while (cursor.take(","));
    cursor.expect(")");
  }
  return { kind: "call", text: cursor.text.slice(start, cursor.position), name, arguments: found };
}

function parseArgument(cursor: Cursor, knownNames: ReadonlySet<string>, depth: number): IntrinsicArgument {
  const next = cursor.peek();
  if (next === "'") return { kind: "text", raw: parseRawText(cursor) };
  if (next === "$") return { kind: "path", path: parsePathAt(cursor) };
  const word = cursor.match(WORD);
  if (word !== undefined) return { kind: "value", value: WORDS[word] ?? null };
  const digits = cursor.match(NUMBER);
  if (digits !== undefined) return { kind: "value", value: Number(digits) };
  return parseCall(cursor, knownNames, depth + 1);
}

/** Reads a text between apostrophes and keeps its backslashes: States.Format tells `{}` from `\{\}` by them. */
function parseRawText(cursor: Cursor): string {
  cursor.expect("'");
  const start = cursor.position;
  while (!cursor.atEnd && cursor.peek() !== "'") cursor.position += cursor.peek() === "\\" ? 2 : 1;
  const raw = cursor.text.slice(start, cursor.position);
  cursor.expect("'");
  return raw;
}
