import { parseOptions } from "../../core/options.js";
import { plainText } from "../../core/plain-text.js";
import { fitText } from "../../core/text-size.js";
import type { CaptureSummary, VariantSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import { estimateShare } from "../truth/truth-summary.js";
import { drawHead, drawNothing, MARGIN, TEXT_SIZE, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { drawShape } from "./class-looks.js";
import { line, mark, rect, text } from "./svg-parts.js";
import { formatCount, formatNumber, formatPercent } from "./ticks.js";
import { createScale, type Scale } from "./value-axis.js";

const OptionsSchema = chartOptionsSchema({ width: 720, height: 140, title: "Variants" });

/** A name and three scales. */
const ROW = 92;
/** Room for the values at the right. */
const VALUES = 120;
/** Room for the names of the three scales. */
const NAMES = 88;
/** An endpoint has at most ten; a folder that holds more is told in words. */
const MOST = 20;

/**
 * Draws the variants of a summary beside each other: how many answers each gave, where its confidence lies (median, half
 * and nine in ten of the answers), and its share below the threshold with the interval at 95 %. Intervals that do not
 * overlap differ; whether one variant is better is for `joinGroundTruth` to say. 720 pixels wide unless options say
 * otherwise, and as tall as its rows need.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the summary or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderVariantChart, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const observations = readCaptures({ source: "s3://scones/data_capture", endpointName: "scones" });
 * const summary = await summarizeCaptures(observations, { labels: ["bicycle", "motorcycle"] });
 * await writeFile("variants.svg", renderVariantChart(summary));
 * ```
 */
export function renderVariantChart(summary: CaptureSummary, options: ChartOptions = {}): string {
  const data = parseOptions("renderVariantChart", CaptureSummarySchema, summary);
  return drawVariantChart(data, parseOptions("renderVariantChart", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawVariantChart({ perVariant, threshold }: CaptureSummary, shape: ChartShape): string {
  const shown = perVariant.slice(0, MOST);
  const more = perVariant.length - shown.length;
  const words = `Confidence: median, half and nine in ten of the answers. Below ${formatNumber(threshold)}: share, and its interval at 95 %.${more > 0 ? ` ${more} more are not shown.` : ""}`;
  const head = drawHead(shape, perVariant.length === 0 ? "" : words);
  const top = head.bottom + 8;
  const [left, right] = [MARGIN + NAMES, shape.width - MARGIN - VALUES];
  const most = shown.reduce((highest, { count }) => Math.max(highest, count), 1);
  const count = createScale([0, most], [left, right]);
  const share = createScale([0, 1], [left, right]);
  const manyEndpoints = new Set(perVariant.map(({ endpointName }) => endpointName)).size > 1;
  const rows = shown.map((variant, index) =>
    drawRow(variant, { y: top + index * ROW, count, share, width: shape.width, threshold, manyEndpoints }),
  );
  const height = Math.max(shape.height, Math.ceil(top + shown.length * ROW + MARGIN));
  const plot = { left: MARGIN, right: shape.width - MARGIN, top, bottom: height - MARGIN };
  return writeChart(shape, {
    description: shown.length === 0 ? "No variants." : shown.map((each) => describe(each, manyEndpoints)).join(" "),
    height,
    parts: [head.parts, ...rows, shown.length === 0 ? drawNothing(plot, "No classified captures") : ""],
  });
}

interface RowPlace {
  readonly y: number;
  readonly count: Scale;
  readonly share: Scale;
  readonly width: number;
  readonly threshold: number;
  readonly manyEndpoints: boolean;
}

function drawRow(variant: VariantSummary, { y, count, share, width, threshold, manyEndpoints }: RowPlace): string {
  const right = width - MARGIN;
  const name = fitText(nameOf(variant, manyEndpoints), TEXT_SIZE, (right - MARGIN) * 0.94);
  const [end, at] = [share(1) + 8, (index: number) => y + 34 + index * 20];
  const below = estimateShare(variant.belowThreshold, variant.count);
  const value = (content: string, index: number) =>
    text(fitText(content, TEXT_SIZE, right - end), { x: end, y: at(index) + 4, size: TEXT_SIZE });
  const label = (content: string, index: number) =>
    text(fitText(content, TEXT_SIZE, NAMES - 8), { x: MARGIN, y: at(index) + 4, size: TEXT_SIZE, tone: "muted" });
  const parts = [
    text(name, { x: MARGIN, y: y + 16, size: TEXT_SIZE, isBold: true }),
    label("answers", 0),
    rect({ x: share(0), y: at(0) - 5, width: Math.max(1, count(variant.count) - share(0)), height: 10 }, "c0", 0.55),
    value(formatCount(variant.count), 0),
    label("confidence", 1),
    drawSpread(variant, share, at(1), threshold),
    value(variant.quantiles === undefined ? "–" : `median ${formatNumber(variant.quantiles.p50)}`, 1),
    label(`below ${formatNumber(threshold)}`, 2),
    ...(below.value === undefined ? [] : [drawShare(share, below, at(2))]),
    value(below.value === undefined ? "–" : `${formatPercent(below.value)}`, 2),
  ];
  return mark(parts.join("\n"), describe(variant, manyEndpoints));
}

function drawSpread({ quantiles }: VariantSummary, share: Scale, y: number, threshold: number): string {
  const track = line(share(0), y, share(1), y, "grid");
  if (quantiles === undefined) return track;
  const { p05, p25, p50, p75, p95 } = quantiles;
  return [
    track,
    line(share(threshold), y - 8, share(threshold), y + 8, "alarm", { dash: "3 2", width: 1.5 }),
    line(share(p05), y, share(p95), y, "c0", { width: 2 }),
    line(share(p25), y, Math.max(share(p25) + 1, share(p75)), y, "c0", { width: 8 }),
    line(share(p50), y - 7, share(p50), y + 7, "ink", { width: 2 }),
  ].join("");
}

function drawShare(share: Scale, { value = 0, low, high }: ReturnType<typeof estimateShare>, y: number): string {
  return [
    line(share(0), y, share(1), y, "grid"),
    line(share(low), y, share(high), y, "alarm", { width: 2 }),
    line(share(low), y - 4, share(low), y + 4, "alarm", { width: 2 }),
    line(share(high), y - 4, share(high), y + 4, "alarm", { width: 2 }),
    drawShape(0, share(value), y, 3.5),
  ].join("");
}

function nameOf({ endpointName, variantName }: VariantSummary, manyEndpoints: boolean): string {
  const variant = variantName === "" ? "variant not known" : variantName;
  return plainText(
    manyEndpoints ? `${endpointName === "" ? "endpoint not known" : endpointName}, ${variant}` : variant,
  );
}

function describe(variant: VariantSummary, manyEndpoints: boolean): string {
  const { count, mean, belowThreshold } = variant;
  const { value, low, high } = estimateShare(belowThreshold, count);
  const confidence = mean === undefined ? "" : `, mean confidence ${formatNumber(mean)}`;
  const below =
    value === undefined
      ? ""
      : `, ${formatPercent(value)} below the threshold (${formatPercent(low)} to ${formatPercent(high)})`;
  return `${nameOf(variant, manyEndpoints)}: ${formatCount(count)} answers${confidence}${below}.`;
}
