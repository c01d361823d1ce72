import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import { estimateWidth } from "../../core/text-size.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { CapturePoint } from "../statistics/point-sample.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import {
  AXIS_NAME,
  drawHead,
  drawNothing,
  fitHeight,
  type LegendEntry,
  MARGIN,
  type Plot,
  TEXT_SIZE,
  writeChart,
} from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { chooseClasses, drawAlarm, drawShape } from "./class-looks.js";
import { drawDensity } from "./density-cells.js";
import { joinBins } from "./join-bins.js";
import { type PlacedPoint, type PointSpace, placePoints } from "./place-points.js";
import { drawBand } from "./quantile-band.js";
import { line, mark, text } from "./svg-parts.js";
import { chooseTicks, formatCount, formatNumber, formatPercent } from "./ticks.js";
import {
  chooseTimeRange,
  createTimeScale,
  describeTimeData,
  drawTimeAxis,
  formatTime,
  SECOND_MS,
  type TimeRange,
} from "./time-axis.js";
import { countTicks, createScale, drawValueAxis, LEVEL_AXIS, measureTicks, type Scale } from "./value-axis.js";

/** Options of {@link renderConfidenceChart}. */
export type RenderConfidenceChartOptions = ChartOptions;

const OptionsSchema = chartOptionsSchema({ width: 960, height: 480, title: "Confidence of captured answers" });

/** From so many answers on, the band is drawn too. */
const MANY = 200;
/** More points than this are counted in cells at once. */
const MOST_POINTS = 1500;
/** Smaller points have no shape any more. */
const MIN_RADIUS = 2.2;
/** Width that a bin of the band needs at least. */
const BIN_WIDTH = 12;

/**
 * Draws the confidence of every answer over real time, with the threshold as a line. What is below it differs in colour
 * and in shape, so the picture can also be read in grey. Points never lie on each other: captures of one second, which
 * is as much as a capture tells, are spread over it, and where there is no room for all of them they are counted in
 * cells. Many answers get a band that holds nine in ten of them. 960 by 480 pixels unless options say otherwise.
 *
 * @param summary - What `summarizeCaptures` or `mergeSummaries` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the summary or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderConfidenceChart, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * await writeFile("confidence.svg", renderConfidenceChart(summary, { title: "Scones Unlimited", theme: "auto" }));
 * ```
 */
export function renderConfidenceChart(summary: CaptureSummary, options: RenderConfidenceChartOptions = {}): string {
  const data = parseOptions("renderConfidenceChart", CaptureSummarySchema, summary);
  return drawConfidenceChart(data, parseOptions("renderConfidenceChart", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawConfidenceChart(summary: CaptureSummary, asked: ChartShape): string {
  const { points, threshold } = summary;
  const range = chooseTimeRange(summary);
  const words = describe(summary);
  const draw = (top: number) => {
    const shape = fitHeight(asked, top, LEVEL_AXIS);
    const lowest = chooseLowestConfidence(summary);
    const ticks = chooseTicks(lowest, 1, countTicks(shape.height - LEVEL_AXIS - top)).map((value) => ({
      value,
      label: formatNumber(value),
    }));
    const plot: Plot = {
      left: MARGIN + measureTicks(ticks),
      right: shape.width - MARGIN - estimateWidth(formatNumber(threshold), TEXT_SIZE) - 8,
      top,
      bottom: shape.height - LEVEL_AXIS,
    };
    const y = createScale([lowest, 1], [plot.bottom, plot.top]);
    const answers = range === undefined ? NOTHING : drawAnswers(summary, { plot, range, y });
    const head = drawHead(shape, words, answers.legend);
    return { shape, ticks, plot, y, answers, head, needed: head.bottom + AXIS_NAME };
  };
  // The legend says how answers are drawn, which depends on the room that the legend leaves.
  let drawn = draw(drawHead(asked, words).bottom + AXIS_NAME);
  for (let attempt = 0; drawn.needed > drawn.plot.top && attempt < MOST_ATTEMPTS; attempt++) drawn = draw(drawn.needed);
  const { shape, ticks, plot, y, answers, head } = drawn;
  return writeChart(shape, {
    description: words === "" ? "No classified captures." : words,
    data: describeTimeData(plot, range),
    parts: [
      head.parts,
      drawValueAxis(plot, ticks, y, "Confidence"),
      drawTimeAxis(plot, range),
      answers.parts,
      drawThreshold(plot, y, threshold),
      points.length === 0 ? drawNothing(plot, "No classified captures") : "",
    ],
  });
}

/** The legend is one of two, so the second attempt knows. */
const MOST_ATTEMPTS = 3;

const NOTHING = { parts: "", legend: [] as readonly LegendEntry[] };

function drawAnswers(
  summary: CaptureSummary,
  { plot, range, y }: { readonly plot: Plot; readonly range: TimeRange; readonly y: Scale },
): typeof NOTHING {
  const { points, overall, threshold } = summary;
  const x = createTimeScale(range, plot);
  const bounds = [plot.left, plot.right] as const;
  const isMany = overall.count >= MANY;
  const bins = joinBins(summary, range, Math.max(3, (plot.right - plot.left) / BIN_WIDTH));
  const band = drawBand(isMany ? bins : { ...bins, bins: [] }, { x, y }, bounds);
  const radius = chooseRadius(points.length, (plot.right - plot.left) * (plot.bottom - plot.top));
  const placed =
    points.length > MOST_POINTS ? undefined : findPlaces(points, { x, y, left: plot.left, right: plot.right }, radius);
  if (placed === undefined) {
    const cells = drawDensity(points, { plot, range, y, threshold });
    return { parts: [cells.parts, band.above].join("\n"), legend: [...cells.legend, ...band.legend] };
  }
  const classes = chooseClasses(summary);
  const looks = new Map(classes.flatMap((look) => look.labelIds.map((id) => [summary.labels[id] ?? "", look.index])));
  const below: LegendEntry = {
    label: `below ${formatNumber(threshold)}`,
    draw: (atX, atY) => drawAlarm(atX, atY, 5),
  };
  const entries = classes.map(
    ({ name, index }): LegendEntry => ({ label: name, draw: (atX, atY) => drawShape(index, atX, atY, 5) }),
  );
  return {
    parts: [band.below, ...placed.points.map((each) => drawPoint(each, looks, placed.radius)), band.above].join("\n"),
    legend: [...entries, below, ...band.belowLegend, ...band.legend],
  };
}

/** Tries it with smaller points, too. */
function findPlaces(points: readonly CapturePoint[], space: Omit<PointSpace, "radius">, radius: number) {
  for (const size of [radius, (radius + MIN_RADIUS) / 2, MIN_RADIUS]) {
    const placed = placePoints(points, { ...space, radius: size });
    if (placed !== undefined) return { points: placed, radius: size };
  }
  return undefined;
}

function drawPoint({ point, x, y }: PlacedPoint, looks: ReadonlyMap<string, number>, radius: number): string {
  const shape = point.belowThreshold ? drawAlarm(x, y, radius) : drawShape(looks.get(point.label) ?? 0, x, y, radius);
  const from = Date.parse(point.time);
  return mark(shape, describePoint(point), { from, to: from + SECOND_MS });
}

function describePoint({ label, confidence, time, eventId }: CapturePoint): string {
  return `${shorten(plainText(label), 60)} ${formatNumber(confidence)}, ${formatTime(time)}, event ${shorten(plainText(eventId), 60)}`;
}

/** Smaller the denser the picture is. */
function chooseRadius(count: number, area: number): number {
  return Math.min(5, Math.max(MIN_RADIUS, Math.sqrt(area / Math.max(1, count)) * 0.12));
}

function drawThreshold({ left, right }: Plot, y: Scale, threshold: number): string {
  const at = y(threshold);
  return [
    line(left, at, right, at, "alarm", { width: 1.5, dash: "6 4" }),
    text(formatNumber(threshold), { x: right + 6, y: at + 4, size: TEXT_SIZE, tone: "alarm", isBold: true }),
  ].join("\n");
}

/** The lower end of the confidence axis: a round number below everything that is drawn. */
function chooseLowestConfidence({ points, threshold }: CaptureSummary): number {
  if (points.length === 0) return 0;
  const lowest = points.reduce((least, { confidence }) => Math.min(least, confidence), threshold);
  const room = Math.max(0, lowest - (1 - lowest) * 0.1 - 0.01);
  return room < 0.8 ? Math.floor(room * 10) / 10 : Math.min(0.95, Math.floor(room * 20) / 20);
}

function describe({ overall, threshold, pointsOmitted, points }: CaptureSummary): string {
  const { count, belowThreshold } = overall;
  if (count === 0) return "";
  if (count === 1)
    return `One answer, which is ${belowThreshold === 1 ? "" : "not "}below the threshold of ${formatNumber(threshold)}.`;
  const share = `${formatCount(belowThreshold)} of ${formatCount(count)} answers (${formatPercent(belowThreshold / count)}) are below the threshold of ${formatNumber(threshold)}.`;
  return pointsOmitted === 0
    ? share
    : `${share} The picture shows ${formatCount(points.length)} of them, an even sample on each side of it.`;
}
