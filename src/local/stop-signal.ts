import { setMaxListeners } from "node:events";

/** What ends work early: a signal, or the much lighter {@link WorkStop}. @internal */
export type StopSignal = AbortSignal | WorkStop;

/**
 * Ends work. Listened to like a signal, and made one only for what needs that: most work is done before anything ends
 * it, and a controller with its signal costs more than all else that ending takes.
 * @internal
 */
export class WorkStop {
  /** Whether the work is to end. */
  aborted = false;
  /** Why. */
  reason: unknown;
  #listeners: Set<() => void> | undefined;
  #controller: AbortController | undefined;

  /**
   * Ends the work; once it has ended, nothing more happens.
   *
   * @param reason - Why.
   */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener();
  }

  /**
   * Listens once for the end of the work.
   *
   * @param _type - Always `abort`.
   * @param listener - Is called then.
   */
  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
  }

  /**
   * Listens no more.
   *
   * @param _type - Always `abort`.
   * @param listener - What listened.
   */
  removeEventListener(_type: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** The same as a signal. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      // Everything that works for the same may listen, which is no leak: Node.js would warn of more than ten.
      setMaxListeners(0, controller.signal);
      if (this.aborted) controller.abort(this.reason);
      else this.addEventListener("abort", () => controller.abort(this.reason));
      this.#controller = controller;
    }
    return this.#controller.signal;
  }
}

/**
 * Makes a signal of what ends work.
 *
 * @param stop - What ends it.
 * @returns The signal.
 * @internal
 */
export function toAbortSignal(stop: StopSignal): AbortSignal {
  return stop instanceof WorkStop ? stop.signal : stop;
}

/**
 * Listens for the end of work.
 *
 * @param stop - What ends it; without it nothing does.
 * @param listener - Is called once, with the reason.
 * @returns What ends the listening.
 * @internal
 */
export function onStop(stop: StopSignal | undefined, listener: (reason: unknown) => void): () => void {
  if (stop === undefined) return () => undefined;
  const listen = () => listener(stop.reason);
  if (stop instanceof WorkStop) stop.addEventListener("abort", listen);
  else stop.addEventListener("abort", listen, { once: true });
  return () => stop.removeEventListener("abort", listen);
}

/**
 * Throws where work is to end already.
 *
 * @param stop - What ends it.
 * @throws Its reason.
 * @internal
 */
export function throwIfStopped(stop: StopSignal | undefined): void {
  if (stop?.aborted) throw stop.reason;
}
