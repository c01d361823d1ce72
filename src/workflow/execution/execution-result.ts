import type { z } from "zod";
import { ExecutionFailedError, ExecutionOutputError } from "../workflow-errors.js";

/** How an execution ended. @internal */
export interface ExecutionEnd {
  readonly executionArn: string;
  readonly status: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly startDate: Date | undefined;
  readonly stopDate: Date | undefined;
}

const MAX_SHOWN = 300;

/**
 * Makes the error for an execution that did not succeed.
 *
 * @param end - How it ended.
 * @param failedState - Name of the state it ended in, where that is known.
 * @returns The error.
 * @internal
 */
export function executionFailed(end: ExecutionEnd, failedState: string | undefined): ExecutionFailedError {
  const { executionArn, status, error, cause } = end;
  const where = failedState === undefined ? "" : ` in state ${failedState}`;
  const what = error === undefined ? "" : ` with ${error}`;
  const why = cause === undefined ? "." : `: ${readCause(cause)}`;
  return new ExecutionFailedError({
    code: "EXECUTION_FAILED",
    message: `Execution ${executionArn} ended as ${status}${where}${what}${why} Look at its history in Step Functions.`,
    details: {
      executionArn,
      status,
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      ...(failedState === undefined ? {} : { failedState }),
    },
  });
}

/**
 * Reads an execution's output.
 *
 * @param end - How it ended.
 * @param schema - What the output has to be; anything where absent.
 * @returns The output as the schema has it.
 * @throws {@link ExecutionOutputError} `EXECUTION_OUTPUT_INVALID` when the schema refuses it.
 * @internal
 */
export function parseOutput({ executionArn, output }: ExecutionEnd, schema: z.ZodType | undefined): unknown {
  const value: unknown = output === undefined ? undefined : JSON.parse(output);
  if (schema === undefined) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const listed = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new ExecutionOutputError({
    code: "EXECUTION_OUTPUT_INVALID",
    message: `Execution ${executionArn} succeeded, but its output is not what outputSchema says (${listed}). Correct the schema, or what the last state hands on.`,
    details: { executionArn, issues },
    cause: result.error,
  });
}

/** A Lambda function's cause is the JSON text of its error; its message says enough. */
function readCause(cause: string): string {
  let text = cause;
  try {
    const value: unknown = JSON.parse(cause);
    if (typeof value === "object" && value !== null && "errorMessage" in value) text = String(value.errorMessage);
  } catch {
    // Not JSON: the cause speaks for itself.
  }
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
