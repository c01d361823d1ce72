/** One measured figure. `ratio` is ours divided by the peer's, both from the same run. */
export interface BenchResult {
  /** What was measured. */
  readonly name: string;
  /** Our figure. */
  readonly value: number;
  /** Its unit. */
  readonly unit: string;
  /** The peers' figures, by peer. */
  readonly against: Readonly<Record<string, number>>;
  /** Ours divided by the peer's, by peer. */
  readonly ratio: Readonly<Record<string, number>>;
}

/** What a bench is run with. */
export interface BenchContext {
  /** How often ours and theirs alternate. */
  readonly rounds: number;
  /** Prints a line of progress. */
  readonly log: (line: string) => void;
  /** Path of a CIFAR-100 python archive for the bench that reads one; it makes its own otherwise. */
  readonly data?: string | undefined;
}
