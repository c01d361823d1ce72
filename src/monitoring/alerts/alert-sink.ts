import type { AlertEvaluation } from "./evaluate-alerts.js";

/** What a sink is told at every evaluation: what all rules say, and what changed. */
export interface AlertNotice extends AlertEvaluation {
  /** Where the captures were read, such as `s3://scones/data_capture`. */
  readonly source: string;
  /** Captures that were looked at. */
  readonly records: number;
  /** Answers among them. */
  readonly answers: number;
}

/**
 * Passes on what an evaluation found. It decides itself whether to do so at every evaluation or only when something
 * changed. A function of your own is a sink, too.
 */
export type AlertSink = (
  notice: AlertNotice,
  options: {
    /** Gives up. */
    readonly signal?: AbortSignal;
  },
) => void | Promise<void>;

/** A client of an AWS service whose package is an optional peer, so that its type is not named here. */
export interface SinkClient {
  /** Sends a command. */
  send(command: never, options?: never): Promise<unknown>;
}

/** A client as its sink uses it. @internal */
export interface SendingClient {
  send(command: object, options: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** The SDK's send options. @internal */
export function sendOptions(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
