import type { Json } from "./json.js";

/** Below this many characters, writing a text again costs less than remembering it. */
const MIN_REMEMBERED = 16_384;

/** Values are never changed, so that a text once made stays right. */
const texts = new WeakMap<object, string>();

/**
 * Writes a value as JSON text and remembers a long one, because it is asked for several times.
 *
 * @param value - The value.
 * @returns Its text.
 * @internal
 */
export function jsonText(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  rememberText(value, text);
  return text;
}

/**
 * Makes an array of values without writing them anew.
 *
 * @param values - The values.
 * @returns The array, whose text is put together from theirs.
 * @internal
 */
export function joinValues(values: readonly Json[]): Json {
  return rememberText(values, `[${values.map(jsonText).join(",")}]`);
}

/**
 * Notes the text of a value that was made from it or beside it.
 *
 * @param value - The value.
 * @param text - What `JSON.stringify` would write, or the JSON text that the value was read from.
 * @returns The value.
 * @internal
 */
export function rememberText<Value extends Json>(value: Value, text: string): Value {
  return text.length >= MIN_REMEMBERED ? keepText(value, text) : value;
}

/**
 * Notes the text that somebody wrote for a value, spaces and all, which stays as it is as long as the value does.
 *
 * @param value - The value.
 * @param text - The JSON text that it was read from.
 * @returns The value.
 * @internal
 */
export function keepText<Value extends Json>(value: Value, text: string): Value {
  if (typeof value === "object" && value !== null) texts.set(value, text);
  return value;
}

/**
 * Whether a value came through {@link jsonText} or {@link rememberText} before, and so is known to be plain JSON; of
 * values with a short text this is not known.
 *
 * @param value - The value.
 * @returns `true` when its text is known.
 * @internal
 */
export function hasKnownText(value: object): boolean {
  return texts.has(value);
}

/**
 * The JSON text of a value, written when somebody reads it: most of a history is never read. In JSON it stands as
 * that text.
 * @internal
 */
export class LazyText {
  readonly #value: Json;

  /** @param value - The value; it can be written, as {@link fitsDataLimit} makes sure of. */
  constructor(value: Json) {
    this.#value = value;
  }

  /** The text. */
  toJSON(): string {
    return jsonText(this.#value);
  }
}
