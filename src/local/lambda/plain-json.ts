/** What {@link copyPlainJson} gives where only `JSON` itself can tell what becomes of a value. @internal */
export const NOT_PLAIN: unique symbol = Symbol("not plain JSON");

/** Deeper values are left to `JSON`, which knows how deep it can go. */
const MAX_DEPTH = 100;

/**
 * Copies a value as writing it as JSON and reading that would, many times faster: the texts in it are shared.
 *
 * @param value - The value.
 * @returns The copy, or {@link NOT_PLAIN} for what is not made of plain objects, arrays and primitives alone.
 * @internal
 */
export function copyPlainJson(value: unknown): unknown {
  return copy(value, 0);
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  // Text knows neither -0 nor what is not finite.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== "object" || depth > MAX_DEPTH || "toJSON" in value) return NOT_PLAIN;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) return prototype === Array.prototype ? copyArray(value, depth) : NOT_PLAIN;
  return prototype === Object.prototype || prototype === null ? copyObject(value, depth) : NOT_PLAIN;
}

function copyArray(items: readonly unknown[], depth: number): unknown {
  const copies: unknown[] = [];
  for (const item of items) {
    const copied = item === undefined ? null : copy(item, depth + 1);
    if (copied === NOT_PLAIN) return NOT_PLAIN;
    copies.push(copied);
  }
  return copies;
}

function copyObject(value: object, depth: number): unknown {
  const copies: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    const copied = copy(member, depth + 1);
    if (copied === NOT_PLAIN) return NOT_PLAIN;
    if (key !== "__proto__") copies[key] = copied;
    else Object.defineProperty(copies, key, { value: copied, enumerable: true, configurable: true, writable: true });
  }
  return copies;
}
