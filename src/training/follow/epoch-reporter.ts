import type { ReadLogLine } from "../logs/training-log-reader.js";
import { TrainingRecord } from "../logs/training-record.js";
import type { TrainingProgressEvent } from "./training-progress.js";

const TAIL_LINES = 20;

/** Tells lines, batches and epochs of a log as it grows, and keeps what they tell. @internal */
export class EpochReporter {
  readonly #emit: (event: TrainingProgressEvent) => void;
  readonly #planned: number | undefined;
  readonly #record = new TrainingRecord();
  readonly #tail: string[] = [];
  readonly #told = new Set<number>();
  /** Epochs that have an accuracy and are not told yet. */
  readonly #open = new Set<number>();
  #lastEpoch = -1;
  #best = Number.NEGATIVE_INFINITY;
  #firstEnd: { readonly epoch: number; readonly time: number } | undefined;
  #lastEnd: { readonly epoch: number; readonly time: number } | undefined;

  /**
   * @param emit - Is told.
   * @param planned - Number of epochs that the job was asked for.
   */
  constructor(emit: (event: TrainingProgressEvent) => void, planned: number | undefined) {
    this.#emit = emit;
    this.#planned = planned;
  }

  /** All that the log told. */
  get record(): TrainingRecord {
    return this.#record;
  }

  /** The last lines. */
  get tail(): readonly string[] {
    return [...this.#tail];
  }

  /** Whether nothing more is to be expected: the last epoch was seen, or the reason why there is none. */
  get isComplete(): boolean {
    const { hasStoppedEarly, errors } = this.#record;
    if (errors.length > 0 || hasStoppedEarly) return true;
    return this.#planned !== undefined && this.#lastEpoch + 1 >= this.#planned;
  }

  /** Seconds until the last epoch ends, from how long the epochs took so far. */
  get secondsLeft(): number | undefined {
    if (this.#planned === undefined || this.#firstEnd === undefined || this.#lastEnd === undefined) return undefined;
    const passed = this.#lastEnd.epoch - this.#firstEnd.epoch;
    if (passed <= 0) return undefined;
    const each = (this.#lastEnd.time - this.#firstEnd.time) / 1000 / passed;
    return Math.max(0, each * (this.#planned - 1 - this.#lastEnd.epoch));
  }

  /** Takes a line. */
  add(line: ReadLogLine, time: number): void {
    const { event, text, instance = 1 } = line;
    if (text === "" && event === undefined) return;
    this.#record.add(line);
    this.#tail.push(text);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#emit({ type: "log", line: text, instance });
    if (event?.type === "batch") {
      const { epoch, batch, samplesPerSecond, accuracy } = event;
      this.#emit({
        type: "batch",
        epoch,
        batch,
        ...(samplesPerSecond === undefined ? {} : { samplesPerSecond }),
        ...(accuracy === undefined ? {} : { accuracy }),
      });
    }
    // The first instance is the one whose model is kept.
    if (instance !== 1) return;
    if (event?.type !== "batch" && event?.type !== "metric") return;
    this.#lastEpoch = Math.max(this.#lastEpoch, event.epoch);
    // Without validation an epoch is known to be over by what comes after it.
    this.#tellBefore(event.epoch, time);
    if (event.type === "batch" || event.accuracy === undefined || this.#told.has(event.epoch)) return;
    this.#open.add(event.epoch);
    if (event.split === "validation") this.#tellEpoch(event.epoch, time);
  }

  /** Tells what is still to be told when the log is over. */
  finish(): void {
    this.#tellBefore(Number.POSITIVE_INFINITY, this.#lastEnd?.time ?? 0);
  }

  #tellBefore(limit: number, time: number): void {
    for (const epoch of this.#open) if (epoch < limit) this.#tellEpoch(epoch, time);
  }

  #tellEpoch(epoch: number, time: number): void {
    this.#open.delete(epoch);
    const metrics = this.#record.findEpoch(epoch);
    if (metrics === undefined || this.#told.has(epoch)) return;
    this.#told.add(epoch);
    const isBest = (metrics.validationAccuracy ?? Number.NEGATIVE_INFINITY) > this.#best;
    if (isBest) this.#best = metrics.validationAccuracy ?? this.#best;
    if (time > 0) {
      this.#firstEnd ??= { epoch, time };
      this.#lastEnd = { epoch, time };
    }
    const { secondsLeft } = this;
    this.#emit({
      type: "epoch",
      metrics,
      ...(this.#planned === undefined ? {} : { plannedEpochs: this.#planned }),
      isBest,
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
    });
  }
}
