import {
  type CalibrationStep,
  type ClassQuality,
  estimateShare,
  type ShareEstimate,
  type TruthCounts,
} from "./truth-summary.js";

/** What answers are worth: a plain JSON value. */
export interface TruthSummary {
  /** The counts behind it, to be joined with others. */
  readonly counts: TruthCounts;
  /** Share of the answers that are right. */
  readonly accuracy: ShareEstimate;
  /** How each class fares, in label order. */
  readonly perLabel: readonly ClassQuality[];
  /** How often an image of the class of the row was answered with the class of the column. */
  readonly confusion: readonly (readonly number[])[];
  /** The reliability curve: whether answers of a confidence are right as often as it says. */
  readonly calibration: readonly CalibrationStep[];
  /** Expected calibration error: mean distance of confidence and accuracy over the steps, 0 to 1 (Guo et al., "On calibration of modern neural networks", 2017); absent when no truth is known. */
  readonly calibrationError?: number;
}

/** Steps of the reliability curve, as many as Guo et al. use. @internal */
export const STEPS = 15;

/** The step of a confidence. @internal */
export function stepOf(confidence: number): number {
  return Math.min(STEPS - 1, Math.floor(confidence * STEPS));
}

/**
 * Works out what counts say.
 *
 * @param counts - The counts.
 * @returns Accuracy, quality by class, and calibration.
 * @internal
 */
export function describeTruth(counts: TruthCounts): TruthSummary {
  const { labels, confusion, matched, right, steps } = counts;
  const calibrationError = steps.reduce(
    (sum, step) => sum + Math.abs(step.right - step.confidence) / Math.max(1, matched),
    0,
  );
  return {
    counts,
    accuracy: estimateShare(right.count, matched),
    perLabel: labels.map((label, index) => {
      const hits = confusion[index]?.[index] ?? 0;
      const images = (confusion[index] ?? []).reduce((sum, count) => sum + count, 0);
      const answers = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0);
      const f1 = images + answers === 0 ? {} : { f1: (2 * hits) / (images + answers) };
      return {
        label,
        images,
        answers,
        precision: estimateShare(hits, answers),
        recall: estimateShare(hits, images),
        ...f1,
      };
    }),
    confusion,
    calibration: steps.map((step, index) => ({
      from: index / STEPS,
      to: (index + 1) / STEPS,
      count: step.count,
      ...(step.count === 0 ? {} : { confidence: step.confidence / step.count }),
      accuracy: estimateShare(step.right, step.count),
    })),
    ...(matched === 0 ? {} : { calibrationError }),
  };
}
