import { onStop, throwIfStopped } from "../stop-signal.js";
import { createContext } from "./function-context.js";
import type { LocalFunction, LocalFunctionContext } from "./function-options.js";
import { readPayload } from "./function-payload.js";
import { failureOf, takeResult } from "./function-result.js";
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
    run(call, signal) {
      return new Promise((resolve, reject) => {
        throwIfStopped(signal);
        const deadline = now().getTime() + timeoutMs;
        const context = createContext(identity, call, () => deadline - now().getTime());
        let isOver = false;
        running++;
        const end = (settle: () => void) => {
          if (isOver) return;
          isOver = true;
          running--;
          clearTimeout(timer);
          stopListening();
          settle();
        };
        const failure = () => timedOut(call.requestId, identity.timeoutSeconds);
        const giveUp = () => end(() => resolve({ status: "failed", failure: failure(), lines: NO_LINES }));
        const timer = setTimeout(giveUp, timeoutMs);
        const stopListening = onStop(signal, (reason) => end(() => reject(reason)));
        void runHandler(handler, call, context).then((outcome) => end(() => resolve(outcome)));
      });
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
    const taken = takeResult(result);
    return "payload" in taken
      ? { status: "succeeded", payload: taken.payload, value: taken.value, lines: NO_LINES }
      : { status: "failed", failure: taken, lines: NO_LINES };
  } catch (error) {
    return { status: "failed", failure: failureOf(error), lines: NO_LINES };
  }
}
