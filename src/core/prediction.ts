import * as z from "zod";
import { SconesError } from "./errors.js";

/** An endpoint's answer is not an array of probabilities. */
export class PredictionError extends SconesError<"PREDICTION_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "PredictionError";
  }
}

/**
 * What the image-classification algorithm answers for one image: one probability per class, in label order.
 * The sum is 1 only to within float32 rounding. Source: "Common Data Formats for Inference", SageMaker developer guide.
 */
export const ProbabilitiesSchema = z.array(z.number().min(0).max(1)).min(1).max(100_000).readonly();

/** A decoded answer for one image. */
export interface Prediction {
  /** One probability per class, in label order. */
  readonly probabilities: readonly number[];
  /** Index of the most probable class. */
  readonly labelId: number;
  /** Name of the most probable class, where the labels are known. */
  readonly label?: string;
  /** Probability of the most probable class, 0 to 1. */
  readonly confidence: number;
}

/**
 * Reads probabilities from what an endpoint, a capture or a payload holds: an array of numbers, JSON text of one, or
 * one line of the JSON Lines form `{"prediction": [...]}`. Text that was encoded repeatedly is decoded up to four times.
 *
 * @param value - Array or text.
 * @returns The probabilities, in label order.
 * @throws {@link PredictionError} `PREDICTION_INVALID` when it is none of these, or a number is outside 0 to 1.
 *
 * @example
 * ```ts
 * import { parseProbabilities } from "scones-ml/core";
 *
 * console.log(parseProbabilities("[0.91, 0.09]")); // [ 0.91, 0.09 ]
 * ```
 */
export function parseProbabilities(value: unknown): readonly number[] {
  let current = value;
  for (let depth = 0; depth < 4 && typeof current === "string"; depth++) current = parseJson(current);
  if (typeof current === "object" && current !== null && "prediction" in current) current = current.prediction;
  const result = ProbabilitiesSchema.safeParse(current);
  if (result.success) return result.data;
  throw invalid(result.error.issues[0]?.message ?? "not an array of numbers", result.error);
}

/**
 * Names the most probable class. Of equal probabilities the first one wins.
 *
 * @param probabilities - One probability per class; at least one.
 * @param labels - Class names in label order; without them `label` is absent.
 * @returns The probabilities with label and confidence.
 * @throws {@link PredictionError} `PREDICTION_INVALID` when there is no probability, or not one per label.
 *
 * @example
 * ```ts
 * import { describePrediction } from "scones-ml/core";
 *
 * const { label, confidence } = describePrediction([0.91, 0.09], ["bicycle", "motorcycle"]);
 * console.log(label, confidence); // bicycle 0.91
 * ```
 */
export function describePrediction(probabilities: readonly number[], labels?: readonly string[]): Prediction {
  if (labels !== undefined && labels.length !== probabilities.length) {
    throw invalid(`${probabilities.length} probabilities for ${labels.length} labels`);
  }
  const confidence = probabilities.reduce((best, p) => Math.max(best, p), Number.NEGATIVE_INFINITY);
  const labelId = probabilities.indexOf(confidence);
  if (labelId < 0) throw invalid("no probability at all");
  const label = labels?.[labelId];
  return { probabilities, labelId, confidence, ...(label === undefined ? {} : { label }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid("text that is not JSON", cause);
  }
}

function invalid(reason: string, cause?: unknown): PredictionError {
  return new PredictionError({
    code: "PREDICTION_INVALID",
    message: `The answer is not one probability per class: ${reason}. Check that the endpoint serves an image-classification model and that the labels are those it was trained with.`,
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
