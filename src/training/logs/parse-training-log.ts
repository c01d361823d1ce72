import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { EpochMetrics, TrainingAdvice } from "../../core/training-record.js";
import { adviseOnTraining } from "../curve/advise-on-training.js";
import { TrainingLogReader } from "./training-log-reader.js";
import { TrainingRecord } from "./training-record.js";
import { unpackLog } from "./unpack-log.js";

/** Options of {@link parseTrainingLog}. */
export interface ParseTrainingLogOptions {
  /** Number of training images in the data set; with it a wrong num_training_samples is told for certain. @defaultValue not known */
  readonly trainingImages?: number;
}

/** What the log of a training job tells. */
export interface TrainingLog {
  /** Every epoch, in order. */
  readonly epochs: readonly EpochMetrics[];
  /**
   * The epoch whose weights the artifact holds: that of the last checkpoint that the log says was saved, or a later one with
   * a higher validation accuracy; without such lines the first epoch with the highest validation accuracy, which is how
   * the algorithm picks it; without validation the last one.
   */
  readonly bestEpoch?: EpochMetrics;
  /** The last epoch. */
  readonly lastEpoch?: EpochMetrics;
  /** Number of epochs that the job was asked for, where the log tells it. */
  readonly plannedEpochs?: number;
  /** Whether the log says that the training ended before its last epoch because it got no better. */
  readonly stoppedEarly: boolean;
  /** Number of instances that wrote the log. */
  readonly instances: number;
  /** The hyper-parameters with the defaults of the algorithm, by their names and as text, where the log tells them. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** What the algorithm said of errors. */
  readonly errors: readonly string[];
  /** Seconds from start to end of training, where the text tells them: a notebook does. */
  readonly trainingSeconds?: number;
  /** Seconds that AWS bills, where the text tells them: a notebook does. */
  readonly billableSeconds?: number;
  /** What deserves a look; empty where all is well. */
  readonly advice: readonly TrainingAdvice[];
}

const OptionsSchema = z.strictObject({ trainingImages: z.int().min(1).optional() });

/**
 * Reads the log of a training job of the image-classification algorithm: as CloudWatch has it, as a notebook or a
 * terminal printed it (with colours, progress dots and the phases of the job in between), as `aws logs tail` or the
 * console's download wrote it, or the JSON of `get-log-events`. Lines that it does not know are passed over; a text that is no such log has no epochs.
 *
 * @param text - The log.
 * @param options - See {@link ParseTrainingLogOptions}.
 * @returns Epochs, the best one, and advice.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { parseTrainingLog } from "scones-ml/training";
 *
 * const { bestEpoch, advice } = parseTrainingLog(await readFile("training.log", "utf8"), { trainingImages: 1000 });
 * console.log(bestEpoch?.epoch, bestEpoch?.validationAccuracy);
 * for (const { code, message } of advice) console.log(code, message);
 * ```
 */
export function parseTrainingLog(text: string, options: ParseTrainingLogOptions = {}): TrainingLog {
  const { trainingImages } = parseOptions("parseTrainingLog", OptionsSchema, options);
  const reader = new TrainingLogReader();
  const record = new TrainingRecord();
  for (const piece of unpackLog(text)) {
    for (const line of reader.read(piece.text, piece.instance)) record.add(line);
  }
  return describeRecord(record, trainingImages);
}

/**
 * Writes what a log told as plain data.
 *
 * @param record - What it told.
 * @param trainingImages - Number of training images, where it is known.
 * @returns The data.
 * @internal
 */
export function describeRecord(record: TrainingRecord, trainingImages?: number): TrainingLog {
  const { epochs, bestEpoch, configuration, hasStoppedEarly } = record;
  const lastEpoch = epochs.at(-1);
  const planned = Number(configuration["epochs"]);
  return {
    epochs,
    ...(bestEpoch === undefined ? {} : { bestEpoch }),
    ...(lastEpoch === undefined ? {} : { lastEpoch }),
    ...(Number.isInteger(planned) && planned > 0 ? { plannedEpochs: planned } : {}),
    stoppedEarly: hasStoppedEarly,
    instances: record.instances,
    hyperparameters: configuration,
    errors: record.errors,
    ...record.seconds,
    advice: adviseOnTraining({
      epochs,
      configuration,
      hasStoppedEarly,
      hasBroken: record.hasBroken,
      trainAccuracies: record.trainAccuracies,
      trainingImages: trainingImages ?? record.trainingImages,
    }),
  };
}
