import { createContext } from "./function-context.js";
import type { LocalFunction, LocalFunctionContext } from "./function-options.js";
import { readPayload } from "./function-payload.js";
import { failureOf, marshalResult } from "./function-result.js";
import {
  type FunctionCall,
  type FunctionIdentity,
  type FunctionOutcome,
  type FunctionRunner,
  timedOut,
} from "./function-runner.js";

const NO_LINES: readonly string[] = [];

/**
 * Runs a handler of this process. An invocation that is given up cannot be ended, as it shares the thread: it runs on,
 * and what becomes of it changes nothing any more.
 *
 * @param identity - The function.
 * @param handler - The handler.
 * @param now - The clock of the remaining time.
 * @returns The runner.
 * @internal
 */
export function createInProcessRunner(
  identity: FunctionIdentity,
  handler: LocalFunction,
  now: () => Date,
): FunctionRunner {
  const timeoutMs = identity.timeoutSeconds * 1000;
  let running = 0;
  return {
    get running() {
      return running;
    },
    async run(call, signal) {
      signal?.throwIfAborted();
      const deadline = now().getTime() + timeoutMs;
      const context = createContext(identity, call, () => deadline - now().getTime());
      let timer: NodeJS.Timeout | undefined;
      let stop = () => {};
      const givenUp = new Promise<FunctionOutcome>((resolve, reject) => {
        stop = () => reject(signal?.reason);
        const giveUp = () => {
          const failure = timedOut(call.requestId, identity.timeoutSeconds);
          resolve({ status: "failed", failure, lines: NO_LINES });
        };
        timer = setTimeout(giveUp, timeoutMs);
      });
      signal?.addEventListener("abort", stop, { once: true });
      running++;
      try {
        return await Promise.race([runHandler(handler, call, context), givenUp]);
      } finally {
        running--;
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      }
    },
    async close() {},
  };
}

/** Never rejects: what goes wrong in a handler, even after its time is up, stays a failed invocation. */
async function runHandler(
  handler: LocalFunction,
  { payload }: FunctionCall,
  context: LocalFunctionContext,
): Promise<FunctionOutcome> {
  try {
    const result = await handler(readPayload(payload) as never, context);
    const marshalled = marshalResult(result);
    return typeof marshalled === "string"
      ? { status: "succeeded", payload: marshalled, lines: NO_LINES }
      : { status: "failed", failure: marshalled, lines: NO_LINES };
  } catch (error) {
    return { status: "failed", failure: failureOf(error), lines: NO_LINES };
  }
}
