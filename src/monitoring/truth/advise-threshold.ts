import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { type Sketch, sketchShareBelow } from "../statistics/sketch.js";
import type { TruthSummary } from "./describe-truth.js";
import { estimateShare, type ShareEstimate, TruthCountsSchema } from "./truth-summary.js";

/** What a threshold would have done. */
export interface ThresholdOutcome {
  /** Answers with less confidence are rejected. */
  readonly threshold: number;
  /** Answers that would be rejected. */
  readonly rejected: number;
  /** Share of the answers that would be rejected. */
  readonly rejectedShare: ShareEstimate;
  /** Wrong answers that would be let pass. */
  readonly wrong: number;
  /** Share of the answers let pass that would be wrong. */
  readonly wrongShare: ShareEstimate;
  /** What it would cost in all: rejected and wrong answers, each at its price. */
  readonly cost: number;
}

/** Advice for the threshold: a plain JSON value. */
export interface ThresholdAdvice {
  /** What each threshold would have done, in ascending order. */
  readonly outcomes: readonly ThresholdOutcome[];
  /** The cheapest one; absent when no truth is known. */
  readonly cheapest?: ThresholdOutcome;
  /** The lowest one that keeps the upper end of the wrong share below the limit; absent where none does, or no limit was given. */
  readonly lowestWithin?: ThresholdOutcome;
  /** The advice in plain words. */
  readonly text: string;
}

/** Options of {@link adviseThreshold}. */
export interface AdviseThresholdOptions {
  /** What `joinGroundTruth` returned. */
  readonly truth: TruthSummary;
  /** What a rejected answer costs, somebody's look at it, say. @defaultValue `1` */
  readonly rejectedCost?: number;
  /** What a wrong answer costs that was let pass. @defaultValue `10` */
  readonly wrongCost?: number;
  /** Largest share of wrong answers among those let pass, 0 to 1. @defaultValue none */
  readonly maxWrongShare?: number;
  /** Thresholds to look at, 0 to 1. @defaultValue 0.5 to 1 in steps of 0.01 */
  readonly thresholds?: readonly number[];
}

const STEPS = Array.from({ length: 51 }, (_, index) => (50 + index) / 100);
const MIN_ANSWERS = 100;

const OptionsSchema = z.strictObject({
  truth: z.object({ counts: TruthCountsSchema }),
  rejectedCost: z.number().min(0).default(1),
  wrongCost: z.number().min(0).default(10),
  maxWrongShare: z.number().min(0).max(1).optional(),
  thresholds: z.array(z.number().min(0).max(1)).min(1).max(10_000).default(STEPS),
});

/**
 * Tells for each threshold how many answers it would have rejected, and how many wrong ones it would have let pass; and
 * which is the cheapest. Counts near a threshold are exact to 1 % of its odds, see `sketchQuantile`.
 *
 * @param options - See {@link AdviseThresholdOptions}.
 * @returns The outcomes, and the advice.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { adviseThreshold, type TruthSummary } from "scones-ml/monitoring";
 *
 * export function choose(truth: TruthSummary): number | undefined {
 *   const { text, cheapest } = adviseThreshold({ truth, rejectedCost: 0.02, wrongCost: 1 });
 *   console.log(text);
 *   return cheapest?.threshold;
 * }
 * ```
 */
export function adviseThreshold(options: AdviseThresholdOptions): ThresholdAdvice {
  const parsed = parseOptions("adviseThreshold", OptionsSchema, options);
  const { truth, rejectedCost, wrongCost, maxWrongShare, thresholds } = parsed;
  const { right, wrong, matched } = truth.counts;
  const outcomes = [...new Set(thresholds)]
    .sort((one, other) => one - other)
    .map((threshold): ThresholdOutcome => {
      const wrongRejected = countBelow(wrong, threshold);
      const rejected = wrongRejected + countBelow(right, threshold);
      const passed = wrong.count - wrongRejected;
      return {
        threshold,
        rejected,
        rejectedShare: estimateShare(rejected, matched),
        wrong: passed,
        wrongShare: estimateShare(passed, matched - rejected),
        cost: rejected * rejectedCost + passed * wrongCost,
      };
    });
  if (matched === 0) return { outcomes, text: "No advice: the truth of no answer is known." };
  const cheapest = outcomes.reduce((best, outcome) => (outcome.cost < best.cost ? outcome : best));
  const lowestWithin =
    maxWrongShare === undefined ? undefined : outcomes.find(({ wrongShare }) => wrongShare.high <= maxWrongShare);
  return {
    outcomes,
    cheapest,
    ...(lowestWithin === undefined ? {} : { lowestWithin }),
    text: describeAdvice(cheapest, lowestWithin, maxWrongShare, matched),
  };
}

function countBelow(sketch: Sketch, threshold: number): number {
  return Math.round(sketchShareBelow(sketch, threshold) * sketch.count);
}

function describeAdvice(
  cheapest: ThresholdOutcome,
  lowestWithin: ThresholdOutcome | undefined,
  maxWrongShare: number | undefined,
  matched: number,
): string {
  const describe = ({ threshold, rejected, wrong }: ThresholdOutcome) =>
    `${threshold}, which would have rejected ${rejected} of ${matched} answers and let ${wrong} wrong ones pass`;
  const parts = [`The cheapest threshold is ${describe(cheapest)}.`];
  if (lowestWithin !== undefined) {
    parts.push(`The lowest one that holds the limit of ${maxWrongShare} is ${describe(lowestWithin)}.`);
  } else if (maxWrongShare !== undefined) {
    parts.push(`None of the thresholds is sure to hold the limit of ${maxWrongShare} on this many answers.`);
  }
  if (matched < MIN_ANSWERS)
    parts.push(`These are few answers: with fewer than ${MIN_ANSWERS}, the intervals matter more.`);
  return parts.join(" ");
}
