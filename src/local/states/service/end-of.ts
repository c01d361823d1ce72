import type { KnownExecution } from "./execution-record.js";

/**
 * Waits until an execution has ended, and stops it when the signal fires before.
 *
 * @param execution - The execution.
 * @param signal - Stops it.
 * @internal
 */
export async function endOf(
  execution: Pick<KnownExecution, "done" | "stop">,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stop = () => void execution.stop();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  await execution.done.finally(() => signal?.removeEventListener("abort", stop));
}
