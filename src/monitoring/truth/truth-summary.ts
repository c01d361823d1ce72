import * as z from "zod";
import { SketchSchema } from "../statistics/sketch.js";

const count = z.int().min(0);

/** What answers are worth, counted so that it can be joined with other counts: a plain JSON value. */
export const TruthCountsSchema = z
  .object({
    /** Class names in label order. */
    labels: z.array(z.string()).min(2).readonly(),
    /** Answers whose truth is known. */
    matched: count,
    /** Answers whose truth is not known. */
    unmatched: count,
    /** Captures without one probability for each of the labels. */
    skipped: count,
    /** How often an image of the class of the row was answered with the class of the column. */
    confusion: z.array(z.array(count).readonly()).readonly(),
    /** Confidences of the right answers. */
    right: SketchSchema,
    /** Confidences of the wrong answers. */
    wrong: SketchSchema,
    /** Right answers, all answers and the sum of their confidences, by confidence in fifteen steps from 0 to 1. */
    steps: z
      .array(
        z
          .object({
            /** Right answers. */
            right: count,
            /** All answers. */
            count,
            /** Sum of their confidences. */
            confidence: z.number().min(0),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();

/** What answers are worth, counted: see {@link TruthCountsSchema}. */
export type TruthCounts = z.output<typeof TruthCountsSchema>;

/** A share with the interval that holds the true one in 95 of 100 cases. */
export interface ShareEstimate {
  /** The share that was counted, 0 to 1; absent when nothing was. */
  readonly value?: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** How one class fares. */
export interface ClassQuality {
  /** Name of the class. */
  readonly label: string;
  /** Images of the class. */
  readonly images: number;
  /** Answers with the class. */
  readonly answers: number;
  /** Share of the answers with the class that are right. */
  readonly precision: ShareEstimate;
  /** Share of the images of the class that are answered with it. */
  readonly recall: ShareEstimate;
  /** Harmonic mean of the two, 0 to 1; absent when there is neither image nor answer. */
  readonly f1?: number;
}

/** How answers of one confidence fare. */
export interface CalibrationStep {
  /** Lowest confidence. */
  readonly from: number;
  /** Highest confidence. */
  readonly to: number;
  /** How many answers. */
  readonly count: number;
  /** Their mean confidence; absent when there is none. */
  readonly confidence?: number;
  /** Share of them that is right. */
  readonly accuracy: ShareEstimate;
}

/** Quantile of the normal distribution for 95 of 100. */
const Z = 1.959963984540054;

/**
 * Estimates a share from counts: the score interval (Wilson, Journal of the American Statistical Association 22, 1927),
 * which also holds for few answers and for shares near 0 and 1.
 *
 * @param hits - How many have it.
 * @param count - Of how many.
 * @returns The share with its interval at 95 %.
 *
 * @example
 * ```ts
 * import { estimateShare } from "scones-ml/monitoring";
 *
 * console.log(estimateShare(81, 263)); // 0.308, between 0.255 and 0.366
 * ```
 */
export function estimateShare(hits: number, count: number): ShareEstimate {
  if (count === 0) return { low: 0, high: 1 };
  const value = hits / count;
  const scale = 1 + (Z * Z) / count;
  const middle = (value + (Z * Z) / (2 * count)) / scale;
  const reach = (Z / scale) * Math.sqrt((value * (1 - value)) / count + (Z * Z) / (4 * count * count));
  return {
    value,
    low: hits === 0 ? 0 : Math.max(0, middle - reach),
    high: hits === count ? 1 : Math.min(1, middle + reach),
  };
}
