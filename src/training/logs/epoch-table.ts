import type { EpochMetrics } from "../../core/training-record.js";
import type { TrainingLogEvent } from "./training-log-event.js";

type Draft = { -readonly [Name in keyof EpochMetrics]: EpochMetrics[Name] };

/** Epochs of one instance, or of one of its lives where a spot interruption ended the one before. */
interface Source {
  readonly instance: number | undefined;
  readonly epochs: Map<number, Draft>;
  readonly first: number;
  last: number;
}

/**
 * Gathers the epochs of a training from the lines of all its instances. Lines without an instance are told apart by
 * their thread: threads that take turns are several instances, one after the other is the same one started again.
 *
 * @internal
 */
export class EpochTable {
  readonly #sources = new Map<string, Source>();
  #count = 0;
  #lastThread = "";

  /**
   * Takes what a line tells of an epoch.
   *
   * @param event - The line; one that tells nothing of an epoch is ignored.
   * @param instance - The instance that wrote it, where that is known.
   * @param thread - The thread that wrote it, where that is known.
   */
  add(event: TrainingLogEvent, instance: number | undefined, thread: string | undefined): void {
    if (event.type !== "batch" && event.type !== "metric" && event.type !== "time") return;
    this.#lastThread = thread ?? this.#lastThread;
    const key = instance === undefined ? `thread ${this.#lastThread}` : `algo ${instance}`;
    const position = this.#count++;
    const source = this.#sources.get(key) ?? { instance, epochs: new Map(), first: position, last: position };
    this.#sources.set(key, source);
    source.last = position;
    const draft = source.epochs.get(event.epoch) ?? { epoch: event.epoch };
    source.epochs.set(event.epoch, draft);
    write(draft, event);
  }

  /** Number of instances. */
  get instances(): number {
    return Math.max(1, this.#merge().length);
  }

  /** Accuracies of the training of each instance by itself. */
  get trainAccuracies(): readonly (readonly number[])[] {
    return this.#merge().map((epochs) => [...epochs.values()].flatMap(({ trainAccuracy }) => trainAccuracy ?? []));
  }

  /** The epochs, in order. */
  get epochs(): readonly EpochMetrics[] {
    const instances = this.#merge();
    const numbers = new Set(instances.flatMap((epochs) => [...epochs.keys()]));
    return [...numbers]
      .sort((one, other) => one - other)
      .map((epoch) =>
        combine(
          epoch,
          instances.flatMap((epochs) => epochs.get(epoch) ?? []),
        ),
      );
  }

  /**
   * Finds one epoch, which costs less than all of them.
   *
   * @param epoch - The epoch, from 0.
   * @returns It; `undefined` where nothing is known of it.
   */
  find(epoch: number): EpochMetrics | undefined {
    const parts = this.#merge().flatMap((epochs) => epochs.get(epoch) ?? []);
    return parts.length === 0 ? undefined : combine(epoch, parts);
  }

  /** One of each instance; the first one is the one whose model is kept. */
  #merge(): readonly ReadonlyMap<number, Draft>[] {
    const sources = [...this.#sources.values()];
    const named = sources.filter(({ instance }) => instance !== undefined);
    if (named.length > 0) {
      const sorted = named.sort((one, other) => (one.instance ?? 0) - (other.instance ?? 0));
      return sorted.map(({ epochs }) => epochs);
    }
    const merged: Source[] = [];
    for (const source of sources.sort((one, other) => one.first - other.first)) {
      const before = merged.at(-1);
      if (before === undefined || before.last > source.first) merged.push(source);
      else merged[merged.length - 1] = { ...source, epochs: new Map([...before.epochs, ...source.epochs]) };
    }
    return merged.map(({ epochs }) => epochs);
  }
}

function write(draft: Draft, event: Extract<TrainingLogEvent, { readonly type: "batch" | "metric" | "time" }>): void {
  if (event.type === "time") {
    if (Number.isFinite(event.seconds)) draft.seconds = event.seconds;
    return;
  }
  if (event.type === "batch") {
    if (Number.isFinite(event.samplesPerSecond)) draft.samplesPerSecond = event.samplesPerSecond;
    return;
  }
  const names =
    event.split === "train"
      ? (["trainAccuracy", "trainTopKAccuracy", "trainLoss"] as const)
      : (["validationAccuracy", "validationTopKAccuracy", "validationLoss"] as const);
  const values = [event.accuracy, event.topKAccuracy, event.loss];
  for (const [index, name] of names.entries()) {
    const value = values[index];
    if (Number.isFinite(value)) draft[name] = value;
  }
}

/** Each instance trains on its share, and the first one's model is kept. */
function combine(epoch: number, parts: readonly Draft[]): EpochMetrics {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return { ...first, epoch };
  const all = (name: Exclude<keyof EpochMetrics, "epoch">) => parts.flatMap((part) => part[name] ?? []);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const max = (values: readonly number[]) => Math.max(...values);
  const ways = [
    ["trainAccuracy", mean],
    ["trainTopKAccuracy", mean],
    ["trainLoss", mean],
    ["seconds", max],
    ["samplesPerSecond", sum],
  ] as const;
  const combined: Draft = { ...first, epoch };
  for (const [name, way] of ways) {
    const values = all(name);
    if (values.length > 0) combined[name] = way(values);
  }
  // An instance that has no validation of its own is no news of the model.
  for (const name of ["validationAccuracy", "validationTopKAccuracy", "validationLoss"] as const) {
    const value = first[name] ?? all(name)[0];
    if (value !== undefined) combined[name] = value;
  }
  return combined;
}
