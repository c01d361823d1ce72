import { type Clock, withTimeout } from "../clock.js";
import { StateFailure } from "../state-failure.js";
import type { OpenTask } from "../tasks/task-tokens.js";

/**
 * Runs the work of a task whose worker has to send a heartbeat now and then.
 *
 * @param clock - The clock.
 * @param options - `milliseconds`: longest time between two heartbeats; `open`: the task; `signal`: ends the wait.
 * @param work - The work.
 * @returns What the work returns.
 * @throws {@link StateFailure} `States.Timeout` when a heartbeat stays out; Retry and Catch find it under
 * `States.HeartbeatTimeout` too.
 * @internal
 */
export async function requireHeartbeats<Result>(
  clock: Clock,
  options: { readonly milliseconds: number; readonly open: OpenTask; readonly signal: AbortSignal },
  work: () => Promise<Result>,
): Promise<Result> {
  const { milliseconds, open, signal } = options;
  const controller = new AbortController();
  const stop = () => controller.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const onTimeout = () =>
    new StateFailure("States.Timeout", undefined, { located: true, alias: "States.HeartbeatTimeout" });
  const watch = async (): Promise<never> => {
    for (;;) {
      await withTimeout(clock, { milliseconds, signal: controller.signal, onTimeout }, () => open.nextHeartbeat());
    }
  };
  try {
    return await Promise.race([work(), watch()]);
  } finally {
    signal.removeEventListener("abort", stop);
    controller.abort();
  }
}
