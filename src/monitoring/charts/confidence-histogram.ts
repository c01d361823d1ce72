import { parseOptions } from "../../core/options.js";
import { estimateWidth } from "../../core/text-size.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { sketchQuantile, sketchShareBelow } from "../statistics/sketch.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import {
  AXIS_NAME,
  drawHead,
  drawNothing,
  fitHeight,
  MARGIN,
  type Plot,
  TEXT_SIZE,
  writeChart,
} from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { drawHatching } from "./class-looks.js";
import { line, mark, type Rect, rect, text } from "./svg-parts.js";
import { chooseCountTicks, chooseTicks, formatCount, formatNumber, formatPercent } from "./ticks.js";
import {
  countTicks,
  createScale,
  drawLevelAxis,
  drawValueAxis,
  LEVEL_AXIS,
  measureTicks,
  type Scale,
} from "./value-axis.js";

const OptionsSchema = chartOptionsSchema({ width: 480, height: 360, title: "How sure the answers are" });

/** Hatching of what is below the threshold. */
const HATCHED = 1;

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Draws how often each confidence occurs, with threshold and median. What is below the threshold has another colour and
 * is hatched. The counts come from the summary's sketch, so they are those of all answers; near the ends of a bar they
 * are off by what 1 % of the odds holds. 480 by 360 pixels unless options say otherwise.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the summary or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderConfidenceHistogram, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * await writeFile("histogram.svg", renderConfidenceHistogram(summary));
 * ```
 */
export function renderConfidenceHistogram(summary: CaptureSummary, options: ChartOptions = {}): string {
  const data = parseOptions("renderConfidenceHistogram", CaptureSummarySchema, summary);
  return drawConfidenceHistogram(data, parseOptions("renderConfidenceHistogram", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawConfidenceHistogram(summary: CaptureSummary, asked: ChartShape): string {
  const { overall, threshold } = summary;
  const lowest = Math.floor(Math.min(overall.min ?? 0, threshold) * 10 - 1e-9) / 10;
  const from = Math.max(0, lowest);
  const bars = listBars(summary, from);
  const highest = bars.reduce((most, { count }) => Math.max(most, count), 0);
  const median = sketchQuantile(overall.sketch, 0.5);
  const words =
    median === undefined
      ? ""
      : overall.count === 1
        ? `One answer, ${formatNumber(median)}.`
        : `Half of ${formatCount(overall.count)} answers are not above ${formatNumber(median)}; ${formatPercent(overall.belowThreshold / overall.count)} are below ${formatNumber(threshold)}.`;
  const swatch = (isBelow: boolean) => (x: number, y: number) =>
    drawBox({ x: x - 8, y: y - 6, width: 16, height: 12 }, isBelow);
  const head = drawHead(asked, words, [
    { label: `from ${formatNumber(threshold)} on`, draw: swatch(false) },
    { label: `below ${formatNumber(threshold)}`, draw: swatch(true) },
  ]);
  const shape = fitHeight(asked, head.bottom + AXIS_NAME, LEVEL_AXIS);
  const most = countTicks(shape.height - LEVEL_AXIS - head.bottom - AXIS_NAME);
  const ticks = chooseCountTicks(highest, most).map((value) => ({ value, label: formatCount(value) }));
  const top = ticks.at(-1)?.value ?? 1;
  const plot: Plot = {
    left: MARGIN + measureTicks(ticks),
    right: shape.width - MARGIN,
    top: head.bottom + AXIS_NAME,
    bottom: shape.height - LEVEL_AXIS,
  };
  const [x, y] = [createScale([from, 1], [plot.left, plot.right]), createScale([0, top], [plot.bottom, plot.top])];
  const levels = chooseTicks(from, 1, 6).map((value) => ({ value, label: formatNumber(value) }));
  return writeChart(shape, {
    description: words === "" ? "No classified captures." : words,
    parts: [
      head.parts,
      drawValueAxis(plot, ticks, y, "Answers"),
      ...bars.map((bar) => drawBar(bar, { x, y }, threshold)),
      line(x(threshold), plot.top, x(threshold), plot.bottom, "alarm", { width: 1.5, dash: "6 4" }),
      overall.count === 0 ? drawNothing(plot, "No classified captures") : drawMedian(plot, x, median ?? 0),
      drawLevelAxis(plot, levels, x, "Confidence"),
    ],
  });
}

function listBars({ overall }: CaptureSummary, from: number): readonly Bar[] {
  const { sketch, count } = overall;
  if (count === 0) return [];
  const width = from >= 0.9 ? 0.005 : from >= 0.7 ? 0.02 : 0.05;
  const bars = Math.round((1 - from) / width);
  // What is not above 1 is below anything higher.
  const below = (edge: number) =>
    edge >= bars ? count : Math.round(sketchShareBelow(sketch, from + edge * width) * count);
  return Array.from({ length: bars }, (_, index) => ({
    from: from + index * width,
    to: from + (index + 1) * width,
    count: below(index + 1) - below(index),
  })).filter((bar) => bar.count > 0);
}

function drawBar(bar: Bar, { x, y }: { readonly x: Scale; readonly y: Scale }, threshold: number): string {
  const { from, to, count } = bar;
  const cut = Math.min(to, Math.max(from, threshold));
  const box = (begin: number, end: number): Rect => ({
    x: x(begin),
    y: y(count),
    width: Math.max(0, x(end) - x(begin) - (end === to ? 1 : 0)),
    height: y(0) - y(count),
  });
  const parts = [cut > from ? drawBox(box(from, cut), true) : "", cut < to ? drawBox(box(cut, to), false) : ""];
  return mark(
    parts.join(""),
    `${formatNumber(from)} to ${formatNumber(to)}: ${formatCount(count)} ${count === 1 ? "answer" : "answers"}`,
  );
}

function drawBox(box: Rect, isBelow: boolean): string {
  return isBelow ? rect(box, "alarm") + drawHatching(HATCHED, box) : rect(box, "c0");
}

/** The median stands above the plot, where no bar is. */
function drawMedian({ top, bottom, left, right }: Plot, x: Scale, median: number): string {
  const label = `median ${formatNumber(median)}`;
  const half = estimateWidth(label, TEXT_SIZE) / 2;
  // The name of the upright axis stands on the left.
  const middle = Math.min(right - half, Math.max(left + 40 + half, x(median)));
  return [
    line(x(median), top - 6, x(median), bottom, "ink", { width: 1.5 }),
    text(label, { x: middle, y: top - 12, size: TEXT_SIZE, anchor: "middle" }),
  ].join("\n");
}
