import { parseOptions } from "../../core/options.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { type Sketch, sketchMoments, sketchShareBelow } from "../statistics/sketch.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";

/** How many values a feature has, and how many it lacks. */
export interface MonitorCounts {
  /** Values that are there. */
  readonly num_present: number;
  /** Values that are not. */
  readonly num_missing: number;
}

/** A feature as Model Monitor's statistics have it. */
export type MonitorFeatureStatistics =
  | {
      /** Name of the feature. */
      readonly name: string;
      /** What it was taken for. */
      readonly inferred_type: "Fractional" | "Integral";
      /** Figures of its numbers. */
      readonly numerical_statistics: {
        /** Counts. */
        readonly common: MonitorCounts;
        /** Mean. */
        readonly mean: number;
        /** Sum. */
        readonly sum: number;
        /** Standard deviation, from the buckets of the sketch. */
        readonly std_dev: number;
        /** Lowest. */
        readonly min: number;
        /** Highest. */
        readonly max: number;
        /** Ten spans of equal width; the sketch of Model Monitor itself is left out. */
        readonly distribution: {
          /** Named like Model Monitor's. */
          readonly kll: {
            /** The spans. */
            readonly buckets: readonly {
              /** Lower end. */
              readonly lower_bound: number;
              /** Upper end. */
              readonly upper_bound: number;
              /** Values in it. */
              readonly count: number;
            }[];
          };
        };
      };
    }
  | {
      /** Name of the feature. */
      readonly name: string;
      /** What it was taken for. */
      readonly inferred_type: "String";
      /** Figures of its texts. */
      readonly string_statistics: {
        /** Counts. */
        readonly common: MonitorCounts;
        /** How many different texts. */
        readonly distinct_count: number;
        /** How often each occurs. */
        readonly distribution: {
          /** Named like Model Monitor's. */
          readonly categorical: {
            /** The texts. */
            readonly buckets: readonly {
              /** The text. */
              readonly value: string;
              /** How often. */
              readonly count: number;
            }[];
          };
        };
      };
    };

/** The `statistics.json` of Model Monitor. */
export interface MonitorStatistics {
  /** Layout of the file. */
  readonly version: 0;
  /** Figures of the whole. */
  readonly dataset: {
    /** Captures. */
    readonly item_count: number;
  };
  /** Figures by feature. */
  readonly features: readonly MonitorFeatureStatistics[];
}

const BUCKETS = 10;

/**
 * Writes a summary as the `statistics.json` of SageMaker Model Monitor, whose own analyzer cannot read captures of images,
 * so that dashboards made for it go on working. Its features are `confidence`, `predicted_label` and, where they were
 * measured, `image_bytes`, `image_brightness`, `image_contrast`, `image_colour` and `latency_ms`.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned.
 * @returns The value of the file.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is no summary.
 *
 * @example
 * ```ts
 * import { readCaptures, summarizeCaptures, toMonitorStatistics } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * console.log(JSON.stringify(toMonitorStatistics(summary)));
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-statistics.html
 */
export function toMonitorStatistics(summary: CaptureSummary): MonitorStatistics {
  const { records, skipped, overall, perLabel, images, latency } = parseOptions(
    "toMonitorStatistics",
    CaptureSummarySchema,
    summary,
  );
  const buckets = perLabel.map(({ label, count }) => ({ value: label, count })).filter(({ count }) => count > 0);
  const numbers: readonly (readonly [string, "Fractional" | "Integral", Sketch | undefined])[] = [
    ["confidence", "Fractional", overall.sketch],
    ["image_bytes", "Integral", images?.bytes],
    ["image_brightness", "Fractional", images?.brightness],
    ["image_contrast", "Fractional", images?.contrast],
    ["image_colour", "Fractional", images?.colour],
    ["latency_ms", "Fractional", latency],
  ];
  return {
    version: 0,
    dataset: { item_count: records },
    features: [
      {
        name: "predicted_label",
        inferred_type: "String",
        string_statistics: {
          common: { num_present: overall.count, num_missing: skipped },
          distinct_count: buckets.length,
          distribution: { categorical: { buckets } },
        },
      },
      ...numbers.flatMap(([name, type, sketch]) =>
        sketch === undefined || sketch.count === 0 ? [] : describe(name, type, sketch, records - sketch.count),
      ),
    ],
  };
}

function describe(
  name: string,
  inferred_type: "Fractional" | "Integral",
  sketch: Sketch,
  missing: number,
): MonitorFeatureStatistics {
  const { count, sum, min = 0, max = 0 } = sketch;
  const width = (max - min) / BUCKETS;
  // Values are told apart by the buckets of the sketch only, so the counts are as exact as its quantiles are.
  const below = Array.from({ length: BUCKETS + 1 }, (_, index) =>
    index === 0 ? 0 : index === BUCKETS ? count : Math.round(sketchShareBelow(sketch, min + index * width) * count),
  );
  const buckets = Array.from({ length: BUCKETS }, (_, index) => ({
    lower_bound: min + index * width,
    upper_bound: index === BUCKETS - 1 ? max : min + (index + 1) * width,
    count: (below[index + 1] ?? 0) - (below[index] ?? 0),
  }));
  return {
    name,
    inferred_type,
    numerical_statistics: {
      common: { num_present: count, num_missing: Math.max(0, missing) },
      mean: sum / count,
      sum,
      std_dev: sketchMoments(sketch).deviation,
      min,
      max,
      distribution: { kll: { buckets } },
    },
  };
}
