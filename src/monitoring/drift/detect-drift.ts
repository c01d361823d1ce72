import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import { type CaptureBaseline, CaptureBaselineSchema, createBaseline } from "./baseline.js";
import { DRIFT_THRESHOLDS, type DriftTestName, listDriftTests } from "./drift-tests.js";
import { correctHolm } from "./p-values.js";

/** What one test found. */
export interface DriftTestResult {
  /** Which test. */
  readonly name: DriftTestName;
  /** How large the difference is, in the measure of the test. */
  readonly effect: number;
  /** From which effect on the difference matters. */
  readonly threshold: number;
  /** Probability of such a difference by accident; absent where the counts are too low to say. */
  readonly pValue?: number;
  /** The same, corrected for the number of tests. */
  readonly correctedPValue?: number;
  /** Whether the difference is large enough, and no accident. */
  readonly isDrifted: boolean;
  /** What changed, in plain words. */
  readonly description: string;
}

/** A test that was not made. */
export interface OmittedDriftTest {
  /** Which test. */
  readonly name: DriftTestName;
  /** Why not. */
  readonly reason: string;
}

/** Whether answers have drifted, and what says so: a plain JSON value. */
export interface DriftReport {
  /** `drift`: at least one test found a difference that matters; `not-enough-data`: nothing can be said. */
  readonly verdict: "drift" | "no-drift" | "not-enough-data";
  /** The verdict in plain words. */
  readonly text: string;
  /** Answers in the baseline. */
  readonly baselineCount: number;
  /** Answers that were compared with it. */
  readonly count: number;
  /** What each test found. */
  readonly tests: readonly DriftTestResult[];
  /** Tests that were not made. */
  readonly omitted: readonly OmittedDriftTest[];
}

/** Options of {@link detectDrift}. */
export interface DetectDriftOptions {
  /** What `createBaseline` returned. */
  readonly baseline: CaptureBaseline;
  /** What is compared with it. */
  readonly summary: CaptureSummary;
  /** Chance of a false alarm over all tests together, 0 to 0.5. @defaultValue `0.01` */
  readonly alpha?: number;
  /** How many answers, and images, both sides need, 30 or more. @defaultValue `100` */
  readonly minCount?: number;
  /** Effects from which on a difference matters, by test. @defaultValue 0.1 for class mix and confidence, 0.2 for the stability index, 0.05 for the share below the threshold, 0.2 for images */
  readonly thresholds?: Readonly<Partial<Record<DriftTestName, number>>>;
}

const NAMES = Object.keys(DRIFT_THRESHOLDS) as [DriftTestName, ...DriftTestName[]];

const OptionsSchema = z
  .strictObject({
    baseline: CaptureBaselineSchema,
    summary: CaptureSummarySchema,
    alpha: z.number().gt(0).max(0.5).default(0.01),
    minCount: z.int().min(30).default(100),
    thresholds: z.partialRecord(z.enum(NAMES), z.number().min(0)).default({}),
  })
  .refine(
    ({ baseline, summary }) => JSON.stringify(baseline.labels) === JSON.stringify(summary.labels),
    "baseline and summary must have the same labels",
  );

/**
 * Tells whether answers have drifted from a baseline: in the mix of classes, in the confidence, and, where both were
 * measured, in what the images look like. A test counts when its difference is both no accident (after Holm's correction
 * for the number of tests) and large enough to matter, so that much data does not make a small difference an alarm.
 * Without enough answers on both sides there is no verdict. The tests take answers for independent of each other: one
 * image that is sent a thousand times is one answer, not a thousand.
 *
 * @param options - See {@link DetectDriftOptions}.
 * @returns Verdict and tests.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or the labels differ.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { CaptureBaselineSchema, detectDrift, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const baseline = CaptureBaselineSchema.parse(JSON.parse(await readFile("baseline.json", "utf8")));
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: baseline.labels });
 * const { verdict, text } = detectDrift({ baseline, summary });
 * console.log(text);
 * if (verdict === "drift") process.exitCode = 1;
 * ```
 */
export function detectDrift(options: DetectDriftOptions): DriftReport {
  const { baseline, summary, alpha, minCount, thresholds } = parseOptions("detectDrift", OptionsSchema, options);
  const now = createBaseline(summary);
  const { count } = now;
  const baselineCount = baseline.count;
  if (Math.min(count, baselineCount) < minCount) {
    const text = `No verdict: ${answers(count)} now and ${answers(baselineCount)} in the baseline, and both need ${minCount}.`;
    return { verdict: "not-enough-data", text, baselineCount, count, tests: [], omitted: [] };
  }
  const listed = listDriftTests(baseline, now);
  const isEnough = (test: (typeof listed)[number]) => Math.min(test.count, test.baselineCount) >= minCount;
  const omitted = listed
    .filter((test) => !isEnough(test))
    .map(({ name, count, baselineCount }) => ({
      name,
      reason: `${count} values now and ${baselineCount} in the baseline, both need ${minCount}`,
    }));
  const made = listed.filter(isEnough).map((test) => ({ ...test, ...test.compare() }));
  const corrected = correctHolm(made.map(({ pValue }) => pValue ?? 1));
  const tests = made.map(({ name, effect, pValue, describe }, index): DriftTestResult => {
    const threshold = thresholds[name] ?? DRIFT_THRESHOLDS[name];
    const correctedPValue = corrected[index] ?? 1;
    const isDrifted = pValue !== undefined && correctedPValue < alpha && effect >= threshold;
    const values = pValue === undefined ? {} : { pValue, correctedPValue };
    return { name, effect, threshold, ...values, isDrifted, description: describe() };
  });
  const found = tests.filter(({ isDrifted }) => isDrifted);
  const verdict = found.length > 0 ? "drift" : "no-drift";
  return {
    verdict,
    text: describeVerdict(found, { count, baselineCount, alpha }),
    baselineCount,
    count,
    tests,
    omitted,
  };
}

function answers(count: number): string {
  return count === 1 ? "1 answer" : `${count} answers`;
}

function describeVerdict(
  found: readonly DriftTestResult[],
  { count, baselineCount, alpha }: { readonly count: number; readonly baselineCount: number; readonly alpha: number },
): string {
  const against = `${count} answers against ${baselineCount} of the baseline`;
  if (found.length === 0) {
    return `No drift: ${against} show no difference that is both large enough to matter and unlikely (below ${alpha}) by accident.`;
  }
  const changes = [...new Set(found.map(({ description }) => description))].join("; ");
  return `Drift: ${against} differ. ${changes}. Look at the images behind the least confident answers, and label some of them before you train again.`;
}
