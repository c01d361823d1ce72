import { describeSpan } from "../charts/join-bins.js";
import { SECOND_MS } from "../charts/time-axis.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";

/** More answers than this are counted by their bins. */
const MOST_POINTS = 5000;

/**
 * Writes what the script counts in a span of time: single answers where the summary has all of them, else its bins. Only
 * numbers get in, so nothing in it can end the element that holds it.
 *
 * @param summary - The captures.
 * @returns The element, and the controls, which the script shows; nothing without answers.
 * @internal
 */
export function describeBrush(summary: CaptureSummary): string {
  const { points, pointsOmitted, bins, binMs, overall } = summary;
  if (overall.count === 0) return "";
  const isExact = pointsOmitted === 0 && points.length <= MOST_POINTS;
  const rows = isExact
    ? points.map(({ time, confidence, belowThreshold }) => {
        const from = Date.parse(time);
        return [from, from + SECOND_MS, 1, belowThreshold ? 1 : 0, shorten(confidence)];
      })
    : bins.map(({ start, count, belowThreshold, mean = 0 }) => {
        const from = Date.parse(start);
        return [from, from + binMs, count, belowThreshold, shorten(mean * count)];
      });
  const data = JSON.stringify({ span: isExact ? "" : describeSpan(binMs), rows });
  return `<div class="brush" id="brush" hidden>
<p id="range" role="status"></p>
<label>From <input type="range" id="from" min="0" max="1000" step="any" value="0"></label>
<label>to <input type="range" id="to" min="0" max="1000" step="any" value="1000"></label>
<button type="button" id="all">Show all</button>
<p class="muted">Choose a span of time with the two sliders, or draw over one of the pictures below.</p>
</div>
<script type="application/json" id="captures">${data}</script>`;
}

function shorten(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
