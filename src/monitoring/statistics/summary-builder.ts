import type { Observation } from "../capture/parse-capture.js";
import { AnswerStatistics, measureSpread } from "./answer-statistics.js";
import type { CaptureSummary } from "./capture-summary.js";
import { ImageStatistics } from "./image-statistics.js";
import { type CapturePoint, PointSample } from "./point-sample.js";
import { SketchBuilder } from "./sketch.js";
import { TimeBins } from "./time-bins.js";
import { VariantStatistics } from "./variant-statistics.js";

/** What a summary is made with. @internal */
export interface SummaryShape {
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Confidence below which an answer counts as unsure. */
  readonly threshold: number;
  /** Length of a bin in milliseconds. */
  readonly binMs: number;
  /** How many points are kept on each side of the threshold. */
  readonly maxPoints: number;
}

const MAX_LEAST = 20;

/** Gathers a {@link CaptureSummary} from captures, from other summaries, or from both. @internal */
export class SummaryBuilder {
  readonly #shape: SummaryShape;
  readonly #overall: AnswerStatistics;
  readonly #perLabel: readonly AnswerStatistics[];
  readonly #perVariant: VariantStatistics;
  readonly #bins: TimeBins;
  readonly #above: PointSample;
  readonly #below: PointSample;
  readonly #unclassified: { [reason: string]: number } = {};
  #latency: SketchBuilder | undefined;
  #images: ImageStatistics | undefined;
  #least: CapturePoint[] = [];
  #records = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** @param shape - See {@link SummaryShape}. */
  constructor(shape: SummaryShape) {
    const { labels, threshold, binMs, maxPoints } = shape;
    this.#shape = shape;
    this.#overall = new AnswerStatistics(threshold);
    this.#perLabel = labels.map(() => new AnswerStatistics(threshold));
    this.#perVariant = new VariantStatistics(threshold, labels.length);
    this.#bins = new TimeBins(binMs, threshold, labels.length);
    this.#above = new PointSample(maxPoints);
    this.#below = new PointSample(maxPoints);
  }

  /** Adds a capture, but not its image. */
  add(observation: Observation): void {
    const { labels, threshold } = this.#shape;
    const { time, probabilities, labelId, confidence, eventId, unclassified, latencyMs } = observation;
    this.#records++;
    const at = time.getTime();
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
    if (latencyMs !== undefined && latencyMs >= 0) {
      this.#latency ??= new SketchBuilder("size");
      this.#latency.add(latencyMs);
    }
    if (probabilities?.length !== labels.length || labelId === undefined || confidence === undefined) {
      this.#count(unclassified ?? "other-labels", 1);
      this.#bins.addUnclassified(at);
      return;
    }
    const spread = measureSpread(probabilities);
    this.#overall.add(confidence, spread);
    this.#perLabel[labelId]?.add(confidence, spread);
    this.#perVariant.add(observation, confidence, labelId, spread);
    this.#bins.add(at, confidence, labelId, spread);
    const belowThreshold = confidence < threshold;
    this.#addPoint({ time: time.toISOString(), confidence, label: labels[labelId] ?? "", eventId, belowThreshold });
  }

  /** Adds the image of a capture. */
  async addImage(image: Uint8Array): Promise<void> {
    this.#images ??= new ImageStatistics();
    await this.#images.add(image);
  }

  /** Adds a summary of the same shape. */
  merge(summary: CaptureSummary): void {
    this.#records += summary.records;
    if (summary.firstTime !== undefined) this.#first = Math.min(this.#first, Date.parse(summary.firstTime));
    if (summary.lastTime !== undefined) this.#last = Math.max(this.#last, Date.parse(summary.lastTime));
    for (const [reason, count] of Object.entries(summary.unclassified)) this.#count(reason, count);
    this.#overall.merge(summary.overall);
    for (const [labelId, figures] of summary.perLabel.entries()) this.#perLabel[labelId]?.merge(figures);
    this.#perVariant.merge(summary.perVariant);
    this.#bins.merge(summary.bins, summary.binMs);
    for (const point of summary.points) this.#samplePoint(point);
    this.#least.push(...summary.leastConfident);
    if (summary.latency !== undefined) {
      this.#latency ??= new SketchBuilder("size");
      this.#latency.merge(summary.latency);
    }
    if (summary.images !== undefined) {
      this.#images ??= new ImageStatistics();
      this.#images.merge(summary.images);
    }
  }

  /** The summary so far. */
  build(): CaptureSummary {
    const { labels, threshold, maxPoints } = this.#shape;
    const points = [...this.#above.take(), ...this.#below.take()].sort(byTime);
    const overall = this.#overall.summarize();
    const times = { firstTime: new Date(this.#first), lastTime: new Date(this.#last) };
    return {
      labels,
      threshold,
      records: this.#records,
      skipped: this.#records - overall.count,
      unclassified: { ...this.#unclassified },
      ...(this.#records === 0
        ? {}
        : { firstTime: times.firstTime.toISOString(), lastTime: times.lastTime.toISOString() }),
      overall,
      perLabel: this.#perLabel.map((figures, labelId) => ({ label: labels[labelId] ?? "", ...figures.summarize() })),
      perVariant: this.#perVariant.summarize(),
      binMs: this.#bins.binMs,
      bins: this.#bins.summarize(),
      maxPoints,
      points,
      pointsOmitted: overall.count - points.length,
      leastConfident: takeLeast(this.#least),
      ...(this.#latency === undefined ? {} : { latency: this.#latency.build() }),
      ...(this.#images === undefined ? {} : { images: this.#images.summarize() }),
    };
  }

  #count(reason: string, times: number): void {
    this.#unclassified[reason] = (this.#unclassified[reason] ?? 0) + times;
  }

  #addPoint(point: CapturePoint): void {
    this.#samplePoint(point);
    this.#least.push(point);
    if (this.#least.length > MAX_LEAST * 10) this.#least = takeLeast(this.#least);
  }

  #samplePoint(point: CapturePoint): void {
    (point.belowThreshold ? this.#below : this.#above).add(point);
  }
}

function takeLeast(points: readonly CapturePoint[]): CapturePoint[] {
  return points.toSorted((one, other) => one.confidence - other.confidence || byTime(one, other)).slice(0, MAX_LEAST);
}

function byTime(one: CapturePoint, other: CapturePoint): number {
  return compare(one.time, other.time) || compare(one.eventId, other.eventId);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
