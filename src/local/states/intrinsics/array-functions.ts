import { isJsonArray, isJsonObject, type Json, jsonEquals } from "../json.js";
import type { IntrinsicArguments } from "./intrinsic-arguments.js";
import { IntrinsicError } from "./intrinsic-error.js";

/** Source: AWS Step Functions Developer Guide, "Intrinsic functions": States.ArrayRange gives up to 1000 elements. */
const MAX_RANGE = 1000;

/**
 * States.ArrayPartition: cuts an array into parts.
 * @internal
 */
export function partitionArray(given: IntrinsicArguments): Json {
  const items = given.count(2).array(0);
  return chunk(items, given.integer(1));
}

/**
 * Cuts an array into parts of a size.
 *
 * @param items - The array.
 * @param size - Items in each part but the last.
 * @returns The parts.
 * @throws {@link IntrinsicError} when the size is not positive.
 * @internal
 */
export function chunk(items: readonly Json[], size: number): readonly Json[] {
  if (!(size >= 1)) throw new IntrinsicError("The size of a part must be a positive integer.");
  const parts: Json[] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

/**
 * States.ArrayContains: whether a value is in an array.
 * @internal
 */
export function arrayContains(given: IntrinsicArguments): Json {
  const wanted = given.count(2).value(1);
  return given.array(0).some((item) => jsonEquals(item, wanted));
}

/**
 * States.ArrayRange: numbers from the first to the last, both included.
 * @internal
 */
export function arrayRange(given: IntrinsicArguments): Json {
  given.count(3);
  return numberRange(given.integer(0), given.integer(1), given.integer(2), MAX_RANGE);
}

/**
 * Counts from one number to another.
 *
 * @param first - The first number.
 * @param last - The last, included when a step falls on it.
 * @param step - The distance.
 * @param most - Most numbers.
 * @returns The numbers.
 * @throws {@link IntrinsicError} when the step is 0 or there would be too many.
 * @internal
 */
export function numberRange(first: number, last: number, step: number, most: number): readonly number[] {
  if (step === 0 || !Number.isFinite(step)) throw new IntrinsicError("The step must not be 0.");
  const count = Math.floor((last - first) / step) + 1;
  if (count > most) throw new IntrinsicError(`A range has at most ${most} elements.`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

/**
 * States.ArrayGetItem: the item at an index.
 * @internal
 */
export function arrayGetItem(given: IntrinsicArguments): Json {
  const items = given.count(2).array(0);
  const item = items[given.integer(1)];
  if (item === undefined) throw new IntrinsicError(`The index is outside the array of ${items.length} elements.`);
  return item;
}

/**
 * States.ArrayUnique: the first of each group of equal items.
 * @internal
 */
export function arrayUnique(given: IntrinsicArguments): Json {
  const seen = new Set<string>();
  return given
    .count(1)
    .array(0)
    .filter((item) => {
      const text = canonicalText(item);
      if (seen.has(text)) return false;
      seen.add(text);
      return true;
    });
}

/** The same text for equal values, whatever the order of members; comparing all pairs would take too long. */
function canonicalText(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}
