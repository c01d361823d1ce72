import * as z from "zod";
import { describeTruth, type TruthSummary } from "../truth/describe-truth.js";
import { TruthCountsSchema } from "../truth/truth-summary.js";

/**
 * Checks what `joinGroundTruth` returned, by the counts that everything else in it follows from.
 * @internal
 */
export const TruthInputSchema = z
  .object({ counts: TruthCountsSchema })
  .refine(
    ({ counts: { labels, confusion } }) =>
      confusion.length === labels.length && confusion.every((row) => row.length === labels.length),
    "the confusion matrix must have a row and a column for each label",
  )
  .transform(({ counts }): TruthSummary => describeTruth(counts));
