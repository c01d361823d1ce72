import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { parseOptions } from "../../core/options.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { SketchSchema } from "../statistics/sketch.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";

/** What later captures are compared with: a plain JSON value, to be kept beside the model. */
export const CaptureBaselineSchema = z
  .object({
    /** Layout of the value. */
    version: z.literal(1),
    /** Class names in label order. */
    labels: LabelsSchema,
    /** Confidence below which an answer counts as unsure, 0 to 1. */
    threshold: z.number().min(0).max(1),
    /** How many answers. */
    count: z.int().min(0),
    /** How many of them are below the threshold. */
    belowThreshold: z.int().min(0),
    /** Answers for each class, in label order. */
    labelCounts: z.array(z.int().min(0)).readonly(),
    /** The confidences. */
    confidence: SketchSchema,
    /** What the images are like, where they were measured. */
    images: z
      .object({
        /** Sizes in bytes. */
        bytes: SketchSchema,
        /** Mean brightness of each image. */
        brightness: SketchSchema,
        /** Contrast of each image. */
        contrast: SketchSchema,
        /** Mean saturation of each image. */
        colour: SketchSchema,
      })
      .readonly()
      .optional(),
    /** Time of the earliest capture, in ISO 8601. */
    firstTime: z.string().optional(),
    /** Time of the latest capture, in ISO 8601. */
    lastTime: z.string().optional(),
  })
  .readonly();

/** What later captures are compared with: see {@link CaptureBaselineSchema}. */
export type CaptureBaseline = z.output<typeof CaptureBaselineSchema>;

/**
 * Makes a baseline of a summary. The best one comes from images that stand for what the model is meant for, sent through
 * the endpoint: the test set, or the first good week. The training images will not do, for the model is surer of them.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned; with `images: "measure"`, images are compared, too.
 * @returns The baseline, to be kept as JSON.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is no summary.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { createBaseline, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const observations = readCaptures({ source: "test_set_captures", images: "bytes" });
 * const summary = await summarizeCaptures(observations, { labels: ["bicycle", "motorcycle"], images: "measure" });
 * await writeFile("baseline.json", JSON.stringify(createBaseline(summary)));
 * ```
 */
export function createBaseline(summary: CaptureSummary): CaptureBaseline {
  const { labels, threshold, overall, perLabel, images, firstTime, lastTime } = parseOptions(
    "createBaseline",
    CaptureSummarySchema,
    summary,
  );
  return {
    version: 1,
    labels,
    threshold,
    count: overall.count,
    belowThreshold: overall.belowThreshold,
    labelCounts: perLabel.map(({ count }) => count),
    confidence: overall.sketch,
    ...(images === undefined
      ? {}
      : {
          images: {
            bytes: images.bytes,
            brightness: images.brightness,
            contrast: images.contrast,
            colour: images.colour,
          },
        }),
    ...(firstTime === undefined ? {} : { firstTime }),
    ...(lastTime === undefined ? {} : { lastTime }),
  };
}
