import type { Json } from "../json.js";

/** A state that was entered, as it is needed to run it once more. @internal */
export interface EnteredState {
  readonly name: string;
  readonly type: string;
  readonly input: Json;
  readonly variables: ReadonlyMap<string, Json>;
  readonly entered: Date;
  /** Id of the event with which it was entered. */
  readonly enteredId: number;
  /** Id of the event before. */
  readonly previousId: number;
}

/**
 * How far one line of states came. It outlives the line, so that a redriven execution goes on where it failed.
 * @internal
 */
export class Progress {
  /** The state that was entered last and not left. */
  current: EnteredState | undefined;
  /** Id of the event with which the lines of the current state, a Parallel or Map, were started. */
  linesStartedId: number | undefined;
  /** What the line gave at its end. */
  output: Json | undefined;
  /** Made when there is a first one: most states have no lines. */
  #lines: Map<number, Progress> | undefined;

  /**
   * The progress of one line of the current state.
   *
   * @param index - Number of the branch or the iteration.
   * @returns Its progress; a new one where it never began.
   */
  line(index: number): Progress {
    this.#lines ??= new Map();
    const line = this.#lines.get(index) ?? new Progress();
    this.#lines.set(index, line);
    return line;
  }

  /** Forgets the lines of the current state, so that all of them run again. */
  forgetLines(): void {
    this.#lines = undefined;
    this.linesStartedId = undefined;
  }

  /**
   * Notes that a state was entered.
   *
   * @param state - The state.
   */
  enter(state: EnteredState): void {
    this.current = state;
    this.forgetLines();
  }

  /**
   * Notes that the last state was left.
   *
   * @param output - What it gave.
   */
  end(output: Json): void {
    this.current = undefined;
    this.output = output;
    this.forgetLines();
  }
}
