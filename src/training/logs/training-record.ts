import type { EpochMetrics } from "../../core/training-record.js";
import { EpochTable } from "./epoch-table.js";
import type { TrainingLogEvent } from "./training-log-event.js";
import type { ReadLogLine } from "./training-log-reader.js";

/** All that a log tells of a training. @internal */
export class TrainingRecord {
  readonly #table = new EpochTable();
  readonly #configuration = new Map<string, string>();
  readonly #errors = new Set<string>();
  #saved: number | undefined;
  readonly #everSaved = new Set<number>();
  #lastValidated: number | undefined;
  #bestAccuracy: number | undefined;
  #hasStoppedEarly = false;
  #hasBroken = false;
  #trainingImages: number | undefined;
  #seconds: { readonly trainingSeconds?: number; readonly billableSeconds?: number } = {};

  /** Takes a line. */
  add({ event, instance, thread }: Pick<ReadLogLine, "event" | "instance" | "thread">): void {
    if (event === undefined) return;
    this.#table.add(event, instance, thread);
    this.#note(event, instance);
  }

  /** The epochs, in order. */
  get epochs(): readonly EpochMetrics[] {
    return this.#table.epochs;
  }

  /** Finds one epoch. */
  findEpoch(epoch: number): EpochMetrics | undefined {
    return this.#table.find(epoch);
  }

  /** Number of instances. */
  get instances(): number {
    return this.#table.instances;
  }

  /** Accuracies of the training, of each instance. */
  get trainAccuracies(): readonly (readonly number[])[] {
    return this.#table.trainAccuracies;
  }

  /** The hyper-parameters, as text, with the defaults of the algorithm. */
  get configuration(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#configuration);
  }

  /** What the algorithm said of errors. */
  get errors(): readonly string[] {
    return [...this.#errors];
  }

  /** Whether the algorithm says that it ended before its last epoch. */
  get hasStoppedEarly(): boolean {
    return this.#hasStoppedEarly;
  }

  /** Whether a value was not a number. */
  get hasBroken(): boolean {
    return this.#hasBroken;
  }

  /** Number of training images, where the log tells it apart from `num_training_samples`. */
  get trainingImages(): number | undefined {
    return this.#trainingImages;
  }

  /** What the job took and costs, where the text tells it. */
  get seconds(): { readonly trainingSeconds?: number; readonly billableSeconds?: number } {
    return this.#seconds;
  }

  /**
   * The epoch whose weights the artifact holds. The algorithm says which checkpoint it saved; a log without those lines is judged as
   * the algorithm does: the first epoch with the highest validation accuracy. Without validation the last epoch is it.
   */
  get bestEpoch(): EpochMetrics | undefined {
    const { epochs } = this;
    const known = epochs.filter(({ validationAccuracy }) => validationAccuracy !== undefined);
    const highest = firstMaximum(known);
    const saved = epochs.find(({ epoch }) => epoch === this.#saved);
    // With checkpoint_frequency the artifact holds several; then the best of them is meant.
    if (this.#everSaved.size > 1 && this.#bestAccuracy === undefined) {
      return firstMaximum(known.filter(({ epoch }) => this.#everSaved.has(epoch))) ?? saved ?? highest ?? epochs.at(-1);
    }
    // What is better than all before is saved within a second; that line may be lost where a log was cut, or arrives late.
    const isLater = highest !== undefined && saved !== undefined && highest.epoch > saved.epoch;
    return (isLater ? highest : saved) ?? highest ?? epochs.at(-1);
  }

  #note(event: TrainingLogEvent, instance: number | undefined): void {
    switch (event.type) {
      case "configuration":
        for (const [name, value] of Object.entries(event.values)) this.#configuration.set(name, value);
        return;
      case "checkpoint":
        if (!event.isInArtifact || (instance ?? 1) !== 1) return;
        this.#saved = event.epoch;
        this.#everSaved.add(event.epoch);
        return;
      case "best":
        this.#bestAccuracy = event.validationAccuracy;
        // It is saved next; the log may end in between.
        if ((instance ?? 1) === 1) this.#saved = this.#lastValidated ?? this.#saved;
        return;
      case "error":
        this.#errors.add(event.message);
        return;
      case "earlyStopping":
        this.#hasStoppedEarly = true;
        return;
      case "imagesFound":
        this.#trainingImages = event.trainingImages;
        return;
      case "seconds":
        this.#seconds = { ...this.#seconds, ...withoutType(event) };
        return;
      case "metric":
        if ([event.accuracy, event.loss].some((value) => value !== undefined && !Number.isFinite(value))) {
          this.#hasBroken = true;
        }
        if (event.split === "validation" && (instance ?? 1) === 1) this.#lastValidated = event.epoch;
        return;
    }
  }
}

function withoutType<Event extends { readonly type: string }>({ type: _, ...rest }: Event): Omit<Event, "type"> {
  return rest;
}

function firstMaximum(epochs: readonly EpochMetrics[]): EpochMetrics | undefined {
  return epochs.reduce<EpochMetrics | undefined>(
    (best, epoch) => ((epoch.validationAccuracy ?? -1) > (best?.validationAccuracy ?? -1) ? epoch : best),
    undefined,
  );
}
