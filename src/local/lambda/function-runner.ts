import type { StopSignal } from "../stop-signal.js";
import type { FunctionPayload } from "./function-payload.js";
import type { LambdaFailure } from "./function-result.js";

/** What is known of an invocation before it runs; plain data, so that it can be sent to another thread. @internal */
export interface FunctionCall {
  /** Id of the invocation. */
  readonly requestId: string;
  /** The event. */
  readonly payload: FunctionPayload;
  /** What the caller sent as ClientContext; plain JSON. */
  readonly clientContext?: unknown;
}

/** How a run ended. @internal */
export type FunctionOutcome = (
  | {
      readonly status: "succeeded";
      /** JSON text. */
      readonly payload: string;
      /** What the text says, where it is known without reading it; a value that nobody else has. */
      readonly value?: unknown;
    }
  | { readonly status: "failed"; readonly failure: LambdaFailure }
) & {
  /** What the function printed, as far as it can be told from what others print. */
  readonly lines: readonly string[];
  /** Milliseconds that loading took, where this run was the first of its environment. */
  readonly initMs?: number;
};

/** What a function is, for whatever runs it. @internal */
export interface FunctionIdentity {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

/** Runs one function. @internal */
export interface FunctionRunner {
  /** How many invocations run now. */
  readonly running: number;
  /** Runs it once; rejects only with the signal's reason. */
  run(call: FunctionCall, signal?: StopSignal): Promise<FunctionOutcome>;
  /** Ends whatever runs on a thread of its own. */
  close(): Promise<void>;
}

/**
 * Describes an invocation whose time is up, as Lambda does.
 *
 * @param requestId - Id of the invocation.
 * @param timeoutSeconds - The function's limit.
 * @returns The error payload.
 * @internal
 */
export function timedOut(requestId: string, timeoutSeconds: number): LambdaFailure {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}
