import { onStop, type StopSignal, throwIfStopped, toAbortSignal, WorkStop } from "../stop-signal.js";

/** Time and chance, injected so that tests decide over both. @internal */
export interface Clock {
  /** The time. */
  readonly now: () => Date;
  /** Waits; rejects with the signal's reason. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /**
   * Does something after a while, at most {@link MAX_TIMER_MS}, unless what it returns is called before. A clock
   * without it is asked to `sleep` instead, which costs more: most limits are armed only to be taken back.
   */
  readonly startTimer?: (milliseconds: number, onEnd: () => void) => () => void;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Keeps a virtual time from jumping until what it returns is called; a clock of real time has none. */
  readonly hold?: () => () => void;
}

/**
 * Does work during which a virtual time stands still.
 *
 * @param clock - The clock.
 * @param work - What is awaited but is no wait, such as a function that runs.
 * @returns What the work returns.
 * @internal
 */
export async function holdTime<Result>(clock: Pick<Clock, "hold">, work: () => Promise<Result>): Promise<Result> {
  const release = clock.hold?.();
  try {
    return await work();
  } finally {
    release?.();
  }
}

/** Longest time a timer of Node.js can run; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** The timers of a clock of real time. @internal */
export const startRealTimer: NonNullable<Clock["startTimer"]> = (milliseconds, onEnd) => {
  const timer = setTimeout(onEnd, milliseconds);
  return () => clearTimeout(timer);
};

/**
 * Waits any length of time, also longer than one timer can run.
 *
 * @param clock - The clock.
 * @param milliseconds - How long.
 * @param stop - Ends the wait early.
 * @internal
 */
export async function sleepLong(clock: Clock, milliseconds: number, stop: StopSignal): Promise<void> {
  throwIfStopped(stop);
  for (let left = milliseconds; left > 0; left -= MAX_TIMER_MS) {
    await clock.sleep(Math.min(left, MAX_TIMER_MS), toAbortSignal(stop));
  }
}

/** Of a wait that nobody needs any more; given as a reason, because an abort without one makes an error of its own. */
const NOT_NEEDED = "not needed any more";

function startTimer(clock: Clock, milliseconds: number, onEnd: () => void): () => void {
  if (clock.startTimer !== undefined && milliseconds <= MAX_TIMER_MS) return clock.startTimer(milliseconds, onEnd);
  const waiting = new AbortController();
  sleepLong(clock, milliseconds, waiting.signal).then(onEnd, () => undefined);
  return () => waiting.abort(NOT_NEEDED);
}

/**
 * Runs some work with a time limit. When the time is up, or the caller gives up, the work's stop fires and the
 * work is no longer waited for.
 *
 * @param clock - The clock.
 * @param options - `milliseconds`: the limit, none without it; `signal`: the caller's; `onTimeout`: makes the error.
 * @param work - The work.
 * @returns What the work returns.
 * @internal
 */
export function withTimeout<Result>(
  clock: Clock,
  options: {
    readonly milliseconds: number | undefined;
    readonly signal: StopSignal;
    readonly onTimeout: () => Error;
  },
  work: (stop: WorkStop) => Promise<Result>,
): Promise<Result> {
  const { milliseconds, signal, onTimeout } = options;
  // A stop of one's own for each piece of work, and one promise: tasks with a limit are what most executions are made of.
  return new Promise((resolve, reject) => {
    throwIfStopped(signal);
    const stop = new WorkStop();
    const giveUp = (reason: unknown) => {
      reject(reason);
      stop.abort(reason);
    };
    const stopTimer =
      milliseconds === undefined ? undefined : startTimer(clock, milliseconds, () => giveUp(onTimeout()));
    const stopListening = onStop(signal, giveUp);
    const settle = () => {
      stopListening();
      stopTimer?.();
    };
    work(stop).then(
      (result) => {
        settle();
        resolve(result);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}
