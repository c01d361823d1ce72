import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { type CaptureBaseline, CaptureBaselineSchema } from "../drift/baseline.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { DriftTestName } from "../drift/drift-tests.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";

/** A feature as Model Monitor's constraints have it. */
export interface MonitorFeatureConstraints {
  /** Name of the feature. */
  readonly name: string;
  /** What it must be. */
  readonly inferred_type: "Fractional" | "Integral" | "String";
  /** Share of the captures that must have it, 0 to 1. */
  readonly completeness: number;
  /** What its numbers must be. */
  readonly num_constraints?: {
    /** Whether none may be negative. */
    readonly is_non_negative: boolean;
  };
  /** What its texts must be. */
  readonly string_constraints?: {
    /** The texts that may occur. */
    readonly domains: readonly string[];
  };
}

/** The `constraints.json` of Model Monitor. */
export interface MonitorConstraints {
  /** Layout of the file. */
  readonly version: 0;
  /** Constraints by feature. */
  readonly features: readonly MonitorFeatureConstraints[];
}

/** The `constraint_violations.json` of Model Monitor. */
export interface MonitorViolations {
  /** What does not hold. */
  readonly violations: readonly {
    /** Name of the feature. */
    readonly feature_name: string;
    /** Which check found it. */
    readonly constraint_check_type: "baseline_drift_check" | "completeness_check";
    /** What was found. */
    readonly description: string;
  }[];
}

const completenessSchema = z.number().min(0).max(1).default(0.95);

/** Options of {@link toMonitorConstraints}. */
export interface MonitorConstraintsOptions {
  /** What `createBaseline` returned. */
  readonly baseline: CaptureBaseline;
  /** Share of the captures that must hold an answer, 0 to 1. @defaultValue `0.95` */
  readonly completeness?: number;
}

/**
 * Writes a baseline as the `constraints.json` of SageMaker Model Monitor: confidence is never negative, the answer is one
 * of the classes, and enough captures hold one.
 *
 * @param options - See {@link MonitorConstraintsOptions}.
 * @returns The value of the file.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createBaseline, readCaptures, summarizeCaptures, toMonitorConstraints } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * console.log(JSON.stringify(toMonitorConstraints({ baseline: createBaseline(summary) })));
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-constraints.html
 */
export function toMonitorConstraints(options: MonitorConstraintsOptions): MonitorConstraints {
  const { baseline, completeness } = parseOptions(
    "toMonitorConstraints",
    z.strictObject({ baseline: CaptureBaselineSchema, completeness: completenessSchema }),
    options,
  );
  const number = (name: string, inferred_type: "Fractional" | "Integral") => ({
    name,
    inferred_type,
    completeness,
    num_constraints: { is_non_negative: true },
  });
  const images =
    baseline.images === undefined
      ? []
      : [
          number("image_bytes", "Integral"),
          ...["image_brightness", "image_contrast", "image_colour"].map((name) => number(name, "Fractional")),
        ];
  return {
    version: 0,
    features: [
      {
        name: "predicted_label",
        inferred_type: "String",
        completeness,
        string_constraints: { domains: baseline.labels },
      },
      number("confidence", "Fractional"),
      ...images,
    ],
  };
}

/** Options of {@link toMonitorViolations}. */
export interface MonitorViolationsOptions {
  /** What `detectDrift` returned. */
  readonly drift: DriftReport;
  /** What was compared with the baseline. */
  readonly summary: CaptureSummary;
  /** Share of the captures that must hold an answer, 0 to 1. @defaultValue `0.95` */
  readonly completeness?: number;
}

const DriftSchema = z.looseObject({
  tests: z.array(z.looseObject({ name: z.string(), isDrifted: z.boolean(), description: z.string() })),
});

/**
 * Writes what drifted, and whether answers are missing, as the `constraint_violations.json` of SageMaker Model Monitor.
 *
 * @param options - See {@link MonitorViolationsOptions}.
 * @returns The value of the file; without a violation its list is empty.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { type CaptureBaseline, type CaptureSummary, detectDrift, toMonitorViolations } from "scones-ml/monitoring";
 *
 * export function violations(baseline: CaptureBaseline, summary: CaptureSummary) {
 *   return toMonitorViolations({ drift: detectDrift({ baseline, summary }), summary });
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-violations.html
 */
export function toMonitorViolations(options: MonitorViolationsOptions): MonitorViolations {
  const { drift, summary, completeness } = parseOptions(
    "toMonitorViolations",
    z.strictObject({ drift: DriftSchema, summary: CaptureSummarySchema, completeness: completenessSchema }),
    options,
  );
  const drifted = drift.tests
    .filter(({ isDrifted }) => isDrifted)
    .map(({ name, description }) => ({
      feature_name: featureOf(name as DriftTestName),
      constraint_check_type: "baseline_drift_check" as const,
      description: `${name}: ${description}`,
    }));
  const present = summary.records === 0 ? 1 : summary.overall.count / summary.records;
  const incomplete = {
    feature_name: "predicted_label",
    constraint_check_type: "completeness_check" as const,
    description: `${summary.overall.count} of ${summary.records} captures hold an answer, a share of ${present.toFixed(3)}; ${completeness} is needed`,
  };
  return { violations: present < completeness ? [...drifted, incomplete] : drifted };
}

function featureOf(test: DriftTestName): string {
  if (test.startsWith("image-")) return test.replace("-", "_");
  return test.startsWith("class-") ? "predicted_label" : "confidence";
}
