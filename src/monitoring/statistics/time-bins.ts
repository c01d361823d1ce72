import { ConfidenceStatistics, type ConfidenceSummary } from "./confidence-statistics.js";

const MAX_BINS = 10_000;

/** Gathers figures by time; when there would be too many bins, they become twice as long. @internal */
export class TimeBins {
  readonly #threshold: number;
  #binMs: number;
  #bins = new Map<number, ConfidenceStatistics>();

  /**
   * @param binMs - Length of a bin to begin with.
   * @param threshold - Confidence below which an answer counts as unsure.
   */
  constructor(binMs: number, threshold: number) {
    this.#binMs = binMs;
    this.#threshold = threshold;
  }

  /** Length of a bin in milliseconds. */
  get binMs(): number {
    return this.#binMs;
  }

  /** Adds one answer. */
  add(time: number, confidence: number): void {
    this.#binAt(time).add(confidence);
    if (this.#bins.size > MAX_BINS) this.#widen();
  }

  /** The bins that hold something, by time. */
  summarize(): readonly ({ readonly start: number } & ConfidenceSummary)[] {
    return [...this.#bins]
      .sort(([one], [other]) => one - other)
      .map(([start, statistics]) => ({ start, ...statistics.summarize() }));
  }

  #binAt(time: number): ConfidenceStatistics {
    const start = Math.floor(time / this.#binMs) * this.#binMs;
    const found = this.#bins.get(start);
    if (found !== undefined) return found;
    const made = new ConfidenceStatistics(this.#threshold);
    this.#bins.set(start, made);
    return made;
  }

  #widen(): void {
    const narrow = this.#bins;
    this.#binMs *= 2;
    this.#bins = new Map();
    for (const [start, statistics] of narrow) this.#binAt(start).merge(statistics);
  }
}
