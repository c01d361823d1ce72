import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import type { BinSummary } from "../statistics/time-bins.js";
import { AXIS_NAME, drawHead, drawNothing, fitHeight, MARGIN, type Plot, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { type ClassLook, chooseClasses, drawHatching, toneOf } from "./class-looks.js";
import { describeSpan, joinBins } from "./join-bins.js";
import { mark, type Rect, rect } from "./svg-parts.js";
import { formatCount, formatPercent } from "./ticks.js";
import { chooseTimeRange, createTimeScale, describeTimeData, drawTimeAxis, formatTime } from "./time-axis.js";
import { createScale, drawValueAxis, LEVEL_AXIS, measureTicks } from "./value-axis.js";

const OptionsSchema = chartOptionsSchema({ width: 960, height: 360, title: "Answers by class over time" });

/** Width that a bin needs at least, its gap included. */
const BIN_WIDTH = 9;
const TICKS = [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: formatPercent(value) }));

/**
 * Draws how the answers are shared among the classes over time: a column for each bin of the summary, or for several
 * where there are too many. Classes differ in colour and in hatching; beyond six, the less frequent ones are taken
 * together. 960 by 360 pixels unless options say otherwise.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned; its `binMs` is the width of a column.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the summary or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderClassMixChart, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * await writeFile("class-mix.svg", renderClassMixChart(summary, { theme: "dark" }));
 * ```
 */
export function renderClassMixChart(summary: CaptureSummary, options: ChartOptions = {}): string {
  const data = parseOptions("renderClassMixChart", CaptureSummarySchema, summary);
  return drawClassMixChart(data, parseOptions("renderClassMixChart", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawClassMixChart(summary: CaptureSummary, asked: ChartShape): string {
  const range = chooseTimeRange(summary);
  const classes = chooseClasses(summary);
  const left = MARGIN + measureTicks(TICKS);
  const right = asked.width - MARGIN;
  const { bins, binMs } = range === undefined ? summary : joinBins(summary, range, (right - left) / BIN_WIDTH);
  const words = range === undefined ? "" : `A column is ${describeSpan(binMs)}. ${describeMix(summary, classes)}`;
  const legend = classes.map((look) => ({
    label: look.name,
    draw: (x: number, y: number) => fill(look, { x: x - 8, y: y - 6, width: 16, height: 12 }),
  }));
  const head = drawHead(asked, words, legend);
  const shape = fitHeight(asked, head.bottom + AXIS_NAME, LEVEL_AXIS);
  const plot: Plot = { left, right, top: head.bottom + AXIS_NAME, bottom: shape.height - LEVEL_AXIS };
  const y = createScale([0, 1], [plot.bottom, plot.top]);
  const columns = () => {
    if (range === undefined) return [drawNothing(plot, "No classified captures")];
    const x = createTimeScale(range, plot);
    return bins.map((bin) => {
      const start = Date.parse(bin.start);
      const [from, to] = [Math.max(plot.left, x(start)), Math.min(plot.right, x(start + binMs))];
      const gap = to - from > 4 ? 1 : 0;
      const width = to - from - gap;
      return width <= 0 ? "" : drawColumn(bin, classes, { x: from, width, y }, { start, binMs });
    });
  };
  return writeChart(shape, {
    description: words === "" ? "No classified captures." : words,
    data: describeTimeData(plot, range),
    parts: [head.parts, drawValueAxis(plot, TICKS, y, "Share of answers"), ...columns(), drawTimeAxis(plot, range)],
  });
}

function drawColumn(
  bin: BinSummary,
  classes: readonly ClassLook[],
  { x, width, y }: { readonly x: number; readonly width: number; readonly y: (share: number) => number },
  { start, binMs }: { readonly start: number; readonly binMs: number },
): string {
  const total = Math.max(1, bin.count);
  let below = 0;
  const parts = classes.map((look) => {
    const share = sum(bin.labelCounts, look) / total;
    const [bottom, top] = [y(below), y(below + share)];
    below += share;
    return share === 0 ? "" : fill(look, { x, y: top, width, height: bottom - top });
  });
  const shares = classes
    .filter((look) => sum(bin.labelCounts, look) > 0)
    .map((look) => `${shorten(plainText(look.name), 40)} ${formatPercent(sum(bin.labelCounts, look) / total)}`);
  const tip = `${formatTime(start)}, ${formatCount(bin.count)} ${bin.count === 1 ? "answer" : "answers"}: ${shares.join(", ")}`;
  return mark(parts.join(""), tip, { from: start, to: start + binMs });
}

function fill({ index }: ClassLook, box: Rect): string {
  return rect(box, toneOf(index)) + drawHatching(index, box);
}

function sum(labelCounts: readonly number[], { labelIds }: ClassLook): number {
  return labelIds.reduce((total, labelId) => total + (labelCounts[labelId] ?? 0), 0);
}

function describeMix({ overall, perLabel }: CaptureSummary, classes: readonly ClassLook[]): string {
  const counts = perLabel.map(({ count }) => count);
  const shares = classes.map(
    (look) => `${shorten(plainText(look.name), 30)} ${formatPercent(sum(counts, look) / Math.max(1, overall.count))}`,
  );
  return `Over all: ${shares.join(", ")}.`;
}
