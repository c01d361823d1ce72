import * as z from "zod";
import type { CaptureSummary } from "./capture-summary.js";
import { SketchSchema } from "./sketch.js";

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be a time in ISO 8601");

const figures = {
  count,
  belowThreshold: count,
  mean: share.optional(),
  min: share.optional(),
  max: share.optional(),
  quantiles: z.object({ p05: share, p25: share, p50: share, p75: share, p95: share }).optional(),
  entropy: share.optional(),
  margin: share.optional(),
  sketch: SketchSchema,
};

const point = z.object({
  time,
  confidence: share,
  label: z.string(),
  eventId: z.string(),
  belowThreshold: z.boolean(),
});

const images = z.object({
  count,
  unreadable: count,
  bytes: SketchSchema,
  width: SketchSchema,
  height: SketchSchema,
  brightness: SketchSchema,
  contrast: SketchSchema,
  colour: SketchSchema,
  distinct: count,
  fingerprints: z.array(z.int().min(0)),
});

/**
 * Checks a summary that was kept as JSON, as every function that takes one does.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { CaptureSummarySchema, mergeSummaries } from "scones-ml/monitoring";
 *
 * const read = async (hour: string) => CaptureSummarySchema.parse(JSON.parse(await readFile(`summaries/${hour}.json`, "utf8")));
 * const morning = mergeSummaries(await Promise.all(["08", "09", "10"].map(read)));
 * console.log(morning.overall.count);
 * ```
 */
export const CaptureSummarySchema = z.object({
  labels: z.array(z.string()).min(1),
  threshold: share,
  records: count,
  skipped: count,
  unclassified: z.record(z.string(), count),
  firstTime: time.optional(),
  lastTime: time.optional(),
  overall: z.object(figures),
  perLabel: z.array(z.object({ label: z.string(), ...figures })),
  perVariant: z.array(
    z.object({ endpointName: z.string(), variantName: z.string(), ...figures, labelCounts: z.array(count) }),
  ),
  binMs: z.number().positive(),
  bins: z.array(z.object({ start: time, ...figures, labelCounts: z.array(count), unclassified: count.default(0) })),
  maxPoints: z.int().min(1),
  points: z.array(point),
  pointsOmitted: count,
  leastConfident: z.array(point),
  latency: SketchSchema.optional(),
  images: images.optional(),
}) as z.ZodType<unknown> as z.ZodType<CaptureSummary>;
