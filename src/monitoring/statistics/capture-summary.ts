import type { UnclassifiedReason } from "../capture/decode-answer.js";
import type { AnswerSummary } from "./answer-statistics.js";
import type { ImageSummary } from "./image-statistics.js";
import type { CapturePoint } from "./point-sample.js";
import type { Sketch } from "./sketch.js";
import type { BinSummary } from "./time-bins.js";

/** Figures of one class. */
export interface LabelSummary extends AnswerSummary {
  /** Name of the class. */
  readonly label: string;
}

/** Figures of one variant. */
export interface VariantSummary extends AnswerSummary {
  /** Name of the endpoint; empty where the captures do not tell. */
  readonly endpointName: string;
  /** Name of the variant; empty where the captures do not tell. */
  readonly variantName: string;
  /** Answers for each class, in label order. */
  readonly labelCounts: readonly number[];
}

/** What captures say about an endpoint: a plain JSON value that can be joined with that of other captures. */
export interface CaptureSummary {
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Confidence below which an answer counts as unsure, 0 to 1. */
  readonly threshold: number;
  /** Captures that were read. */
  readonly records: number;
  /** Captures without one probability for each of the labels. They are in no other figure but `records`, `unclassified`, `images`, `latency` and the times. */
  readonly skipped: number;
  /** How many captures were skipped for which reason; `other-labels`: the answer has another number of classes. */
  readonly unclassified: Readonly<Partial<Record<UnclassifiedReason | "other-labels", number>>>;
  /** Time of the earliest capture, in ISO 8601. */
  readonly firstTime?: string;
  /** Time of the latest capture, in ISO 8601. */
  readonly lastTime?: string;
  /** Figures over all classified captures. */
  readonly overall: AnswerSummary;
  /** Figures by class, in label order. */
  readonly perLabel: readonly LabelSummary[];
  /** Figures by endpoint and variant, in the order of their names; the first 100 that occur. */
  readonly perVariant: readonly VariantSummary[];
  /** Length of a bin in milliseconds; a multiple of what was asked for when there would be more than 10,000 bins. */
  readonly binMs: number;
  /** Figures by time; spans without captures are left out. */
  readonly bins: readonly BinSummary[];
  /** How many points are kept above the threshold, and how many below. */
  readonly maxPoints: number;
  /** Classified captures by time: all of them, or an even sample when there are more than `maxPoints` on a side of the threshold. */
  readonly points: readonly CapturePoint[];
  /** Classified captures that are not among the points. */
  readonly pointsOmitted: number;
  /** The least confident answers, the least first; at most 20. */
  readonly leastConfident: readonly CapturePoint[];
  /** Milliseconds that answers took, where the observations tell. */
  readonly latency?: Sketch;
  /** Figures over the captured images, where they were asked for. */
  readonly images?: ImageSummary;
}
