import type { Json } from "./json.js";

/** Values are never changed, so that a text once made stays right. */
const texts = new WeakMap<object, string>();

/**
 * Writes a value as JSON text and remembers it, because a state's output is written several times into the history.
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
  texts.set(value, text);
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
  if (typeof value === "object" && value !== null) texts.set(value, text);
  return value;
}

/**
 * Whether a value came through {@link jsonText} or {@link rememberText} before, and so is known to be plain JSON.
 *
 * @param value - The value.
 * @returns `true` when its text is known.
 * @internal
 */
export function hasKnownText(value: object): boolean {
  return texts.has(value);
}
