import { sleep } from "../../core/abort.js";

/** What is left of a log must not hold up a result for longer. */
const LAST_LOG_MS = 30_000;

/**
 * Waits until a log is read to its end, but not for ever.
 *
 * @param log - What reads it.
 * @param signal - Ends the wait.
 * @throws The signal's reason.
 * @internal
 */
export async function settleLog(log: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const limit = new AbortController();
  const stop = () => limit.abort();
  signal.addEventListener("abort", stop, { once: true });
  const wait = sleep(LAST_LOG_MS, limit.signal).catch(() => undefined);
  await Promise.race([log, wait]);
  limit.abort();
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
}
