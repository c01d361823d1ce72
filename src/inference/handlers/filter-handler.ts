import * as z from "zod";
import { SconesError } from "../../core/errors.js";
import { parseOptions } from "../../core/options.js";
import { describePrediction } from "../../core/prediction.js";
import { handleImages } from "./handle-images.js";
import { type HandlerContext, type InferenceHandler, type InferencePayload, invalidPayload } from "./payload.js";

/** The most probable class is not probable enough: the workflow fails loudly. */
export class ThresholdConfidenceNotMetError extends SconesError<"THRESHOLD_CONFIDENCE_NOT_MET"> {
  /** Literal name: Step Functions reports it as the execution's error. */
  override get name(): string {
    return "THRESHOLD_CONFIDENCE_NOT_MET";
  }
}

/** Options of {@link createFilterHandler}. */
export interface FilterHandlerOptions {
  /**
   * Least value that passes, 0 to 1, or one for each label. Labels are those of the payload, or the number of the class as
   * text where the payload has none; `"*"` stands for all others. @defaultValue `0.7`
   */
  readonly threshold?: number | Readonly<Record<string, number>>;
  /**
   * What has to reach the threshold: the probability of the most probable class (`"top"`), or how far it is ahead of the
   * second one (`"margin"`). @defaultValue `"top"`
   */
  readonly by?: "top" | "margin";
  /**
   * What happens below the threshold: the handler throws, so that the workflow fails loudly, or the payload is tagged with
   * `accepted: false` and the workflow decides. A filter that tags also writes `accepted: true`. @defaultValue `"throw"`
   */
  readonly onLow?: "throw" | "tag";
}

const ThresholdSchema = z.number().min(0).max(1);
const OptionsSchema = z.strictObject({
  threshold: z
    .union([
      ThresholdSchema,
      z
        .record(z.string(), ThresholdSchema)
        .refine((thresholds) => Object.keys(thresholds).length > 0, "must name at least one label"),
    ])
    .default(0.7),
  by: z.enum(["top", "margin"]).default("top"),
  onLow: z.enum(["throw", "tag"]).default("throw"),
});

/**
 * Makes the Lambda handler that lets a confident answer pass and fails loudly otherwise, so that a person looks at
 * the image. It calls no AWS service.
 *
 * @param options - See {@link FilterHandlerOptions}.
 * @returns A Lambda handler for every form of event that {@link parseEnvelope} reads. It throws
 *   {@link ThresholdConfidenceNotMetError} `THRESHOLD_CONFIDENCE_NOT_MET` naming confidence, threshold and label, and
 *   {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without probabilities, or with a label that no threshold is
 *   for; for an event with several images these stand at the image instead.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createFilterHandler } from "scones-ml/inference";
 *
 * export const handler = createFilterHandler({ threshold: { bicycle: 0.9, motorcycle: 0.95 } });
 * ```
 */
export function createFilterHandler(options: FilterHandlerOptions = {}): InferenceHandler {
  const { threshold: given, by, onLow } = parseOptions("createFilterHandler", OptionsSchema, options);
  const findThreshold = createThresholds(given);
  const filter = async (payload: InferencePayload): Promise<InferencePayload> => {
    if (payload.inferences.length === 0) {
      throw invalidPayload([{ path: "inferences", message: "is empty, run the classify handler first" }]);
    }
    const { confidence, labelId } = describePrediction(payload.inferences);
    const threshold = findThreshold(payload.label ?? String(labelId));
    const margin = confidence - secondOf(payload.inferences, labelId);
    const accepted = (by === "top" ? confidence : margin) >= threshold;
    if (onLow === "tag") return { ...payload, confidence, accepted };
    if (accepted) return { ...payload, confidence };
    const label = payload.label ?? `class ${labelId}`;
    const what = by === "top" ? `Confidence ${confidence}` : `Margin ${margin} over the second class`;
    throw new ThresholdConfidenceNotMetError({
      code: "THRESHOLD_CONFIDENCE_NOT_MET",
      message: `${what} for ${label} is below the threshold ${threshold}: let a person look at ${payload.s3_key}.`,
      details: { confidence, threshold, label, ...(by === "margin" ? { margin } : {}) },
    });
  };
  return ((event: unknown, context?: HandlerContext) =>
    handleImages(event, context, { concurrency: 1, prepare: () => filter })) as InferenceHandler;
}

function createThresholds(given: number | Readonly<Record<string, number>>): (label: string) => number {
  if (typeof given === "number") return () => given;
  const thresholds = new Map(Object.entries(given));
  return (label) => {
    const threshold = thresholds.get(label) ?? thresholds.get("*");
    if (threshold !== undefined) return threshold;
    const listed = [...thresholds.keys()].join(", ");
    throw invalidPayload([{ path: "label", message: `no threshold is set for it, only for ${listed}` }]);
  };
}

/** Probability of the second class; 0 where there is only one. */
function secondOf(probabilities: readonly number[], labelId: number): number {
  return probabilities.reduce((best, p, index) => (index === labelId ? best : Math.max(best, p)), 0);
}
