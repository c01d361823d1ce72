/**
 * Rejects at once when a signal has fired already.
 *
 * @param signal - The caller's signal, if there is one.
 * @throws The signal's own reason.
 * @internal
 */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
}

/**
 * Waits, and gives up as soon as the signal fires; neither a timer nor a listener is left behind.
 *
 * @param milliseconds - How long to wait.
 * @param signal - Ends the wait early.
 * @returns A promise that resolves after the wait and rejects with the signal's reason.
 * @internal
 */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Runs an SDK call and turns whatever an abort surfaces as into the signal's own reason.
 *
 * @param signal - The caller's signal, also handed to the call.
 * @param call - The call; it gets the SDK's send options, which carry the signal.
 * @returns What the call returns.
 * @throws The signal's reason after an abort, else what the call throws, unchanged.
 * @internal
 */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  call: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  try {
    return await call(signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
