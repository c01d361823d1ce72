import { encodePng } from "scones-ml/etl";
import {
  type AnsweredImage,
  type CaptureSummary,
  compareVariants,
  createBaseline,
  type DriftReport,
  detectDrift,
  joinGroundTruth,
  type Observation,
  renderCalibrationChart,
  renderClassMixChart,
  renderConfidenceChart,
  renderConfidenceHistogram,
  renderConfusionMatrix,
  renderDriftChart,
  renderLeastConfidentStrip,
  renderReport,
  renderVariantChart,
  summarizeCaptures,
  type TruthSummary,
} from "scones-ml/monitoring";
import { createRandom } from "../end-to-end/random.js";
import type { Picture, PicturedPage } from "./picture.js";

const LABELS = ["bicycle", "motorcycle"] as const;
const START = Date.UTC(2026, 10, 24, 6);
const HOUR = 3_600_000;
const AUTO = { theme: "auto" } as const;

/** An answer, and what its image really shows. */
interface Labelled {
  readonly observation: Observation;
  readonly label: string;
}

/** How a model answers. */
interface Behaviour {
  readonly count: number;
  readonly seed: number;
  /** Hours that the answers are spread over. */
  readonly hours: number;
  /** From which hour on the images get darker and the answers less sure. */
  readonly darkFrom: number;
}

/** Answers of a made-up endpoint with two variants: the same for the same behaviour. */
function makeAnswers({ count, seed, hours, darkFrom }: Behaviour): readonly Labelled[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const hour = (index / count) * hours;
    const isDark = hour >= darkFrom;
    const variantName = random.next() < 0.2 ? "next" : "AllTraffic";
    const doubt = (isDark ? 0.98 : 0.45) * (variantName === "next" ? 0.8 : 1);
    const confidence = 1 - 0.5 * Math.min(0.999, random.next() ** 2 * doubt + random.next() * 0.04);
    const labelId = random.next() < (isDark ? 0.3 : 0.5) ? 0 : 1;
    const isRight = random.next() < confidence - 0.04;
    const observation: Observation = {
      eventId: `event-${String(index).padStart(4, "0")}`,
      time: new Date(START + Math.floor(hour * 3600) * 1000),
      probabilities: labelId === 0 ? [confidence, 1 - confidence] : [1 - confidence, confidence],
      labelId,
      confidence,
      endpointName: "scones",
      variantName,
    };
    return { observation, label: LABELS[isRight ? labelId : 1 - labelId] ?? "" };
  });
}

/** A wheel or two on a coloured ground, 32 by 32 pixels. */
function drawWheels(label: string, seed: number): Uint8Array {
  const random = createRandom(seed);
  const ground = [random.next() * 120 + 60, random.next() * 120 + 60, random.next() * 120 + 60];
  const radius = label === "bicycle" ? 6 : 5;
  const thickness = label === "bicycle" ? 1.2 : 2.6;
  const rgb = new Uint8Array(32 * 32 * 3);
  for (let at = 0; at < 32 * 32; at++) {
    const [x, y] = [at % 32, Math.floor(at / 32)];
    const wheel = Math.min(...[9, 23].map((middle) => Math.abs(Math.hypot(x - middle, y - 21) - radius)));
    const isBody = label === "motorcycle" && y > 11 && y < 17 && x > 8 && x < 24;
    for (let channel = 0; channel < 3; channel++) {
      const shade = (ground[channel] ?? 0) + y * 2 + random.next() * 12;
      rgb[at * 3 + channel] = wheel < thickness ? 24 : isBody ? 200 - channel * 60 : shade;
    }
  }
  return encodePng({ width: 32, height: 32, rgb });
}

/** Everything that the pictures are drawn from. */
interface Material {
  readonly summary: CaptureSummary;
  readonly truth: TruthSummary;
  readonly drift: DriftReport;
  readonly images: readonly AnsweredImage[];
}

async function gather(): Promise<Material> {
  const answers = makeAnswers({ count: 600, seed: 5, hours: 12, darkFrom: 7 });
  const before = makeAnswers({ count: 1200, seed: 6, hours: 12, darkFrom: 79 });
  const options = { labels: LABELS, binMs: HOUR };
  const observations = answers.map(({ observation }) => observation);
  const labels = new Map(answers.map(({ observation, label }) => [observation.eventId, label]));
  const summary = await summarizeCaptures(observations, options);
  const baseline = createBaseline(
    await summarizeCaptures(
      before.map(({ observation }) => observation),
      options,
    ),
  );
  const images = summary.leastConfident.map((point, index): AnsweredImage => {
    const truth = labels.get(point.eventId) ?? "";
    return { ...point, truth, image: drawWheels(truth, index + 1) };
  });
  const truth = await joinGroundTruth({
    observations,
    truth: [...labels].map(([id, label]) => ({ id, label })),
    labels: LABELS,
  });
  return { summary, truth, drift: detectDrift({ baseline, summary }), images };
}

/** The pictures of docs/monitoring.md; drawing them again gives the same bytes. */
export const monitoringPictures: readonly Picture[] = [
  { name: "confidence", draw: async () => renderConfidenceChart((await gather()).summary, AUTO) },
  { name: "class-mix", draw: async () => renderClassMixChart((await gather()).summary, AUTO) },
  { name: "histogram", draw: async () => renderConfidenceHistogram((await gather()).summary, AUTO) },
  { name: "calibration", draw: async () => renderCalibrationChart((await gather()).truth, AUTO) },
  { name: "confusion", draw: async () => renderConfusionMatrix((await gather()).truth, AUTO) },
  { name: "drift", draw: async () => renderDriftChart((await gather()).drift, AUTO) },
  { name: "variants", draw: async () => renderVariantChart((await gather()).summary, AUTO) },
  { name: "least-confident", draw: async () => renderLeastConfidentStrip((await gather()).images, AUTO) },
];

/** A report with everything in it. */
async function writeReport(): Promise<string> {
  const { summary, truth, drift, images } = await gather();
  const [control, candidate] = summary.perVariant;
  return renderReport({
    summary,
    truth,
    drift,
    images,
    ...(control === undefined || candidate === undefined
      ? {}
      : { comparison: compareVariants({ control, candidate }) }),
    skipped: [{ reason: "foreign-file", file: "s3://scones/data_capture/scones/AllTraffic/2026/11/24/06/notes.txt" }],
    title: "Scones Unlimited",
    sections: [{ heading: "Endpoint", facts: [{ name: "Instance", value: "ml.m5.xlarge" }] }],
  });
}

/** A report of the first few answers, which may be none. */
async function writeSmallReport(count: number): Promise<string> {
  const answers = makeAnswers({ count: 1, seed: 5, hours: 12, darkFrom: 7 }).slice(0, count);
  const observations = answers.map(({ observation }) => observation);
  const truth = answers.map(({ observation, label }) => ({ id: observation.eventId, label }));
  const summary = await summarizeCaptures(observations, { labels: LABELS });
  return renderReport({
    summary,
    truth: await joinGroundTruth({ observations, truth, labels: LABELS }),
    drift: detectDrift({ baseline: createBaseline(summary), summary }),
    title: "Scones Unlimited",
  });
}

/** The reports of docs/images, on wide and narrow screens, light and dark. */
export const monitoringPages: readonly PicturedPage[] = [
  { name: "report", write: writeReport, width: 1100, height: 1810, scheme: "light" },
  { name: "report-wide", write: writeReport, width: 1400, scheme: "light" },
  { name: "report-narrow", write: writeReport, width: 360, scheme: "dark" },
  { name: "report-one-capture", write: () => writeSmallReport(1), width: 1400, scheme: "dark" },
  { name: "report-no-captures", write: () => writeSmallReport(0), width: 360, scheme: "light" },
];
