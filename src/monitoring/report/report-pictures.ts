import { drawCalibrationChart } from "../charts/calibration-chart.js";
import type { ChartShape } from "../charts/chart-options.js";
import { drawClassMixChart } from "../charts/class-mix-chart.js";
import { drawConfidenceChart } from "../charts/confidence-chart.js";
import { drawConfidenceHistogram } from "../charts/confidence-histogram.js";
import { drawConfusionMatrix } from "../charts/confusion-matrix.js";
import { drawDriftChart } from "../charts/drift-chart.js";
import { drawVariantChart } from "../charts/variant-chart.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { TruthSummary } from "../truth/describe-truth.js";

const NARROW_WIDTH = 340;
const FULL = { width: 960, height: 440, narrowHeight: 380 };
const LOW = { width: 960, height: 340, narrowHeight: 320 };
const HALF = { width: 500, height: 380, narrowHeight: 360 };
const ROWS = { width: 960, height: 0, narrowHeight: 0 };

/** Draws a picture for wide and for narrow screens; the style shows one of them. */
function show(
  title: string,
  { width, height, narrowHeight }: typeof FULL,
  draw: (shape: ChartShape) => string,
): string {
  const shape = { title, theme: "inherit" } as const;
  const wide = draw({ ...shape, width, height });
  const narrow = draw({ ...shape, width: NARROW_WIDTH, height: narrowHeight });
  return `<figure>\n<div class="wide">${wide}</div>\n<div class="narrow">${narrow}</div>\n</figure>`;
}

/** The pictures over time. @internal */
export function showTime(summary: CaptureSummary): string {
  return [
    show("Confidence over time", FULL, (shape) => drawConfidenceChart(summary, shape)),
    show("Answers by class over time", LOW, (shape) => drawClassMixChart(summary, shape)),
  ].join("\n");
}

/** The histogram, beside the calibration where the truth is known. @internal */
export function showConfidence(summary: CaptureSummary, truth: TruthSummary | undefined): string {
  const histogram = (size: typeof FULL) =>
    show("How sure the answers are", size, (shape) => drawConfidenceHistogram(summary, shape));
  if (truth === undefined) return histogram(LOW);
  const title = "Are the answers as right as they are sure?";
  const calibration = show(title, HALF, (shape) => drawCalibrationChart(truth, shape));
  return `<div class="pair">\n${histogram(HALF)}\n${calibration}\n</div>`;
}

/** The confusion matrix. @internal */
export function showConfusion(truth: TruthSummary): string {
  return show("What was answered for what", LOW, (shape) => drawConfusionMatrix(truth, shape));
}

/** What the drift tests found; the verdict stands above it in the page. @internal */
export function showDrift(drift: DriftReport): string {
  if (drift.tests.length === 0 && drift.omitted.length === 0) return "";
  return show("Effects of the tests", ROWS, (shape) => drawDriftChart({ ...drift, text: "" }, shape));
}

/** The variants beside each other. @internal */
export function showVariants(summary: CaptureSummary): string {
  return summary.perVariant.length < 2 ? "" : show("Variants", ROWS, (shape) => drawVariantChart(summary, shape));
}
