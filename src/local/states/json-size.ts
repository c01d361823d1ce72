import { isJsonArray, type Json } from "./json.js";

/** Most bytes of one UTF-16 unit in JSON text: `\u0000`. */
const MAX_UNIT_BYTES = 6;
/** Such as `-1.2345678901234567e-300`. */
const MAX_NUMBER_BYTES = 25;
/** What is nested deeper may be too deep to be written at all. */
const MAX_DEPTH = 100;

/**
 * Tells, without writing it, whether the JSON text of a value surely fits into some bytes.
 *
 * @param value - The value.
 * @param limit - The bytes.
 * @returns `false` where only the text itself can tell.
 * @internal
 */
export function surelyFits(value: Json, limit: number): boolean {
  return spend(value, limit, 0) >= 0;
}

/** What is left of the bytes at the least; negative when it may be nothing. */
function spend(value: Json, left: number, depth: number): number {
  if (typeof value === "string") return left - value.length * MAX_UNIT_BYTES - 2;
  if (typeof value !== "object" || value === null) return left - MAX_NUMBER_BYTES;
  if (depth > MAX_DEPTH) return -1;
  let rest = left - 2;
  if (isJsonArray(value)) {
    for (let index = 0; index < value.length && rest >= 0; index++) {
      rest = spend(value[index] ?? null, rest, depth + 1) - 1;
    }
    return rest;
  }
  for (const key in value) {
    if (rest < 0) return rest;
    rest = spend(value[key] ?? null, rest, depth + 1) - key.length * MAX_UNIT_BYTES - 4;
  }
  return rest;
}
