import type { EpochReport } from "../training/train-network.js";
import type { TrainingParameters } from "./hyperparameters.js";

/*
 * The log lines of a training job, in the form of the algorithm's own log, so that one parser reads both.
 * Source: CloudWatch streams of real jobs of the built-in image-classification algorithm.
 */

/** Its thread; the real one is just such a number. */
const THREAD = "140000000000000";

/** The algorithm's own defaults, as its log prints them first. */
const DEFAULTS: Readonly<Record<string, string | number>> = {
  use_pretrained_model: 0,
  num_layers: 152,
  epochs: 30,
  learning_rate: 0.1,
  lr_scheduler_factor: 0.1,
  optimizer: "sgd",
  momentum: 0,
  weight_decay: 0.0001,
  beta_1: 0.9,
  beta_2: 0.999,
  eps: 1e-8,
  gamma: 0.9,
  mini_batch_size: 32,
  image_shape: "3,224,224",
  precision_dtype: "float32",
};

/**
 * Puts the algorithm's prefix in front of a line.
 *
 * @param time - When it is written.
 * @param line - The line.
 * @param level - Its level.
 * @returns `[MM/DD/YYYY HH:MM:SS INFO thread] line`, in UTC.
 * @internal
 */
export function formatLogLine(time: Date, line: string, level: "INFO" | "WARNING" | "ERROR" = "INFO"): string {
  const [date = "", clock = ""] = time.toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `[${month}/${day}/${year} ${clock.slice(0, 8)} ${level} ${THREAD}] ${line}`;
}

/**
 * What the container says before it reads its data.
 *
 * @param given - The hyper-parameters.
 * @returns The lines.
 * @internal
 */
export function* describeConfiguration(given: Readonly<Record<string, string>>): Generator<string> {
  const path = "/opt/amazon/lib/python3.8/site-packages/image_classification/default-input.json";
  yield `Reading default configuration from ${path}: ${formatDict(DEFAULTS)}`;
  yield `Merging with provided configuration from /opt/ml/input/config/hyperparameters.json: ${formatDict(given)}`;
  yield `Final configuration: ${formatDict({ ...DEFAULTS, ...given })}`;
}

/**
 * The block of parameters that the container prints before it trains.
 *
 * @param parameters - What is trained with.
 * @param rate - Highest learning rate of the local recipe.
 * @returns The lines.
 * @internal
 */
export function* describeParameters(parameters: TrainingParameters, rate: number): Generator<string> {
  const { epochs, samples, batchSize, imageShape, classes, checkpointFrequency } = parameters;
  yield "---- Parameters ----";
  yield "num_layers: 8";
  yield "data type: <class 'numpy.float32'>";
  yield `epochs: ${epochs}`;
  yield "optimizer: adamw";
  yield `learning_rate: ${rate}`;
  yield `num_training_samples: ${samples}`;
  yield `mini_batch_size: ${batchSize}`;
  yield `image_shape: 3,${imageShape.height},${imageShape.width}`;
  yield `num_classes: ${classes}`;
  yield "augmentation_type: local recipe";
  yield checkpointFrequency === undefined
    ? "checkpoint_frequency not set, will store the model once"
    : `checkpoint_frequency: ${checkpointFrequency}`;
  yield "--------------------";
}

/**
 * What the container prints of an epoch.
 *
 * @param report - What came of it.
 * @returns The lines.
 * @internal
 */
export function* describeEpoch(report: EpochReport): Generator<string> {
  const { epoch, trainAccuracy, validationAccuracy, seconds, samplesPerSecond, batches } = report;
  for (const { batch, accuracy } of batches) {
    // `#011` is a tab, as the log of the algorithm escapes it.
    const speed = `Speed: ${samplesPerSecond.toFixed(3)} samples/sec`;
    yield `Epoch[${epoch}] Batch [${batch}]#011${speed}#011accuracy=${accuracy.toFixed(6)}`;
  }
  yield `Epoch[${epoch}] Train-accuracy=${trainAccuracy.toFixed(6)}`;
  yield `Epoch[${epoch}] Time cost=${seconds.toFixed(3)}`;
  if (validationAccuracy !== undefined) yield `Epoch[${epoch}] Validation-accuracy=${validationAccuracy.toFixed(6)}`;
}

/**
 * Name of a checkpoint: epochs count from 0 in the log, and from 1 here.
 *
 * @param epoch - The epoch, from 0.
 * @returns The file name.
 * @internal
 */
export function checkpointName(epoch: number): string {
  return `image-classification-${String(epoch + 1).padStart(4, "0")}.params`;
}

/** As Python prints a dictionary. */
function formatDict(entries: Readonly<Record<string, string | number>>): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;
  const value = (entry: string | number) => {
    if (typeof entry === "string") return quote(entry);
    return entry === 1e-8 ? "1e-08" : String(entry);
  };
  return `{${Object.entries(entries)
    .map(([name, entry]) => `${quote(name)}: ${value(entry)}`)
    .join(", ")}}`;
}
