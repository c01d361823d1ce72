import { randomUUID } from "node:crypto";
import jsonata from "jsonata";
import type { Clock } from "../clock.js";
import { chunk, numberRange } from "../intrinsics/array-functions.js";
import { hashText } from "../intrinsics/hash-text.js";
import { IntrinsicError } from "../intrinsics/intrinsic-error.js";
import { seededRandom } from "../intrinsics/random.js";
import type { Json } from "../json.js";

/** Most numbers of one `$range`, so that a typing error does not fill the memory. */
const MAX_RANGE = 100_000;

/**
 * The functions that Step Functions adds to JSONata. `$eval` is taken away, as it is there.
 *
 * @param clock - Chance.
 * @returns The functions by name, without the dollar sign.
 * @see AWS Step Functions Developer Guide, "Transforming data with JSONata".
 * @internal
 */
export function jsonataFunctions(clock: Clock): Readonly<Record<string, unknown>> {
  const known = cache.get(clock);
  if (known !== undefined) return known;
  const functions = createFunctions(clock);
  cache.set(clock, functions);
  return functions;
}

const cache = new WeakMap<Clock, Readonly<Record<string, unknown>>>();

function createFunctions(clock: Clock): Readonly<Record<string, unknown>> {
  // Without a picture it gives ISO 8601.
  const format = jsonata("$fromMillis($time, $picture, $timezone)");
  return {
    eval: undefined,
    partition: (items: unknown, size: unknown) => {
      if (items === undefined) return undefined;
      return chunk(Array.isArray(items) ? (items as readonly Json[]) : [items as Json], expectInteger(size, "size"));
    },
    range: (first: unknown, last: unknown, step: unknown) => {
      const ends = [expectInteger(first, "start"), expectInteger(last, "end")] as const;
      const numbers = numberRange(...ends, expectInteger(step, "step"), MAX_RANGE);
      // JSONata makes no difference between one value and a sequence of one.
      return numbers.length === 1 ? numbers[0] : numbers;
    },
    hash: (text: unknown, algorithm: unknown) => {
      if (text === undefined) return undefined;
      return hashText(typeof text === "string" ? text : JSON.stringify(text), String(algorithm));
    },
    random: (seed?: unknown) => (typeof seed === "number" ? seededRandom(seed) : clock.random()),
    uuid: () => randomUUID(),
    millis: () => clock.now().getTime(),
    now: (picture?: string, timezone?: string) =>
      format.evaluate(undefined, { time: clock.now().getTime(), picture, timezone }),
    parse: (text: unknown) => {
      if (text === undefined) return undefined;
      if (typeof text !== "string") throw new IntrinsicError("$parse takes a text.");
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw new IntrinsicError("The text given to $parse is not valid JSON.");
      }
    },
  };
}

function expectInteger(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new IntrinsicError(`The ${what} must be an integer.`);
}
