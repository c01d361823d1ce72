import { type StopSignal, throwIfStopped } from "../../stop-signal.js";
import type { Json } from "../json.js";
import type { EventDetails, History } from "./history.js";
import { Progress } from "./progress.js";

/** Types of states that have an event for being given up. */
const ABORTABLE: ReadonlySet<string> = new Set(["Task", "Wait", "Map", "Parallel"]);

/** The item that an iteration of a Map works on. @internal */
export interface MapItem {
  readonly index: number;
  readonly value: Json;
  /** Name of the member, where the items are the members of an object. */
  readonly key?: string;
  /** Where the item of a Distributed Map is from. */
  readonly source?: string;
}

/**
 * One line of states that run after each other: the execution itself, a branch of Parallel or an iteration of Map.
 * It knows the event that the next one follows, and its own variables.
 * @internal
 */
export class Branch {
  /** Variables by name; replaced as a whole, never changed. */
  variables: ReadonlyMap<string, Json>;
  /** Id of the last event of this line. */
  lastEventId: number;
  /** Fires when the line is to end. */
  readonly stop: StopSignal;
  /** The item of the innermost Map around it. */
  readonly item: MapItem | undefined;
  /** How far the line came. */
  readonly progress: Progress;
  readonly #history: History;

  /** @param options - Where the line begins. */
  constructor(options: {
    readonly history: History;
    readonly stop: StopSignal;
    readonly lastEventId: number;
    readonly variables: ReadonlyMap<string, Json>;
    readonly item?: MapItem | undefined;
    readonly progress?: Progress;
  }) {
    this.#history = options.history;
    this.stop = options.stop;
    this.lastEventId = options.lastEventId;
    this.variables = options.variables;
    this.item = options.item;
    this.progress = options.progress ?? new Progress();
  }

  /**
   * Adds an event to the history; a line that was given up adds none.
   *
   * @param type - Type of the event.
   * @param details - Its details.
   * @returns Its id.
   */
  add(type: string, details?: EventDetails): number {
    throwIfStopped(this.stop);
    this.lastEventId = this.#history.add(type, this.lastEventId, details);
    return this.lastEventId;
  }

  /**
   * Adds an event that the next one of this line does not follow: the next one follows the same event as this one.
   *
   * @param type - Type of the event.
   * @param details - Its details.
   * @param previous - Id of the event that it follows.
   * @returns Its id.
   */
  note(type: string, details?: EventDetails, previous: number = this.lastEventId): number {
    throwIfStopped(this.stop);
    return this.#history.add(type, previous, details);
  }

  /**
   * Adds that the state at which this line stands was given up, where AWS has such an event.
   *
   * @param cause - Id of the event that its end follows.
   */
  abortState(cause: number): void {
    const type = this.progress.current?.type ?? "";
    if (ABORTABLE.has(type)) this.#history.add(`${type}StateAborted`, cause);
  }

  /**
   * Adds the event that the lines of a Parallel or Map follow; where they are only continued it is there already.
   *
   * @param type - Type of the event.
   * @param details - Its details.
   */
  startLines(type: string, details?: EventDetails): void {
    this.lastEventId = this.progress.linesStartedId ?? this.add(type, details);
    this.progress.linesStartedId = this.lastEventId;
  }

  /**
   * Begins a line that starts where this one stands, with a copy of its variables.
   *
   * @param stop - Ends the new line.
   * @param item - The item it works on.
   * @param index - Its number among the lines of the state; without one it goes on with the progress of this line.
   * @returns The new line.
   */
  fork(stop: StopSignal, item?: MapItem, index: number | undefined = item?.index): Branch {
    const { lastEventId, variables } = this;
    const progress = index === undefined ? this.progress : this.progress.line(index);
    return new Branch({ history: this.#history, stop, lastEventId, variables, item: item ?? this.item, progress });
  }
}
