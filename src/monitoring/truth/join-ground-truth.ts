import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { callbackSchema, iterableSchema, parseOptions } from "../../core/options.js";
import type { Observation } from "../capture/parse-capture.js";
import { SketchBuilder } from "../statistics/sketch.js";
import { describeTruth, STEPS, stepOf, type TruthSummary } from "./describe-truth.js";
import type { GroundTruth } from "./ground-truth.js";
import { type TruthCounts, TruthCountsSchema } from "./truth-summary.js";

/** Options of {@link joinGroundTruth}. */
export interface JoinGroundTruthOptions {
  /** What is to be judged: what `readCaptures` yields. */
  readonly observations: AsyncIterable<Observation> | Iterable<Observation>;
  /** What the images really show; all of it is held in memory. Of two for the same id the later one counts. */
  readonly truth: AsyncIterable<GroundTruth> | Iterable<GroundTruth>;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Under which id the truth of an observation stands, such as the key of its image in S3. @defaultValue `inferenceId`, else `eventId`, as SageMaker does */
  readonly idOf?: (observation: Observation) => string | undefined;
}

const OptionsSchema = z.strictObject({
  observations: iterableSchema<Observation>("must be an iterable, such as what readCaptures returns"),
  truth: iterableSchema<GroundTruth>("must be an iterable of { id, label }"),
  labels: LabelsSchema,
  idOf: callbackSchema<(observation: Observation) => string | undefined>().optional(),
});

const TruthSchema = z.object({ id: z.string().min(1), label: z.string() });

/**
 * Puts answers beside what the images really show: accuracy with its interval, the confusion matrix, precision and
 * recall of each class, and calibration.
 *
 * @param options - See {@link JoinGroundTruthOptions}.
 * @returns What the answers are worth; `adviseThreshold` and `mergeTruth` take it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or the truth names no label. Errors of the sources pass through.
 *
 * @example
 * ```ts
 * import { joinGroundTruth, readCaptures } from "scones-ml/monitoring";
 *
 * const { accuracy, calibrationError } = await joinGroundTruth({
 *   observations: readCaptures({ source: "captured_data" }),
 *   truth: [{ id: "57", label: "motorcycle" }],
 *   labels: ["bicycle", "motorcycle"],
 * });
 * console.log(`${accuracy.value}, between ${accuracy.low} and ${accuracy.high}`, calibrationError);
 * ```
 */
export async function joinGroundTruth(options: JoinGroundTruthOptions): Promise<TruthSummary> {
  const { observations, truth, labels, idOf = defaultId } = parseOptions("joinGroundTruth", OptionsSchema, options);
  const known = new Map<string, number>();
  for await (const entry of truth) {
    const { id, label } = parseOptions("joinGroundTruth", TruthSchema, entry);
    const labelId = labels.indexOf(label);
    if (labelId < 0)
      parseOptions("joinGroundTruth", z.never("the truth names a class that is not among the labels"), entry);
    known.set(id, labelId);
  }
  const counter = new TruthCounter(labels);
  for await (const observation of observations) {
    const id = idOf(observation);
    counter.add(observation, id === undefined ? undefined : known.get(id));
  }
  return describeTruth(counter.build());
}

const TruthsSchema = z
  .array(z.object({ counts: TruthCountsSchema }))
  .min(1, "needs at least one")
  .refine(
    ([first, ...others]) =>
      others.every(({ counts }) => JSON.stringify(counts.labels) === JSON.stringify(first?.counts.labels)),
    "must all have the same labels",
  );

/**
 * Joins what different answers are worth.
 *
 * @param summaries - What `joinGroundTruth` returned, at least once, with the same labels.
 * @returns What all of the answers are worth together.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when they do not fit together.
 *
 * @example
 * ```ts
 * import { mergeTruth, type TruthSummary } from "scones-ml/monitoring";
 *
 * export const accuracyOfWeek = (days: readonly TruthSummary[]) => mergeTruth(days).accuracy;
 * ```
 */
export function mergeTruth(summaries: readonly TruthSummary[]): TruthSummary {
  const all = parseOptions("mergeTruth", TruthsSchema, summaries);
  const counter = new TruthCounter(all[0]?.counts.labels ?? []);
  for (const { counts } of all) counter.merge(counts);
  return describeTruth(counter.build());
}

function defaultId({ inferenceId, eventId }: Observation): string {
  return inferenceId ?? eventId;
}

/** Counts what answers are worth. */
class TruthCounter {
  readonly #labels: readonly string[];
  readonly #confusion: number[][];
  readonly #right = new SketchBuilder("share");
  readonly #wrong = new SketchBuilder("share");
  readonly #steps = Array.from({ length: STEPS }, () => ({ right: 0, count: 0, confidence: 0 }));
  #matched = 0;
  #unmatched = 0;
  #skipped = 0;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
    this.#confusion = labels.map(() => labels.map(() => 0));
  }

  add({ probabilities, labelId, confidence }: Observation, truth: number | undefined): void {
    if (probabilities?.length !== this.#labels.length || labelId === undefined || confidence === undefined) {
      this.#skipped++;
      return;
    }
    if (truth === undefined) {
      this.#unmatched++;
      return;
    }
    this.#matched++;
    this.#count(truth, labelId, 1);
    (truth === labelId ? this.#right : this.#wrong).add(confidence);
    const step = this.#steps[stepOf(confidence)];
    if (step === undefined) return;
    step.count++;
    step.confidence += confidence;
    if (truth === labelId) step.right++;
  }

  merge(counts: TruthCounts): void {
    this.#matched += counts.matched;
    this.#unmatched += counts.unmatched;
    this.#skipped += counts.skipped;
    for (const [row, cells] of counts.confusion.entries()) {
      for (const [column, count] of cells.entries()) this.#count(row, column, count);
    }
    this.#right.merge(counts.right);
    this.#wrong.merge(counts.wrong);
    for (const [index, { right, count, confidence }] of counts.steps.entries()) {
      const step = this.#steps[index];
      if (step === undefined) continue;
      step.right += right;
      step.count += count;
      step.confidence += confidence;
    }
  }

  build(): TruthCounts {
    return {
      labels: this.#labels,
      matched: this.#matched,
      unmatched: this.#unmatched,
      skipped: this.#skipped,
      confusion: this.#confusion.map((row) => [...row]),
      right: this.#right.build(),
      wrong: this.#wrong.build(),
      steps: this.#steps.map((step) => ({ ...step })),
    };
  }

  #count(row: number, column: number, times: number): void {
    const cells = this.#confusion[row];
    if (cells?.[column] !== undefined) cells[column] += times;
  }
}
