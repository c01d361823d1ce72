import * as z from "zod";
import { formatPercent } from "../../core/format-percent.js";
import { parseOptions } from "../../core/options.js";
import type { VariantSummary } from "../statistics/capture-summary.js";
import type { TruthSummary } from "../truth/describe-truth.js";
import { estimateShare, type ShareEstimate, TruthCountsSchema } from "../truth/truth-summary.js";
import { answersNeeded, anytimeDifference } from "./anytime-interval.js";

/** A variant whose answers were joined to the truth. */
export interface JudgedVariant {
  /** Name of the variant. */
  readonly name: string;
  /** What its answers are worth: `joinGroundTruth` over the observations of this variant alone. */
  readonly truth: TruthSummary;
}

/** Answers of a variant that somebody counted. */
export interface CountedVariant {
  /** Name of the variant. */
  readonly name: string;
  /** How many of its answers count as good. */
  readonly good: number;
  /** How many answers there are. */
  readonly count: number;
}

/** What is compared: right answers where the truth is known, else confident ones, or what was counted. */
export type ComparedVariant = JudgedVariant | VariantSummary | CountedVariant;

/** Options of {@link compareVariants}. */
export interface CompareVariantsOptions {
  /** The variant that serves today. */
  readonly control: ComparedVariant;
  /** The one that may take its place; compared by the same as `control`. */
  readonly candidate: ComparedVariant;
  /** Smallest difference of the shares that matters, 0.001 to 0.5. @defaultValue `0.02` */
  readonly minDifference?: number;
  /** Chance that the interval ever leaves out the true difference, 0.0001 to 0.5. @defaultValue `0.05` */
  readonly alpha?: number;
  /** How many answers both need before anything is said, 10 or more. @defaultValue `100` */
  readonly minCount?: number;
}

/** One side of a comparison. */
export interface VariantShare {
  /** Name of the variant. */
  readonly name: string;
  /** How many answers. */
  readonly count: number;
  /** Share of them that counts as good, with the interval of this variant alone. */
  readonly share: ShareEstimate;
}

/** Which of two variants is better, if that can be told: a plain JSON value. */
export interface VariantComparison {
  /** `no-difference`: none that matters; `undecided`: the answers do not tell yet. With every other verdict one may stop. */
  readonly verdict: "candidate" | "control" | "no-difference" | "undecided";
  /** What a good answer is. */
  readonly measure: "right" | "confident" | "counted";
  /** The variant that serves today. */
  readonly control: VariantShare;
  /** The other one. */
  readonly candidate: VariantShare;
  /** Share of the candidate less that of the control; absent below `minCount`. May be looked at after every answer. */
  readonly difference?: {
    /** What was counted. */
    readonly value: number;
    /** Lower end of the interval. */
    readonly low: number;
    /** Upper end. */
    readonly high: number;
  };
  /** Answers, of both together, that are still missing to tell a difference of `minDifference`; for `undecided`. */
  readonly missingAnswers?: number;
  /** The verdict in plain words. */
  readonly text: string;
}

const name = z.string().max(256);
const count = z.int().min(0);
const VariantSchema = z.union([
  z
    .looseObject({ name, truth: z.looseObject({ counts: TruthCountsSchema }) })
    .transform(({ name, truth: { counts } }) => ({
      name,
      measure: "right" as const,
      good: counts.right.count,
      count: counts.matched,
    })),
  z
    .looseObject({ variantName: name, count, belowThreshold: count })
    .refine((variant) => variant.belowThreshold <= variant.count, "more answers are below the threshold than there are")
    .transform((variant) => ({
      name: variant.variantName,
      measure: "confident" as const,
      good: variant.count - variant.belowThreshold,
      count: variant.count,
    })),
  z
    .strictObject({ name, good: count, count })
    .refine((variant) => variant.good <= variant.count, "more answers are good than there are")
    .transform((variant) => ({ ...variant, measure: "counted" as const })),
]);

type Counted = z.output<typeof VariantSchema>;

const OptionsSchema = z
  .strictObject({
    control: VariantSchema,
    candidate: VariantSchema,
    minDifference: z.number().min(0.001).max(0.5).default(0.02),
    alpha: z.number().min(0.0001).max(0.5).default(0.05),
    minCount: z.int().min(10).default(100),
  })
  .refine(({ control, candidate }) => control.measure === candidate.measure, {
    path: ["candidate"],
    message: "must be compared by the same as control: both with truth, both as summaries, or both counted",
  });

/**
 * Tells which of two variants is better: by right answers where the truth is known, else by the share of answers that are
 * not below the threshold. The interval of the difference holds at every moment, so one may look as often as one likes and
 * stop as soon as the verdict is not `undecided`. A confident answer need not be a right one: a verdict without truth says
 * which variant rejects less.
 *
 * @param options - See {@link CompareVariantsOptions}.
 * @returns Verdict, shares and difference.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or the variants are not of the same kind.
 *
 * @example
 * ```ts
 * import { compareVariants, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * const [control, candidate] = summary.perVariant;
 * if (control !== undefined && candidate !== undefined) console.log(compareVariants({ control, candidate }).text);
 * ```
 */
export function compareVariants(options: CompareVariantsOptions): VariantComparison {
  const { control, candidate, minDifference, alpha, minCount } = parseOptions(
    "compareVariants",
    OptionsSchema,
    options,
  );
  const { measure } = control;
  const sides = { measure, control: shareOf(control), candidate: shareOf(candidate) };
  if (Math.min(control.count, candidate.count) < minCount) {
    const text = `Cannot tell: ${control.name} has ${control.count} answers and ${candidate.name} ${candidate.count}, and both need ${minCount}.`;
    return { verdict: "undecided", ...sides, missingAnswers: missingOf(control, candidate, minCount), text };
  }
  const { value, low, high } = anytimeDifference(control, candidate, minDifference, alpha);
  const verdict = judge(low, high, minDifference);
  const missing = answersNeeded(control, candidate, minDifference, alpha) - control.count - candidate.count;
  const open = verdict === "undecided" ? { missingAnswers: Math.max(1, missing) } : {};
  const text = describe({ verdict, control, candidate, low, high, minDifference, ...open });
  return { verdict, ...sides, difference: { value, low, high }, ...open, text };
}

function judge(low: number, high: number, minDifference: number): VariantComparison["verdict"] {
  // First, so that a difference which is there but does not matter is not worth a change.
  if (low > -minDifference && high < minDifference) return "no-difference";
  if (low > 0) return "candidate";
  return high < 0 ? "control" : "undecided";
}

function shareOf({ name, good, count }: Counted): VariantShare {
  return { name, count, share: estimateShare(good, count) };
}

function missingOf(control: Counted, candidate: Counted, minCount: number): number {
  return Math.max(0, minCount - control.count) + Math.max(0, minCount - candidate.count);
}

const GOOD = { right: "right", confident: "at or above the threshold", counted: "good" } as const;

function describe(found: {
  readonly verdict: VariantComparison["verdict"];
  readonly control: Counted;
  readonly candidate: Counted;
  readonly low: number;
  readonly high: number;
  readonly minDifference: number;
  readonly missingAnswers?: number;
}): string {
  const { verdict, control, candidate, low, high, minDifference } = found;
  const show = ({ name, good, count }: Counted) => `${name} ${formatPercent(good / count)} of ${count}`;
  const counted = `${GOOD[control.measure]} are of ${show(control)} answers, of ${show(candidate)}; the difference is ${points(low)} to ${points(high)} points`;
  switch (verdict) {
    case "candidate":
      return `${candidate.name} is better: ${counted}. The comparison may stop.`;
    case "control":
      return `${control.name} is better: ${counted}. The comparison may stop.`;
    case "no-difference":
      return `No difference of ${points(minDifference)} points: ${counted}. The comparison may stop.`;
    case "undecided":
      return `Cannot tell yet: ${counted}. About ${found.missingAnswers} more answers tell a difference of ${points(minDifference)} points.`;
  }
}

function points(share: number): string {
  return (share * 100).toFixed(1);
}
