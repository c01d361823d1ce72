import type { EventEmitter } from "node:events";

/** What a command sees of the process that it runs in. @internal */
export interface Terminal {
  /** Prints lines for the user. */
  readonly print: (text: string) => void;
  /** Prints what went wrong. */
  readonly printError: (text: string) => void;
  /** Emits `SIGINT` and `SIGTERM`. */
  readonly signals: EventEmitter;
}
