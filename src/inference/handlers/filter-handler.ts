import * as z from "zod";
import { SconesError } from "../../core/errors.js";
import { parseOptions } from "../../core/options.js";
import { describePrediction } from "../../core/prediction.js";
import { type HandlerContext, type HandlerResult, invalidPayload, parsePayload } from "./payload.js";

/** The most probable class is not probable enough: the workflow fails loudly. */
export class ThresholdConfidenceNotMetError extends SconesError<"THRESHOLD_CONFIDENCE_NOT_MET"> {
  /** Literal name: Step Functions reports it as the execution's error. */
  override get name(): string {
    return "THRESHOLD_CONFIDENCE_NOT_MET";
  }
}

/** Options of {@link createFilterHandler}. */
export interface FilterHandlerOptions {
  /** Least probability of the most probable class that passes, 0 to 1. @defaultValue `0.7` */
  readonly threshold?: number;
}

const OptionsSchema = z.strictObject({ threshold: z.number().min(0).max(1).default(0.7) });

/**
 * Makes the Lambda handler that lets a confident answer pass and fails loudly otherwise, so that a person looks at
 * the image. It calls no AWS service.
 *
 * @param options - See {@link FilterHandlerOptions}.
 * @returns A Lambda handler. It throws {@link ThresholdConfidenceNotMetError} `THRESHOLD_CONFIDENCE_NOT_MET` naming
 *   confidence, threshold and label, and {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without
 *   probabilities.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the threshold is not a number from 0 to 1.
 *
 * @example
 * ```ts
 * import { createFilterHandler } from "scones-ml/inference";
 *
 * export const handler = createFilterHandler({ threshold: 0.93 });
 * ```
 */
export function createFilterHandler(
  options: FilterHandlerOptions = {},
): (event: unknown, context?: HandlerContext) => Promise<HandlerResult> {
  const { threshold } = parseOptions("createFilterHandler", OptionsSchema, options);
  return async (event) => {
    const payload = parsePayload(event);
    if (payload.inferences.length === 0) {
      throw invalidPayload([{ path: "inferences", message: "is empty, run the classify handler first" }]);
    }
    const { confidence, labelId } = describePrediction(payload.inferences);
    const label = payload.label ?? `class ${labelId}`;
    if (confidence < threshold) {
      throw new ThresholdConfidenceNotMetError({
        code: "THRESHOLD_CONFIDENCE_NOT_MET",
        message: `Confidence ${confidence} for ${label} is below the threshold ${threshold}: let a person look at ${payload.s3_key}.`,
        details: { confidence, threshold, label },
      });
    }
    return { statusCode: 200, body: { ...payload, confidence } };
  };
}
