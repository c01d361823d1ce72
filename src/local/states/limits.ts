import type { Json } from "./json.js";
import { jsonText } from "./json-text.js";
import { StateFailure } from "./state-failure.js";

/**
 * Most bytes of the input or output of a task, a state or an execution, as UTF-8.
 * Source: AWS Step Functions Developer Guide, "Step Functions service quotas".
 * @internal
 */
export const MAX_DATA_BYTES = 262_144;

/** Most events of a Standard execution. Source: as above. @internal */
export const MAX_EVENTS = 25_000;

/** Most bytes of all variables of an execution. Source: AWS Step Functions Developer Guide, "Variables". @internal */
export const MAX_VARIABLES_BYTES = 10_485_760;

/**
 * Whether a text is larger than what a state may take or give.
 *
 * @param text - JSON text.
 * @returns `true` above 262,144 bytes.
 * @internal
 */
export function exceedsDataLimit(text: string): boolean {
  // No character takes more than three bytes per UTF-16 unit, so that small texts need no counting.
  return text.length * 3 > MAX_DATA_BYTES && Buffer.byteLength(text) > MAX_DATA_BYTES;
}

/**
 * Refuses a value that is larger than what a state may take or give.
 *
 * @param value - The value.
 * @param what - Names what returned it, such as `The state/task 'Resize'`.
 * @returns The value's text.
 * @throws {@link StateFailure} `States.DataLimitExceeded`.
 * @internal
 */
export function checkDataLimit(value: Json, what: string): string {
  const text = jsonText(value);
  if (!exceedsDataLimit(text)) return text;
  throw new StateFailure(
    "States.DataLimitExceeded",
    `${what} returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
