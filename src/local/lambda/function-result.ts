import { copyPlainJson, NOT_PLAIN } from "./plain-json.js";

/** The error payload of a function, as the Node.js runtime of Lambda writes it. @internal */
export interface LambdaFailure {
  /** `name` of the thrown error. */
  readonly errorType: string;
  /** Its message. */
  readonly errorMessage: string;
  /** Its stack, line by line. */
  readonly trace?: readonly string[];
}

/** Source: AWS Lambda Developer Guide, "Lambda quotas": 6 MB for a synchronous answer, plus an allowance. */
const MAX_RESPONSE_BYTES = 6_291_556;

/** What a handler returned, as its caller gets it. @internal */
export interface MarshalledResult {
  /** JSON text. */
  readonly payload: string;
  /** What `JSON.parse` would make of the text: a value that nobody else has. */
  readonly value: unknown;
}

/**
 * Takes what a handler of this process returned as JSON, as Lambda does.
 *
 * @param result - What the handler returned; nothing becomes `null`.
 * @returns The result, or the failure when it cannot be written or is too large.
 * @internal
 */
export function takeResult(result: unknown): MarshalledResult | LambdaFailure {
  try {
    const value = copyPlainJson(result);
    const payload = marshalResult(value === NOT_PLAIN ? result : value);
    if (typeof payload !== "string") return payload;
    return { payload, value: value === NOT_PLAIN ? JSON.parse(payload) : value };
  } catch (error) {
    return marshalFailure(error);
  }
}

/**
 * Writes what a handler returned as JSON, as Lambda does.
 *
 * @param result - What the handler returned; nothing becomes `null`.
 * @returns JSON text, or the failure when it cannot be written or is too large.
 * @internal
 */
export function marshalResult(result: unknown): string | LambdaFailure {
  let text: string;
  try {
    text = JSON.stringify(result) ?? "null";
  } catch (error) {
    return marshalFailure(error);
  }
  const bytes = text.length * 3 > MAX_RESPONSE_BYTES ? Buffer.byteLength(text) : 0;
  if (bytes <= MAX_RESPONSE_BYTES) return text;
  return {
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  };
}

function marshalFailure(error: unknown): LambdaFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return { errorType: "Runtime.MarshalError", errorMessage: `Unable to marshal response: ${reason}`, trace: [] };
}

/**
 * Describes what a handler threw, as Lambda does.
 *
 * @param error - What was thrown, of any kind.
 * @returns The error payload.
 * @see aws/aws-lambda-nodejs-runtime-interface-client, src/Errors.js
 * @internal
 */
export function failureOf(error: unknown): LambdaFailure {
  try {
    if (error instanceof Error) {
      return {
        errorType: String(error.name),
        errorMessage: String(error.message),
        trace: String(error.stack ?? "").split("\n"),
      };
    }
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "The thrown value cannot be described.", trace: [] };
  }
}
