/** How a state or an execution stands. `CAUGHT`: it failed, and a catcher took over. */
export type TraceStatus = "RUNNING" | "SUCCEEDED" | "CAUGHT" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One time that a state was entered. */
export interface StateRun {
  /** Name of the state. */
  readonly name: string;
  /** How it ended. */
  readonly status: TraceStatus;
  /** When it was entered, in milliseconds since 1970. */
  readonly enteredAt: number;
  /** When it ended; absent while it runs. */
  readonly endedAt?: number;
  /** How often its work was tried again, redrives not counted. */
  readonly retries: number;
  /** Name of the error that it ended with. */
  readonly error?: string;
  /** What happened. */
  readonly cause?: string;
  /** Name of the state that led to it; absent for the first one of a machine, branch or item. */
  readonly from?: string;
  /** Whether a catcher of that state led to it. */
  readonly isCaught: boolean;
  /** What it was given; absent where the history does not hold it whole. */
  readonly input?: unknown;
  /** What it handed on; absent while it runs, after a failure, and where the history does not hold it whole. */
  readonly output?: unknown;
}

/** What happened in an execution. */
export interface ExecutionTrace {
  /** How the execution stands, by its last event. */
  readonly status: TraceStatus;
  /** The states in the order in which they were entered. */
  readonly runs: readonly StateRun[];
  /** Name of the error that the execution ended with. */
  readonly error?: string;
  /** What happened. */
  readonly cause?: string;
  /** What the execution was given; absent where the history does not hold it whole. */
  readonly input?: unknown;
  /** What the execution returned; absent unless it succeeded, and where the history does not hold it whole. */
  readonly output?: unknown;
}
