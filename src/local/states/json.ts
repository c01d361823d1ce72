/** A JSON value. The engine never changes one after it was made. @internal */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. @internal */
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * Whether a value is an object that is not an array.
 *
 * @param value - The value.
 * @returns `true` for a JSON object.
 * @internal
 */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Whether a value is an array.
 *
 * @param value - The value.
 * @returns `true` for a JSON array.
 * @internal
 */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Reads a member that the object itself has, never one of its prototype.
 *
 * @param value - Anything.
 * @param key - Name of the member.
 * @returns The member, or `undefined`.
 * @internal
 */
export function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Sets a member of an object that is being built. `__proto__` becomes an ordinary member.
 *
 * @param target - The object.
 * @param key - Name of the member.
 * @param value - Its value.
 * @internal
 */
export function setMember(target: Record<string, Json>, key: string, value: Json): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Copies an object with some members set.
 *
 * @param source - The object.
 * @param members - What is set over it.
 * @returns A new object.
 * @internal
 */
export function withMembers(source: JsonObject, members: Iterable<readonly [string, Json]>): JsonObject {
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(source)) setMember(copy, key, source[key] ?? null);
  for (const [key, value] of members) setMember(copy, key, value);
  return copy;
}

/**
 * Compares two JSON values by content; the order of members does not matter.
 *
 * @param left - One value.
 * @param right - The other.
 * @returns Whether they are equal.
 * @internal
 */
export function jsonEquals(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (isJsonArray(left) || isJsonArray(right)) {
    if (!isJsonArray(left) || !isJsonArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => jsonEquals(item, right[index] ?? null));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && jsonEquals(left[key] ?? null, right[key] ?? null));
}
