import type { Clock } from "../clock.js";
import { MAX_EVENTS } from "../limits.js";
import { StateFailure } from "../state-failure.js";

/** Details of an event, by the name that GetExecutionHistory gives them. @internal */
export interface EventDetails {
  readonly key: string;
  readonly value: object;
}

/** One event of an execution. @internal */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly type: string;
  readonly details?: EventDetails;
}

/** What happened in an execution, in order. @internal */
export class History {
  /** The events; the id of each is its place, counted from 1. */
  readonly events: HistoryEvent[] = [];
  readonly #clock: Clock;

  /** @param clock - Time of the events. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Adds an event.
   *
   * @param type - Its type.
   * @param previousEventId - The event that it follows.
   * @param details - Its details.
   * @returns Its id.
   * @throws {@link StateFailure} `States.Runtime` when only the last event, the execution's end, may still be added.
   */
  add(type: string, previousEventId: number, details?: EventDetails): number {
    if (this.events.length >= MAX_EVENTS - 1) {
      const cause = `The execution reached the maximum number of history events (${MAX_EVENTS}).`;
      throw new StateFailure("States.Runtime", cause, { located: true });
    }
    return this.end(type, previousEventId, details);
  }

  /**
   * Adds the last event, for which there is always room.
   *
   * @param type - Its type.
   * @param previousEventId - The event that it follows.
   * @param details - Its details.
   * @returns Its id.
   */
  end(type: string, previousEventId: number, details?: EventDetails): number {
    const id = this.events.length + 1;
    const timestamp = this.#clock.now().getTime() / 1000;
    this.events.push(
      details === undefined
        ? { id, previousEventId, timestamp, type }
        : { id, previousEventId, timestamp, type, details },
    );
    return id;
  }
}

/** Says that the text beside it is whole, as it always is here. @internal */
export const NOT_TRUNCATED = { truncated: false } as const;
