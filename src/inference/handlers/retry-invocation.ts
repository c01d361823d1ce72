import { sleep, throwIfAborted } from "../../core/abort.js";
import { explainInvocationError } from "../endpoints/explain-invocation-error.js";

/** Requests for one image, those that the SDK itself has repeated included. */
const MAX_ATTEMPTS = 3;
/** First waits, doubled from attempt to attempt; the real wait is a random part of it. As in the SDK's standard mode. */
const WAIT_MS = 100;
const THROTTLED_WAIT_MS = 500;

/**
 * Asks an endpoint again where the kind of error allows it: throttling, connection, service, a model that is not ready,
 * a container that failed with 5xx. Wrong requests, missing access and a container's 4xx are final.
 *
 * @param call - One request.
 * @param signal - Ends the waits.
 * @returns The answer.
 * @throws The last error, unchanged, or the signal's reason.
 * @internal
 */
export async function retryInvocation<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let attempts = 0;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      throwIfAborted(signal);
      attempts += countAttempts(error);
      const { retryable, kind } = explainInvocationError(error);
      if (!retryable || attempts >= MAX_ATTEMPTS) throw error;
      const wait = (kind === "throttled" ? THROTTLED_WAIT_MS : WAIT_MS) * 2 ** (attempts - 1);
      await sleep(Math.random() * wait, signal);
    }
  }
}

/** A client of the caller's may repeat requests by itself, and says how often it did. */
function countAttempts(error: unknown): number {
  const metadata: unknown = error instanceof Error ? Reflect.get(error, "$metadata") : undefined;
  const attempts: unknown =
    typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "attempts") : undefined;
  return typeof attempts === "number" && attempts > 0 ? attempts : 1;
}
