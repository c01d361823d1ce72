import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { CaptureSummary } from "./capture-summary.js";
import { SummaryBuilder } from "./summary-builder.js";
import { CaptureSummarySchema } from "./summary-schema.js";

const SummariesSchema = z
  .array(CaptureSummarySchema)
  .min(1, "needs at least one summary")
  .refine(
    ([first, ...others]) => others.every(({ labels }) => JSON.stringify(labels) === JSON.stringify(first?.labels)),
    "must all have the same labels",
  )
  .refine(
    ([first, ...others]) => others.every(({ threshold }) => threshold === first?.threshold),
    "must all have the same threshold",
  )
  .refine((all) => {
    const shortest = Math.min(...all.map(({ binMs }) => binMs));
    return all.every(({ binMs }) => Number.isInteger(Math.log2(binMs / shortest)));
  }, "must all have bins of the same length, or twice that, several times over");

/**
 * Joins summaries of different captures: counts, sketches, bins and points are those of all captures together, sums the
 * same but for the rounding of their last digits. Captures that are in two of the summaries count twice.
 *
 * @param summaries - At least one, with the same labels, threshold and length of bins.
 * @returns The summary of everything.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when one of them is none, or they do not fit together.
 *
 * @example
 * ```ts
 * import { mergeSummaries, readCaptures, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const options = { labels: ["bicycle", "motorcycle"] };
 * const [morning, evening] = await Promise.all(
 *   ["morning", "evening"].map((source) => summarizeCaptures(readCaptures({ source }), options)),
 * );
 * if (morning && evening) console.log(mergeSummaries([morning, evening]).overall.quantiles);
 * ```
 */
export function mergeSummaries(summaries: readonly CaptureSummary[]): CaptureSummary {
  const all = parseOptions("mergeSummaries", SummariesSchema, summaries);
  const [first] = all as [CaptureSummary];
  const binMs = Math.min(...all.map((summary) => summary.binMs));
  const maxPoints = Math.max(...all.map((summary) => summary.maxPoints));
  const builder = new SummaryBuilder({ labels: first.labels, threshold: first.threshold, binMs, maxPoints });
  for (const summary of all) builder.merge(summary);
  return builder.build();
}
