import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { iterableSchema, parseOptions } from "../../core/options.js";
import type { Observation } from "../capture/parse-capture.js";
import type { CaptureSummary } from "./capture-summary.js";
import { SummaryBuilder } from "./summary-builder.js";

/** Options of {@link summarizeCaptures}. */
export interface SummarizeCapturesOptions {
  /** Class names in label order, as the endpoint was trained with. */
  readonly labels: readonly string[];
  /** Confidence below which an answer counts as unsure, 0 to 1. @defaultValue `0.7`, as that of the filter handler */
  readonly threshold?: number;
  /** Length of a bin in milliseconds; bins begin at multiples of it since 1970. @defaultValue `3600000` */
  readonly binMs?: number;
  /** How many points are kept above the threshold, and how many below, 1 to 100000. @defaultValue `2000` */
  readonly maxPoints?: number;
  /** Whether the images of the observations are measured, which must have been read with `images: "bytes"`. @defaultValue `"omit"` */
  readonly images?: "omit" | "measure";
}

const OptionsSchema = z.strictObject({
  labels: LabelsSchema,
  threshold: z.number().min(0).max(1).default(0.7),
  binMs: z.int().min(1).default(3_600_000),
  maxPoints: z.int().min(1).max(100_000).default(2000),
  images: z.enum(["omit", "measure"]).default("omit"),
});

const ObservationsSchema = iterableSchema<Observation>(
  "observations must be an iterable, such as what readCaptures returns",
);

/**
 * Counts and measures captures in one pass: per class, over time, and below the threshold. Memory is bounded however
 * many there are. What is summarised apart, hour by hour, say, can be joined with `mergeSummaries`.
 *
 * @param observations - What `readCaptures` yields, or observations of your own.
 * @param options - See {@link SummarizeCapturesOptions}.
 * @returns The figures: a plain JSON value that `renderConfidenceChart`, `renderReport`, `createBaseline` and `detectDrift` take.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong. Errors of the source pass through.
 *
 * @example
 * ```ts
 * import { readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), {
 *   labels: ["bicycle", "motorcycle"],
 *   threshold: 0.94,
 * });
 * console.log(`${summary.overall.belowThreshold} of ${summary.overall.count} answers are below ${summary.threshold}`);
 * ```
 */
export async function summarizeCaptures(
  observations: AsyncIterable<Observation> | Iterable<Observation>,
  options: SummarizeCapturesOptions,
): Promise<CaptureSummary> {
  const source = parseOptions("summarizeCaptures", ObservationsSchema, observations);
  const { images, ...shape } = parseOptions("summarizeCaptures", OptionsSchema, options);
  const builder = new SummaryBuilder(shape);
  for await (const observation of source) {
    builder.add(observation);
    if (images === "measure" && observation.image !== undefined) await builder.addImage(observation.image);
  }
  return builder.build();
}
