import { escapeHtml } from "../../core/plain-text.js";
import { formatCount, formatNumber, formatPercent } from "../charts/ticks.js";
import { formatTime } from "../charts/time-axis.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { TruthSummary } from "../truth/describe-truth.js";

const VERDICTS: Readonly<Record<DriftReport["verdict"], string>> = {
  drift: "drift",
  "no-drift": "none found",
  "not-enough-data": "too little data",
};

/** Says how many captures there are, and from when to when. @internal */
export function describeRange({ firstTime, lastTime, records }: CaptureSummary): string {
  if (firstTime === undefined || lastTime === undefined) return "No captures.";
  const count = records === 1 ? "One capture" : `${formatCount(records)} captures`;
  const [first, last] = [formatTime(firstTime), formatTime(lastTime)];
  return first === last ? `${count}, ${first}` : `${count}, ${first} to ${last}`;
}

/** The figures that one looks for first. @internal */
export function showFigures(
  { records, skipped, overall, threshold, images }: CaptureSummary,
  truth: TruthSummary | undefined,
  drift: DriftReport | undefined,
): string {
  const { count, belowThreshold, mean, quantiles, min } = overall;
  const share = count === 0 ? "" : `, ${formatPercent(belowThreshold / count)}`;
  const number = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value));
  const accuracy = truth?.accuracy;
  const figures = [
    [
      formatCount(records),
      skipped === 0
        ? `capture${records === 1 ? "" : "s"}`
        : `captures, ${formatCount(skipped)} without a usable answer`,
    ],
    [formatCount(belowThreshold), `below the threshold of ${formatNumber(threshold)}${share}`],
    [
      number(mean),
      count === 0 ? "mean confidence" : `mean confidence; median ${number(quantiles?.p50)}, lowest ${number(min)}`,
    ],
    ...(accuracy === undefined
      ? []
      : [
          [
            accuracy.value === undefined ? "–" : formatPercent(accuracy.value),
            `right of ${formatCount(truth?.counts.matched ?? 0)} with known truth${accuracy.value === undefined ? "" : `; ${formatPercent(accuracy.low)} to ${formatPercent(accuracy.high)} at 95 %`}`,
          ],
        ]),
    ...(drift === undefined ? [] : [[VERDICTS[drift.verdict], "drift from the baseline"]]),
    ...(images === undefined
      ? []
      : [[formatCount(images.distinct), `different images of ${formatCount(images.count)}`]]),
  ];
  const items = figures.map(
    ([value = "", words = ""]) => `<li><strong>${escapeHtml(value)}</strong><span>${escapeHtml(words)}</span></li>`,
  );
  return `<ul class="figures">\n${items.join("\n")}\n</ul>`;
}
