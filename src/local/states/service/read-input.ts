import type { Json } from "../json.js";
import { keepText, rememberText } from "../json-text.js";
import { exceedsDataLimit, isNestedTooDeeply, MAX_DATA_BYTES, MAX_NESTING } from "../limits.js";
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
  if (isNestedTooDeeply(text)) {
    throw namedError("InvalidExecutionInput", `The input is nested more than ${MAX_NESTING} levels deep`);
  }
  try {
    const input = JSON.parse(text) as Json;
    const written = JSON.stringify(input);
    // The history shows the input, as far as it passes unchanged, as it was sent.
    return { text, input: written === text ? rememberText(input, text) : keepText(input, text) };
  } catch (error) {
    throw namedError("InvalidExecutionInput", describeProblem(text, error));
  }
}

function describeProblem(text: string, error: unknown): string {
  if (text.trim() === "") return "Invalid execution input.";
  const token = /^\s*([A-Za-z_]\w*)/.exec(text)?.[1];
  if (token !== undefined) {
    return `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`;
  }
  return error instanceof Error ? error.message : String(error);
}
