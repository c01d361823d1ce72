import type { Json } from "../json.js";
import { exceedsDataLimit, MAX_DATA_BYTES } from "../limits.js";
import { StateFailure } from "../state-failure.js";
import type { TaskTokens } from "../tasks/task-tokens.js";
import { namedError } from "./states-error.js";

interface TokenRequest {
  readonly taskToken: string;
}

/**
 * Answers SendTaskSuccess.
 *
 * @param tokens - The tasks that wait.
 * @param request - The request, after its shape was checked.
 * @internal
 */
export function sendTaskSuccess(tokens: TaskTokens, request: TokenRequest & { readonly output: string }): void {
  tokens.succeed(request.taskToken, parseOutput(request.output));
}

/**
 * Answers SendTaskFailure.
 *
 * @param tokens - The tasks that wait.
 * @param request - The request, after its shape was checked.
 * @internal
 */
export function sendTaskFailure(
  tokens: TaskTokens,
  request: TokenRequest & { readonly error?: string; readonly cause?: string },
): void {
  tokens.fail(request.taskToken, new StateFailure(request.error, request.cause, { located: true }));
}

function parseOutput(text: string): Json {
  if (exceedsDataLimit(text)) throw namedError("InvalidOutput", `The output is larger than ${MAX_DATA_BYTES} bytes`);
  try {
    const output = JSON.parse(text) as Json;
    // Writing it once shows that it can be written: a value that is nested too deeply cannot.
    JSON.stringify(output);
    return output;
  } catch (error) {
    throw namedError("InvalidOutput", error instanceof Error ? error.message : String(error));
  }
}
