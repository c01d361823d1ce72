import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { parseOptions } from "../../core/options.js";
import type { Observation } from "../capture/parse-capture.js";
import { ConfidenceStatistics, type ConfidenceSummary } from "./confidence-statistics.js";
import { type CapturePoint, PointSample } from "./point-sample.js";
import { TimeBins } from "./time-bins.js";

/** Figures of one class. */
export interface LabelSummary extends ConfidenceSummary {
  /** Name of the class. */
  readonly label: string;
}

/** Figures of one span of time. */
export interface BinSummary extends ConfidenceSummary {
  /** Begin of the span, in ISO 8601. */
  readonly start: string;
}

/** What captures say about an endpoint: a plain JSON value. */
export interface CaptureSummary {
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Confidence below which an answer counts as unsure, 0 to 1. */
  readonly threshold: number;
  /** Captures that were read. */
  readonly records: number;
  /** Captures without one probability for each of the labels. They are in no other figure but `records` and the times. */
  readonly skipped: number;
  /** Time of the earliest capture, in ISO 8601. */
  readonly firstTime?: string;
  /** Time of the latest capture, in ISO 8601. */
  readonly lastTime?: string;
  /** Figures over all classified captures. */
  readonly overall: ConfidenceSummary;
  /** Figures by class, in label order. */
  readonly perLabel: readonly LabelSummary[];
  /** Length of a bin in milliseconds; a multiple of what was asked for when there would be more than 10,000 bins. */
  readonly binMs: number;
  /** Figures by time; spans without captures are left out. */
  readonly bins: readonly BinSummary[];
  /** Classified captures by time: all of them, or an even sample when there are more than `maxPoints` on a side of the threshold. */
  readonly points: readonly CapturePoint[];
  /** Classified captures that are not among the points. */
  readonly pointsOmitted: number;
  /** The least confident answers, the least first; at most 20. */
  readonly leastConfident: readonly CapturePoint[];
}

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
}

const OptionsSchema = z.strictObject({
  labels: LabelsSchema,
  threshold: z.number().min(0).max(1).default(0.7),
  binMs: z.int().min(1).default(3_600_000),
  maxPoints: z.int().min(1).max(100_000).default(2000),
});

const ObservationsSchema = z.custom<AsyncIterable<Observation> | Iterable<Observation>>(
  (value) => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
  "observations must be an iterable, such as what readCaptures returns",
);

const MAX_LEAST = 20;

/**
 * Counts and measures captures in one pass: per class, over time, and below the threshold. Memory is bounded however
 * many there are.
 *
 * @param observations - What `readCaptures` yields, or observations of your own.
 * @param options - See {@link SummarizeCapturesOptions}.
 * @returns The figures: a plain JSON value that `renderConfidenceChart` and `renderReport` take.
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
  const { labels, threshold, binMs, maxPoints } = parseOptions("summarizeCaptures", OptionsSchema, options);
  const overall = new ConfidenceStatistics(threshold);
  const perLabel = labels.map(() => new ConfidenceStatistics(threshold));
  const bins = new TimeBins(binMs, threshold);
  const above = new PointSample(maxPoints);
  const below = new PointSample(maxPoints);
  let least: CapturePoint[] = [];
  let records = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  for await (const { time, probabilities, labelId, confidence, eventId } of source) {
    records++;
    const at = time.getTime();
    first = Math.min(first, at);
    last = Math.max(last, at);
    if (probabilities?.length !== labels.length || labelId === undefined || confidence === undefined) continue;
    overall.add(confidence);
    perLabel[labelId]?.add(confidence);
    bins.add(at, confidence);
    const belowThreshold = confidence < threshold;
    const point = { time: time.toISOString(), confidence, label: labels[labelId] ?? "", eventId, belowThreshold };
    (belowThreshold ? below : above).add(point);
    least.push(point);
    if (least.length > MAX_LEAST * 10) least = takeLeast(least);
  }

  const points = [...above.take(), ...below.take()].sort(byTime);
  const summary = overall.summarize();
  return {
    labels,
    threshold,
    records,
    skipped: records - summary.count,
    ...(records === 0 ? {} : { firstTime: new Date(first).toISOString(), lastTime: new Date(last).toISOString() }),
    overall: summary,
    perLabel: perLabel.map((statistics, labelId) => ({ label: labels[labelId] ?? "", ...statistics.summarize() })),
    binMs: bins.binMs,
    bins: bins.summarize().map(({ start, ...figures }) => ({ start: new Date(start).toISOString(), ...figures })),
    points,
    pointsOmitted: summary.count - points.length,
    leastConfident: takeLeast(least),
  };
}

function takeLeast(points: readonly CapturePoint[]): CapturePoint[] {
  return points.toSorted((one, other) => one.confidence - other.confidence || byTime(one, other)).slice(0, MAX_LEAST);
}

function byTime(one: CapturePoint, other: CapturePoint): number {
  return compare(one.time, other.time) || compare(one.eventId, other.eventId);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
