/** Figures over the confidences of some answers. */
export interface ConfidenceSummary {
  /** How many answers. */
  readonly count: number;
  /** How many of them are below the threshold. */
  readonly belowThreshold: number;
  /** Mean confidence; absent when there is no answer. */
  readonly mean?: number;
  /** Lowest confidence; absent when there is no answer. */
  readonly min?: number;
  /** Highest confidence; absent when there is no answer. */
  readonly max?: number;
}

/** Gathers the figures of a {@link ConfidenceSummary}. @internal */
export class ConfidenceStatistics {
  readonly #threshold: number;
  #count = 0;
  #below = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param threshold - Confidence below which an answer counts as unsure. */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** Adds one answer. */
  add(confidence: number): void {
    this.#count++;
    this.#sum += confidence;
    if (confidence < this.#threshold) this.#below++;
    this.#min = Math.min(this.#min, confidence);
    this.#max = Math.max(this.#max, confidence);
  }

  /** Adds everything that another one gathered with the same threshold. */
  merge(other: ConfidenceStatistics): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#below += other.#below;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The figures so far. */
  summarize(): ConfidenceSummary {
    const counts = { count: this.#count, belowThreshold: this.#below };
    return this.#count === 0 ? counts : { ...counts, mean: this.#sum / this.#count, min: this.#min, max: this.#max };
  }
}
