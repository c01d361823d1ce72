import { sleep } from "../../core/abort.js";

/** Pause in milliseconds after the first refusal, and at most. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;
/** Each start that is accepted shortens the pause by this factor; below a millisecond it is over. */
const RECOVERY = 0.8;

/**
 * Keeps starts apart: by the rate that was asked for, and while AWS throttles by a pause that doubles with each refusal
 * and shrinks with each start that is accepted.
 *
 * @internal
 */
export class StartGate {
  readonly #intervalMs: number;
  #pauseMs = 0;
  #nextAt = Date.now();
  #slowedAt = 0;

  /** @param ratePerSecond - Starts a second; no limit where absent. */
  constructor(ratePerSecond: number | undefined) {
    this.#intervalMs = ratePerSecond === undefined ? 0 : 1000 / ratePerSecond;
  }

  /**
   * Waits for a turn.
   *
   * @param signal - Ends the wait.
   * @returns When the turn came, for {@link StartGate.slowDown}.
   */
  async pass(signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted();
      const now = Date.now();
      const interval = Math.max(this.#intervalMs, this.#pauseMs);
      if (this.#nextAt <= now) {
        // A timer that rang late is made up for once, so that the rate is kept on average.
        this.#nextAt = Math.max(this.#nextAt, now - this.#intervalMs) + interval;
        return now;
      }
      await sleep(this.#nextAt - now, signal);
    }
  }

  /**
   * Makes the pause longer. Starts that were under way together are refused together, and count once.
   *
   * @param turn - When the refused start had its turn.
   * @returns The pause in milliseconds.
   */
  slowDown(turn: number): number {
    const now = Date.now();
    if (turn >= this.#slowedAt) {
      this.#slowedAt = now + 1;
      this.#pauseMs = Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
      this.#nextAt = Math.max(this.#nextAt, now + this.#pauseMs);
    }
    return this.#pauseMs;
  }

  /** Shortens the pause again. */
  speedUp(): void {
    this.#pauseMs = this.#pauseMs < 1 ? 0 : this.#pauseMs * RECOVERY;
  }
}
