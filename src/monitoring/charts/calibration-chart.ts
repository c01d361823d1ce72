import { parseOptions } from "../../core/options.js";
import type { TruthSummary } from "../truth/describe-truth.js";
import type { CalibrationStep } from "../truth/truth-summary.js";
import { AXIS_NAME, drawHead, drawNothing, fitHeight, MARGIN, type Plot, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { drawShape } from "./class-looks.js";
import { line, mark, rect, round, stroke } from "./svg-parts.js";
import { chooseTicks, formatCount, formatNumber, formatPercent } from "./ticks.js";
import { TruthInputSchema } from "./truth-input.js";
import {
  countTicks,
  createScale,
  drawLevelAxis,
  drawValueAxis,
  LEVEL_AXIS,
  measureTicks,
  type Scale,
} from "./value-axis.js";

const OptionsSchema = chartOptionsSchema({
  width: 480,
  height: 400,
  title: "Are the answers as right as they are sure?",
});

/** Height of the strip of counts at the foot of the plot. */
const STRIP = 34;

/**
 * Draws the reliability curve: for answers of each confidence, how many of them are right, with its interval at 95 %, beside
 * the line of a perfectly calibrated model. The strip at the foot shows how many answers each point stands for. 480 by 400
 * pixels unless options say otherwise.
 *
 * @param truth - What `joinGroundTruth` or `mergeTruth` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the truth or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { renderCalibrationChart, type TruthSummary } from "scones-ml/monitoring";
 *
 * export const draw = (truth: TruthSummary) => writeFile("calibration.svg", renderCalibrationChart(truth));
 * ```
 */
export function renderCalibrationChart(truth: TruthSummary, options: ChartOptions = {}): string {
  const data = parseOptions("renderCalibrationChart", TruthInputSchema, truth);
  return drawCalibrationChart(data, parseOptions("renderCalibrationChart", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawCalibrationChart(truth: TruthSummary, asked: ChartShape): string {
  const steps = truth.calibration.filter(({ count }) => count > 0);
  const { matched } = truth.counts;
  const words =
    truth.calibrationError === undefined
      ? ""
      : `Over ${formatCount(matched)} ${matched === 1 ? "answer" : "answers"} with known truth, confidence and accuracy are ${formatPercent(truth.calibrationError)} apart in the mean.`;
  const head = drawHead(asked, words, [
    { label: "share right, and its interval", draw: drawSwatch },
    { label: "as sure as right", draw: (x, y) => line(x - 8, y, x + 8, y, "muted", { dash: "3 3", width: 1.5 }) },
  ]);
  const shape = fitHeight(asked, head.bottom + AXIS_NAME, LEVEL_AXIS + STRIP);
  const from = Math.min(0.9, Math.floor((steps[0]?.from ?? 0) * 10) / 10);
  const levels = chooseTicks(from, 1, 6).map((value) => ({ value, label: formatNumber(value) }));
  const ticks = chooseTicks(0, 1, countTicks(shape.height - LEVEL_AXIS - STRIP - head.bottom - AXIS_NAME)).map(
    (value) => ({
      value,
      label: formatPercent(value),
    }),
  );
  const plot: Plot = {
    left: MARGIN + measureTicks(ticks),
    right: shape.width - MARGIN,
    top: head.bottom + AXIS_NAME,
    bottom: shape.height - LEVEL_AXIS,
  };
  const x = createScale([from, 1], [plot.left, plot.right]);
  const y = createScale([0, 1], [plot.bottom - STRIP - 6, plot.top]);
  const curve = steps.map((step) => `${round(x(step.confidence ?? step.from))} ${round(y(step.accuracy.value ?? 0))}`);
  return writeChart(shape, {
    description: words === "" ? "No answer whose truth is known." : words,
    parts: [
      head.parts,
      drawValueAxis(plot, ticks, y, "Share right"),
      steps.length === 0 ? "" : line(x(from), y(from), x(1), y(1), "muted", { dash: "3 3", width: 1.5 }),
      ...drawStrip(steps, plot, x),
      steps.length === 0 ? drawNothing({ ...plot, bottom: plot.bottom - STRIP }, "No answer whose truth is known") : "",
      curve.length < 2 ? "" : stroke(`M${curve.join("L")}`, "c0", { width: 2 }),
      ...steps.map((step) => drawStep(step, x, y)),
      drawLevelAxis(plot, levels, x, "Confidence"),
    ],
  });
}

function drawStep({ confidence = 0, accuracy, count, from, to }: CalibrationStep, x: Scale, y: Scale): string {
  const [at, value] = [x(confidence), accuracy.value ?? 0];
  const [low, high] = [y(accuracy.low), y(accuracy.high)];
  const parts = [
    line(at, low, at, high, "c0", { width: 1.5 }),
    line(at - 3, low, at + 3, low, "c0", { width: 1.5 }),
    line(at - 3, high, at + 3, high, "c0", { width: 1.5 }),
    drawShape(0, at, y(value), 4.5),
  ];
  const tip = `confidence ${formatNumber(from)} to ${formatNumber(to)}: ${formatPercent(value)} of ${formatCount(count)} right, ${formatPercent(accuracy.low)} to ${formatPercent(accuracy.high)}`;
  return mark(parts.join(""), tip);
}

function drawStrip(steps: readonly CalibrationStep[], { bottom }: Plot, x: Scale): readonly string[] {
  const highest = steps.reduce((most, { count }) => Math.max(most, count), 1);
  return steps.map(({ from, to, count }) => {
    const height = Math.max(1, (count / highest) * STRIP);
    const box = { x: x(from) + 0.5, y: bottom - height, width: x(to) - x(from) - 1, height };
    return mark(
      rect(box, "muted", 0.45),
      `confidence ${formatNumber(from)} to ${formatNumber(to)}: ${formatCount(count)} answers`,
    );
  });
}

function drawSwatch(x: number, y: number): string {
  return line(x, y - 7, x, y + 7, "c0", { width: 1.5 }) + drawShape(0, x, y, 4);
}
