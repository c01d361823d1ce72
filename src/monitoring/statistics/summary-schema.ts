import * as z from "zod";
import type { CaptureSummary } from "./summarize-captures.js";

const share = z.number().min(0).max(1);
const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be a time in ISO 8601");

const figures = {
  count: z.int().min(0),
  belowThreshold: z.int().min(0),
  mean: share.optional(),
  min: share.optional(),
  max: share.optional(),
};

const point = z.object({
  time,
  confidence: share,
  label: z.string(),
  eventId: z.string(),
  belowThreshold: z.boolean(),
});

/**
 * A summary, which may come from a file: it is checked before it is drawn.
 * @internal
 */
export const summarySchema = z.object({
  labels: z.array(z.string()).min(1),
  threshold: share,
  records: z.int().min(0),
  skipped: z.int().min(0),
  firstTime: time.optional(),
  lastTime: time.optional(),
  overall: z.object(figures),
  perLabel: z.array(z.object({ label: z.string(), ...figures })),
  binMs: z.number().positive(),
  bins: z.array(z.object({ start: time, ...figures })),
  points: z.array(point),
  pointsOmitted: z.int().min(0),
  leastConfident: z.array(point),
}) as z.ZodType<unknown> as z.ZodType<CaptureSummary>;
