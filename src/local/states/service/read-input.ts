import type { Json } from "../json.js";
import { rememberText } from "../json-text.js";
import { exceedsDataLimit, MAX_DATA_BYTES } from "../limits.js";
import { namedError } from "./states-error.js";

/**
 * Reads the input of an execution.
 *
 * @param text - The input as it was sent.
 * @returns The text and the value.
 * @internal
 */
export function readInput(text: string): { readonly text: string; readonly input: Json } {
  if (exceedsDataLimit(text)) {
    throw namedError("InvalidExecutionInput", `The input is larger than ${MAX_DATA_BYTES} bytes`);
  }
  try {
    const input = JSON.parse(text) as Json;
    // Writing it once shows that it can be written: a value that is nested too deeply cannot.
    return { text, input: rememberText(input, JSON.stringify(input)) };
  } catch (error) {
    throw namedError("InvalidExecutionInput", error instanceof Error ? error.message : String(error));
  }
}
