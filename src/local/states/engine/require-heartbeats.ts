import { onStop, type StopSignal } from "../../stop-signal.js";
import { type Clock, withTimeout } from "../clock.js";
import { StateFailure } from "../state-failure.js";
import type { OpenTask } from "../tasks/task-tokens.js";

/**
 * Runs the work of a task whose worker has to send a heartbeat now and then.
 *
 * @param clock - The clock.
 * @param options - `milliseconds`: longest time between two heartbeats; `open`: the task; `stop`: ends the wait.
 * @param work - The work.
 * @returns What the work returns.
 * @throws {@link StateFailure} `States.Timeout` when a heartbeat stays out; Retry and Catch find it under
 * `States.HeartbeatTimeout` too.
 * @internal
 */
export async function requireHeartbeats<Result>(
  clock: Clock,
  options: { readonly milliseconds: number; readonly open: OpenTask; readonly stop: StopSignal },
  work: () => Promise<Result>,
): Promise<Result> {
  const { milliseconds, open, stop } = options;
  const controller = new AbortController();
  const stopListening = onStop(stop, (reason) => controller.abort(reason));
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
    stopListening();
    controller.abort();
  }
}
