import { waitTimeout } from "../../core/wait-timeout.js";
import type { HandlerContext } from "./payload.js";

/** What is kept back of the invocation's time, so that our own error leaves before Lambda ends the invocation. */
const RESERVE_MS = 500;
/** Longer timers would fire at once; Lambda's own limit is 900 s. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Runs work within the time that Lambda leaves to the invocation. Without a context there is no limit.
 *
 * @param context - Lambda's context.
 * @param waitingFor - What is waited for, for the error.
 * @param work - The work; its signal fires half a second before Lambda would end the invocation.
 * @returns What the work returns.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the time is up, else what the work throws.
 * @internal
 */
export async function withinDeadline<T>(
  context: HandlerContext | undefined,
  waitingFor: string,
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  const remaining = context?.getRemainingTimeInMillis?.();
  if (remaining === undefined || !Number.isFinite(remaining)) return work(undefined);
  const limit = Math.min(Math.max(1, remaining - RESERVE_MS), MAX_TIMER_MS);
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const remedy = "Raise the timeout of the function, or its memory, which also gives it more CPU.";
      const error = waitTimeout(waitingFor, limit, undefined, remedy);
      // First, so that it is this error that arrives and not what the SDK makes of the abort.
      reject(error);
      controller.abort(error);
    }, limit);
  });
  try {
    return await Promise.race([work(controller.signal), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
