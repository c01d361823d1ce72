/** Longer timers fire at once; so long a wait ends with its next question instead. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Works with a signal of its own, which fires with the caller's signal, at a deadline, or when told to. Neither a timer nor a
 * listener is left behind, however the work ends.
 *
 * @param options - The caller's signal, and the deadline with the reason that it fires with.
 * @param work - What to do; it gets the signal, and what ends it early.
 * @returns What the work returns.
 * @internal
 */
export async function withDeadline<T>(
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly timeoutMs: number;
    readonly onTimeout: () => unknown;
  },
  work: (signal: AbortSignal, abort: (reason: unknown) => void) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs, onTimeout } = options;
  const controller = new AbortController();
  const forward = () => controller.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward, { once: true });
  const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : setTimeout(() => controller.abort(onTimeout()), timeoutMs);
  try {
    return await work(controller.signal, (reason) => controller.abort(reason));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}
