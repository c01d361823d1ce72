import { formatPercent } from "../../core/format-percent.js";
import type { Sketch } from "../statistics/sketch.js";
import { sketchQuantile } from "../statistics/sketch.js";
import type { CaptureBaseline } from "./baseline.js";
import {
  type Comparison,
  compareClasses,
  compareCurves,
  compareMixes,
  compareStability,
} from "./compare-distributions.js";

/**
 * The tests: `class-mix`: chi-square, the effect is Cramér's V; `class-mix-distance`: Jensen-Shannon distance;
 * `confidence`: Kolmogorov-Smirnov, the effect is the largest distance of the curves; `confidence-stability`: population
 * stability index; `below-threshold`: chi-square, the effect is the difference of the shares; `image-...`:
 * Kolmogorov-Smirnov on what the images are like.
 */
export type DriftTestName =
  | "class-mix"
  | "class-mix-distance"
  | "confidence"
  | "confidence-stability"
  | "below-threshold"
  | "image-bytes"
  | "image-brightness"
  | "image-contrast"
  | "image-colour";

/** What is compared with what, in one test. @internal */
export interface DriftTest {
  /** Which test. */
  readonly name: DriftTestName;
  /** How many values the baseline has for it. */
  readonly baselineCount: number;
  /** How many values there are now. */
  readonly count: number;
  /** Compares them. */
  readonly compare: () => Comparison;
  /** What changed, in plain words. */
  readonly describe: () => string;
}

/**
 * Effects from which on a difference matters. PSI: 0.1 to 0.25 is called a moderate shift where it comes from (Siddiqi,
 * "Credit risk scorecards", 2006). Cramér's V: 0.1 is a small effect (Cohen, "Statistical power analysis", 1988). The
 * others are ours: a tenth of the answers stand elsewhere, or a fifth of the images.
 * @internal
 */
export const DRIFT_THRESHOLDS: Readonly<Record<DriftTestName, number>> = {
  "class-mix": 0.1,
  "class-mix-distance": 0.1,
  confidence: 0.1,
  "confidence-stability": 0.2,
  "below-threshold": 0.05,
  "image-bytes": 0.2,
  "image-brightness": 0.2,
  "image-contrast": 0.2,
  "image-colour": 0.2,
};

/**
 * Lists the tests that two baselines allow.
 *
 * @param before - The baseline.
 * @param now - What it is compared with, in the same form.
 * @returns The tests.
 * @internal
 */
export function listDriftTests(before: CaptureBaseline, now: CaptureBaseline): readonly DriftTest[] {
  const counts = { baselineCount: before.count, count: now.count };
  const describeMix = () => {
    const changes = before.labels.map((label, index) => ({
      label,
      from: (before.labelCounts[index] ?? 0) / before.count,
      to: (now.labelCounts[index] ?? 0) / now.count,
    }));
    const [most] = changes.sort((one, other) => Math.abs(other.to - other.from) - Math.abs(one.to - one.from));
    return most === undefined
      ? ""
      : `${most.label}: ${formatPercent(most.from)} of the answers before, ${formatPercent(most.to)} now`;
  };
  const describeConfidence = () => describeMedian("median confidence", before.confidence, now.confidence);
  const shares = { before: before.belowThreshold / before.count, now: now.belowThreshold / now.count };
  const tests: DriftTest[] = [
    {
      name: "class-mix",
      ...counts,
      compare: () => compareClasses(before.labelCounts, now.labelCounts),
      describe: describeMix,
    },
    {
      name: "class-mix-distance",
      ...counts,
      compare: () => compareMixes(before.labelCounts, now.labelCounts),
      describe: describeMix,
    },
    {
      name: "confidence",
      ...counts,
      compare: () => compareCurves(before.confidence, now.confidence),
      describe: describeConfidence,
    },
    {
      name: "confidence-stability",
      ...counts,
      compare: () => compareStability(before.confidence, now.confidence),
      describe: describeConfidence,
    },
  ];
  if (before.threshold === now.threshold) {
    const split = ({ count, belowThreshold }: CaptureBaseline) => [belowThreshold, count - belowThreshold];
    tests.push({
      name: "below-threshold",
      ...counts,
      compare: () => ({
        effect: Math.abs(shares.now - shares.before),
        pValue: compareClasses(split(before), split(now)).pValue,
      }),
      describe: () =>
        `below ${before.threshold}: ${formatPercent(shares.before)} of the answers before, ${formatPercent(shares.now)} now`,
    });
  }
  if (before.images !== undefined && now.images !== undefined) {
    for (const measure of ["bytes", "brightness", "contrast", "colour"] as const) {
      const [one, other] = [before.images[measure], now.images[measure]];
      tests.push({
        name: `image-${measure}`,
        baselineCount: one.count,
        count: other.count,
        compare: () => compareCurves(one, other),
        describe: () => describeMedian(measure === "bytes" ? "median size in bytes" : `median ${measure}`, one, other),
      });
    }
  }
  return tests;
}

function describeMedian(what: string, before: Sketch, now: Sketch): string {
  const show = (sketch: Sketch) => String(Number((sketchQuantile(sketch, 0.5) ?? 0).toPrecision(3)));
  return `${what}: ${show(before)} before, ${show(now)} now`;
}
