import type { Json } from "./json.js";
import { surelyFits } from "./json-size.js";
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
 * Whether a value is no larger than what a state may take or give; most are small enough not to be written for it.
 *
 * @param value - The value.
 * @returns `true` up to 262,144 bytes.
 * @throws RangeError when it is nested too deeply to be written.
 * @internal
 */
export function fitsDataLimit(value: Json): boolean {
  return surelyFits(value, MAX_DATA_BYTES) || !exceedsDataLimit(jsonText(value));
}

/**
 * Refuses a value that is larger than what a state may take or give.
 *
 * @param value - The value.
 * @param what - Names what returned it, such as `The state/task 'Resize'`.
 * @throws {@link StateFailure} `States.DataLimitExceeded`.
 * @internal
 */
export function checkDataLimit(value: Json, what: string): void {
  if (fitsDataLimit(value)) return;
  throw new StateFailure(
    "States.DataLimitExceeded",
    `${what} returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/**
 * Most levels of arrays and objects in a JSON text. Without a limit of its own, what is taken would depend on the version of
 * Node; AWS documents none.
 * @internal
 */
export const MAX_NESTING = 1000;

/**
 * Whether arrays and objects are nested beyond {@link MAX_NESTING}, without parsing them.
 *
 * @param text - The JSON text.
 * @returns Whether they are.
 * @internal
 */
export function isNestedTooDeeply(text: string): boolean {
  if (text.length < 2 * MAX_NESTING) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isInString) {
      if (character === "\\") at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "[" || character === "{") {
      if (++depth > MAX_NESTING) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}
