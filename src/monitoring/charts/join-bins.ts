import type { CaptureSummary } from "../statistics/capture-summary.js";
import { type BinSummary, TimeBins } from "../statistics/time-bins.js";
import type { TimeRange } from "./time-axis.js";

/** Figures by time, in spans that are wide enough to be drawn. @internal */
export interface DrawnBins {
  readonly binMs: number;
  readonly bins: readonly BinSummary[];
}

/**
 * Joins neighbouring bins until they are few enough.
 *
 * @param summary - The captures.
 * @param range - The time that is drawn.
 * @param most - How many bins it has room for.
 * @returns The bins, each twice as long as it was, several times over.
 * @internal
 */
export function joinBins(
  { bins, binMs, threshold, labels }: CaptureSummary,
  { from, to }: TimeRange,
  most: number,
): DrawnBins {
  let joined = binMs;
  while ((to - from) / joined > most) joined *= 2;
  if (joined === binMs) return { binMs, bins };
  const gathered = new TimeBins(binMs, threshold, labels.length);
  // No bins of a longer span make these as long.
  gathered.merge([], joined);
  gathered.merge(bins, joined);
  return { binMs: gathered.binMs, bins: gathered.summarize() };
}

/** Says how long a bin is. @internal */
export function describeSpan(ms: number): string {
  const units = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
  ] as const;
  const [unit, length] = units.find(([, each]) => ms === each || ms >= 2 * each) ?? ["millisecond", 1];
  const count = Math.round((ms / length) * 10) / 10;
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}
