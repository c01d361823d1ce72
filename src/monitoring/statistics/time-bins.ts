import { AnswerStatistics, type AnswerSummary, type Spread } from "./answer-statistics.js";

const MAX_BINS = 10_000;

/** Figures of one span of time. */
export interface BinSummary extends AnswerSummary {
  /** Begin of the span, in ISO 8601. */
  readonly start: string;
  /** Answers for each class, in label order. */
  readonly labelCounts: readonly number[];
  /** Captures of the span without one probability for each of the labels. */
  readonly unclassified: number;
}

interface Bin {
  readonly statistics: AnswerStatistics;
  readonly labelCounts: number[];
  unclassified: number;
}

/** Gathers figures by time; when there would be too many bins, they become twice as long. @internal */
export class TimeBins {
  readonly #threshold: number;
  readonly #classes: number;
  #binMs: number;
  #bins = new Map<number, Bin>();

  /**
   * @param binMs - Length of a bin to begin with.
   * @param threshold - Confidence below which an answer counts as unsure.
   * @param classes - How many classes there are.
   */
  constructor(binMs: number, threshold: number, classes: number) {
    this.#binMs = binMs;
    this.#threshold = threshold;
    this.#classes = classes;
  }

  /** Length of a bin in milliseconds. */
  get binMs(): number {
    return this.#binMs;
  }

  /** Adds one answer. */
  add(time: number, confidence: number, labelId: number, spread: Spread): void {
    const { statistics, labelCounts } = this.#binAt(time);
    statistics.add(confidence, spread);
    labelCounts[labelId] = (labelCounts[labelId] ?? 0) + 1;
    if (this.#bins.size > MAX_BINS) this.#widen();
  }

  /** Counts a capture that has no answer to be counted. */
  addUnclassified(time: number): void {
    this.#binAt(time).unclassified++;
    if (this.#bins.size > MAX_BINS) this.#widen();
  }

  /** Adds bins that are as long as these, or twice as long several times over. */
  merge(bins: readonly BinSummary[], binMs: number): void {
    while (this.#binMs < binMs) this.#widen();
    for (const bin of bins) this.#put(Date.parse(bin.start), bin);
    while (this.#bins.size > MAX_BINS) this.#widen();
  }

  /** The bins that hold something, by time. */
  summarize(): readonly BinSummary[] {
    return [...this.#bins]
      .sort(([one], [other]) => one - other)
      .map(([start, { statistics, ...counts }]) => ({
        start: new Date(start).toISOString(),
        ...statistics.summarize(),
        ...counts,
      }));
  }

  #put(time: number, bin: Omit<BinSummary, "start">): void {
    const into = this.#binAt(time);
    const { statistics, labelCounts } = into;
    statistics.merge(bin);
    into.unclassified += bin.unclassified;
    for (const [labelId, count] of bin.labelCounts.entries())
      labelCounts[labelId] = (labelCounts[labelId] ?? 0) + count;
  }

  #binAt(time: number): Bin {
    const start = Math.floor(time / this.#binMs) * this.#binMs;
    const found = this.#bins.get(start);
    if (found !== undefined) return found;
    const labelCounts = new Array<number>(this.#classes).fill(0);
    const made = { statistics: new AnswerStatistics(this.#threshold), labelCounts, unclassified: 0 };
    this.#bins.set(start, made);
    return made;
  }

  #widen(): void {
    const narrow = this.#bins;
    this.#binMs *= 2;
    this.#bins = new Map();
    for (const [start, { statistics, ...counts }] of narrow) this.#put(start, { ...statistics.summarize(), ...counts });
  }
}
