import { sleep, throwIfAborted } from "./abort.js";

/** How {@link poll} asks, how often, and for how long. @internal */
export interface PollOptions<T> {
  /** Asks once; `undefined` means not yet. */
  readonly check: () => Promise<T | undefined>;
  /** Milliseconds between two questions; absent: a tenth of what has passed, between 0.1 s and 30 s. */
  readonly intervalMs?: number | undefined;
  /** Milliseconds after which {@link PollOptions.onTimeout} is raised. */
  readonly timeoutMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Makes the error for a wait that took too long. */
  readonly onTimeout: (elapsedMs: number) => Error;
}

const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 30_000;

/**
 * Asks until there is an answer. By default it waits a tenth of the time already waited, so that a local job of
 * seconds is noticed at once, while an AWS job of minutes costs some fifty Describe calls.
 *
 * @param options - See {@link PollOptions}.
 * @returns The first answer that is not `undefined`.
 * @throws What `onTimeout` makes, the signal's reason, or what `check` throws.
 * @internal
 */
export async function poll<T>(options: PollOptions<T>): Promise<T> {
  const start = Date.now();
  for (;;) {
    throwIfAborted(options.signal);
    const answer = await options.check();
    if (answer !== undefined) return answer;
    const elapsed = Date.now() - start;
    if (elapsed >= options.timeoutMs) throw options.onTimeout(elapsed);
    const pause = options.intervalMs ?? Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, elapsed / 10));
    await sleep(Math.min(pause, options.timeoutMs - elapsed), options.signal);
  }
}
