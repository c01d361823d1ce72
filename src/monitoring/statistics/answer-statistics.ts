import { type Sketch, SketchBuilder, sketchQuantile } from "./sketch.js";

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

/** Confidences that a share of the answers does not exceed; off by at most 1 % of their odds. */
export interface ConfidenceQuantiles {
  /** 5 % of the answers are not above. */
  readonly p05: number;
  /** A quarter of the answers is not above. */
  readonly p25: number;
  /** Half of the answers is not above. */
  readonly p50: number;
  /** Three quarters of the answers are not above. */
  readonly p75: number;
  /** 95 % of the answers are not above. */
  readonly p95: number;
}

/** Figures over some answers that can be joined with those over others. */
export interface AnswerSummary extends ConfidenceSummary {
  /** Quantiles of the confidence; absent when there is no answer. */
  readonly quantiles?: ConfidenceQuantiles;
  /** Mean entropy of the probabilities, 0 for certain to 1 for evenly spread; absent when there is no answer. */
  readonly entropy?: number;
  /** Mean distance between the two highest probabilities, 0 to 1; absent when there is no answer. */
  readonly margin?: number;
  /** The confidences, from which other quantiles can be read. */
  readonly sketch: Sketch;
}

/** Gathers the figures of an {@link AnswerSummary}. @internal */
export class AnswerStatistics {
  readonly #threshold: number;
  readonly #confidence = new SketchBuilder("share");
  #below = 0;
  #entropy = 0;
  #margin = 0;

  /** @param threshold - Confidence below which an answer counts as unsure. */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** Adds one answer. */
  add(confidence: number, { entropy, margin }: Spread): void {
    this.#confidence.add(confidence);
    this.#entropy += entropy;
    this.#margin += margin;
    if (confidence < this.#threshold) this.#below++;
  }

  /** Adds what another one gathered with the same threshold. */
  merge({ sketch, belowThreshold, entropy = 0, margin = 0, count }: AnswerSummary): void {
    this.#confidence.merge(sketch);
    this.#below += belowThreshold;
    this.#entropy += entropy * count;
    this.#margin += margin * count;
  }

  /** The figures so far. */
  summarize(): AnswerSummary {
    const sketch = this.#confidence.build();
    const { count, sum, min, max } = sketch;
    const counts = { count, belowThreshold: this.#below };
    if (min === undefined || max === undefined) return { ...counts, sketch };
    const quantile = (share: number) => sketchQuantile(sketch, share) ?? min;
    const quantiles = {
      p05: quantile(0.05),
      p25: quantile(0.25),
      p50: quantile(0.5),
      p75: quantile(0.75),
      p95: quantile(0.95),
    };
    // The sum of many equal numbers may round to a mean beyond the highest.
    const mean = Math.min(max, Math.max(min, sum / count));
    return {
      ...counts,
      mean,
      min,
      max,
      quantiles,
      entropy: this.#entropy / count,
      margin: this.#margin / count,
      sketch,
    };
  }
}

/** How the probabilities of an answer are spread. @internal */
export interface Spread {
  /** Entropy, 0 for certain to 1 for evenly spread. */
  readonly entropy: number;
  /** Distance between the two highest probabilities. */
  readonly margin: number;
}

/**
 * Measures how the probabilities of an answer are spread.
 *
 * @param probabilities - One probability per class, at least two.
 * @returns Entropy and margin.
 * @internal
 */
export function measureSpread(probabilities: readonly number[]): Spread {
  let entropy = 0;
  let total = 0;
  let highest = 0;
  let second = 0;
  for (const p of probabilities) {
    if (p > 0) entropy -= p * Math.log(p);
    total += p;
    if (p > highest) {
      second = highest;
      highest = p;
    } else if (p > second) second = p;
  }
  // The sum is 1 only to within float32 rounding, and may be anything in a capture that somebody made up.
  const even = total > 0 ? (entropy / total + Math.log(total)) / Math.log(probabilities.length) : 0;
  return { entropy: Math.min(1, Math.max(0, even)), margin: highest - second };
}
