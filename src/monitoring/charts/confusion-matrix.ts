import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import { estimateWidth } from "../../core/text-size.js";
import type { TruthSummary } from "../truth/describe-truth.js";
import { drawHead, drawNothing, MARGIN, TEXT_SIZE, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { type ConfusionGrid, drawGrid, drawNames, layOutGrid } from "./confusion-grid.js";
import { mark, type Rect, rect, text } from "./svg-parts.js";
import { formatCount, formatPercent } from "./ticks.js";
import { TruthInputSchema } from "./truth-input.js";

const OptionsSchema = chartOptionsSchema({ width: 480, height: 400, title: "What was answered for what" });

/** Share of a row from which on its cell is dark. */
const DARK = 0.6;

/**
 * Draws the confusion matrix: a row for each true class, a column for each answer. A cell is the darker the larger its
 * share of the row, and holds its count where there is room; right answers are framed. 480 by 400 pixels unless options
 * say otherwise, taller where there are many classes; where columns are too narrow for names, they have numbers.
 *
 * @param truth - What `joinGroundTruth` or `mergeTruth` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the truth or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { renderConfusionMatrix, type TruthSummary } from "scones-ml/monitoring";
 *
 * export const draw = (truth: TruthSummary) => writeFile("confusion.svg", renderConfusionMatrix(truth, { width: 640 }));
 * ```
 */
export function renderConfusionMatrix(truth: TruthSummary, options: ChartOptions = {}): string {
  const data = parseOptions("renderConfusionMatrix", TruthInputSchema, truth);
  return drawConfusionMatrix(data, parseOptions("renderConfusionMatrix", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawConfusionMatrix(truth: TruthSummary, shape: ChartShape): string {
  const { matched, labels } = truth.counts;
  const { value, low, high } = truth.accuracy;
  const words =
    value === undefined
      ? ""
      : `${formatPercent(value)} of ${formatCount(matched)} ${matched === 1 ? "answer" : "answers"} with known truth are right (${formatPercent(low)} to ${formatPercent(high)}).`;
  const head = drawHead(shape, words);
  const grid = layOutGrid(labels, shape, head.bottom);
  const cells = truth.confusion.flatMap((row, rowId) => {
    const images = row.reduce((sum, count) => sum + count, 0);
    // What never happened is a white cell, and a hundred classes would have thousands of them.
    return row.flatMap((count, columnId) =>
      count === 0 ? [] : [drawCell(grid, labels, { rowId, columnId, count, images })],
    );
  });
  return writeChart(shape, {
    height: Math.ceil(grid.plot.bottom + MARGIN),
    description: words === "" ? "No answer whose truth is known." : words,
    parts: [
      head.parts,
      ...cells,
      matched === 0 ? "" : drawGrid(grid),
      matched === 0 ? drawNothing(grid.plot, "No answer whose truth is known") : "",
      drawNames(grid, head.bottom),
    ],
  });
}

function drawCell(
  { plot, cell }: ConfusionGrid,
  labels: readonly string[],
  { rowId, columnId, count, images }: { rowId: number; columnId: number; count: number; images: number },
): string {
  const share = count / images;
  const box: Rect = {
    x: plot.left + columnId * cell.width,
    y: plot.top + rowId * cell.height,
    width: cell.width,
    height: cell.height,
  };
  const tip = `${name(labels[rowId])} answered as ${name(labels[columnId])}: ${formatCount(count)} of ${formatCount(images)} (${formatPercent(share)})`;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2, anchor: "middle" as const };
  const tone = share > DARK ? "paper" : "ink";
  const size = cell.width > 90 && cell.height > 48 ? 16 : TEXT_SIZE;
  const written = formatCount(count);
  const hasRoom = estimateWidth(written, size) + 4 <= cell.width && size + 4 <= cell.height;
  const hasShare = hasRoom && cell.height >= 52 && estimateWidth(formatPercent(share), TEXT_SIZE) + 4 <= cell.width;
  const words = [
    hasRoom
      ? text(written, { ...middle, y: middle.y + (hasShare ? -2 : 4), size, tone, isBold: rowId === columnId })
      : "",
    hasShare ? text(formatPercent(share), { ...middle, y: middle.y + 16, size: TEXT_SIZE, tone }) : "",
  ];
  return mark(rect(box, rowId === columnId ? "c0" : "alarm", share) + words.join(""), tip);
}

function name(label = ""): string {
  return shorten(plainText(label), 60);
}
