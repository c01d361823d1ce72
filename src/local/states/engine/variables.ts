import type { Json, JsonObject } from "../json.js";
import { surelyFits } from "../json-size.js";
import { jsonText, LazyText } from "../json-text.js";
import { fitsDataLimit, MAX_VARIABLES_BYTES } from "../limits.js";
import { StateFailure } from "../state-failure.js";

/**
 * Sets variables.
 *
 * @param variables - Those that there are.
 * @param assigned - Those that a state set.
 * @returns All of them.
 * @throws {@link StateFailure} `States.DataLimitExceeded` when one, or what one state sets, is larger than 262,144
 * bytes, or all are larger than 10 MiB.
 * @internal
 */
export function assignVariables(variables: ReadonlyMap<string, Json>, assigned: JsonObject): ReadonlyMap<string, Json> {
  if (!fitsDataLimit(assigned)) throw tooLarge("The variables that the state assigns");
  const all = new Map(variables);
  for (const [name, value] of Object.entries(assigned)) all.set(name, value);
  if (exceedsVariablesLimit([...all.values()])) throw tooLarge("The variables of the execution");
  return all;
}

function exceedsVariablesLimit(values: readonly Json[]): boolean {
  if (surelyFits(values, MAX_VARIABLES_BYTES)) return false;
  return values.reduce<number>((bytes, value) => bytes + Buffer.byteLength(jsonText(value)), 0) > MAX_VARIABLES_BYTES;
}

function tooLarge(what: string): StateFailure {
  return new StateFailure("States.DataLimitExceeded", `${what} exceed the maximum number of bytes service limit.`);
}

/**
 * Writes the variables that a state set as the history shows them.
 *
 * @param assigned - The variables.
 * @returns JSON texts by name.
 * @internal
 */
export function showAssigned(assigned: JsonObject): Readonly<Record<string, LazyText>> {
  return Object.fromEntries(Object.entries(assigned).map(([name, value]) => [name, new LazyText(value)]));
}
