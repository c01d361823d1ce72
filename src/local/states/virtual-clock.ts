import type { Clock } from "./clock.js";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * Makes a clock on which waiting costs no time. It stands still while anything runs; when nothing is left to do but
 * to wait, it jumps to the end of the shortest wait. Waits that end at the same time end in the order of their begin,
 * each after everything that the one before set off.
 *
 * @param start - Where the time begins.
 * @returns The clock, without chance.
 * @internal
 */
export function createVirtualClock(start: Date): Required<Omit<Clock, "random" | "startTimer">> {
  let time = start.getTime();
  let holds = 0;
  let next: NodeJS.Immediate | undefined;
  const sleepers = new Set<Sleeper>();

  // Between two turns of the event loop every promise that could go on has gone on, so that whatever is still open
  // then waits for a sleeper, for a holder or for the user.
  const schedule = () => {
    if (next !== undefined || holds > 0 || sleepers.size === 0) return;
    next = setImmediate(() => {
      next = undefined;
      if (holds > 0) return;
      jump();
      schedule();
    });
  };
  const jump = () => {
    let first: Sleeper | undefined;
    // A set keeps the order in which the waits began.
    for (const sleeper of sleepers) {
      if (first === undefined || sleeper.at < first.at) first = sleeper;
    }
    if (first === undefined) return;
    time = Math.max(time, first.at);
    first.wake();
  };

  return {
    now: () => new Date(time),
    hold() {
      holds++;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds--;
        schedule();
      };
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const leave = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", stop);
          if (sleepers.size > 0) return;
          clearImmediate(next);
          next = undefined;
        };
        const stop = () => {
          leave();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: time + Math.max(0, milliseconds),
          wake() {
            leave();
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", stop, { once: true });
        schedule();
      }),
  };
}
