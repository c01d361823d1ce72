/** An event of an execution's history, as far as it matters here. @internal */
export interface TraceEvent {
  readonly id: number;
  readonly previousId: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly redrive: number;
  readonly name: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** JSON text of what went in, or came out. */
  readonly input: string | undefined;
  readonly output: string | undefined;
}
