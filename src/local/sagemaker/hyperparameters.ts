import type { EarlyStopping } from "../training/early-stopping.js";
import { ContainerFailure } from "./training-data.js";

/** What the local network follows of the hyper-parameters. @internal */
export interface TrainingParameters {
  readonly classes: number;
  readonly imageShape: { readonly height: number; readonly width: number };
  readonly epochs: number;
  readonly batchSize: number;
  /** The number of samples that the job declares. */
  readonly samples: number;
  readonly earlyStopping: EarlyStopping | undefined;
  /** Every how many epochs a checkpoint is kept. */
  readonly checkpointFrequency: number | undefined;
}

type Given = Readonly<Record<string, string>>;

/** Hyper-parameters that this network follows; the others have no meaning for it, and the log says so. */
const HONOURED = [
  "checkpoint_frequency",
  "early_stopping",
  "early_stopping_min_epochs",
  "early_stopping_patience",
  "early_stopping_tolerance",
  "epochs",
  "image_shape",
  "mini_batch_size",
  "num_classes",
  "num_training_samples",
];

/**
 * Reads the hyper-parameters as the algorithm's container does.
 *
 * @param given - The hyper-parameters, as text.
 * @returns The values, with the algorithm's defaults.
 * @throws {@link ContainerFailure} naming the first that is missing or wrong.
 * @internal
 */
export function readHyperparameters(given: Given): TrainingParameters {
  const shape = /^3,([1-9]\d{0,3}),([1-9]\d{0,3})$/.exec(given["image_shape"] ?? "3,224,224");
  if (shape === null) throw invalid(given, "image_shape", ' Write it as "3,height,width".');
  const epochs = readPositiveInteger(given, "epochs", 30);
  const frequency = given["checkpoint_frequency"];
  const checkpointFrequency = frequency === undefined ? undefined : readPositiveInteger(given, "checkpoint_frequency");
  if (checkpointFrequency !== undefined && checkpointFrequency > epochs) {
    throw invalid(given, "checkpoint_frequency", ` It must not be greater than the ${epochs} epochs.`);
  }
  return {
    classes: readPositiveInteger(given, "num_classes"),
    imageShape: { height: Number(shape[1]), width: Number(shape[2]) },
    epochs,
    batchSize: readPositiveInteger(given, "mini_batch_size", 32),
    samples: readPositiveInteger(given, "num_training_samples"),
    earlyStopping: readEarlyStopping(given),
    checkpointFrequency,
  };
}

/**
 * Names the hyper-parameters that have no meaning for the local network.
 *
 * @param given - The hyper-parameters.
 * @returns Their names, sorted.
 * @internal
 */
export function findIgnored(given: Given): readonly string[] {
  return Object.keys(given)
    .filter((name) => !HONOURED.includes(name))
    .sort();
}

function readEarlyStopping(given: Given): EarlyStopping | undefined {
  const wanted = given["early_stopping"] ?? "False";
  if (wanted !== "True" && wanted !== "False")
    throw invalid(given, "early_stopping", ' Write it as "True" or "False".');
  if (wanted === "False") return undefined;
  const tolerance = Number(given["early_stopping_tolerance"] ?? "0");
  if (!(tolerance >= 0 && tolerance <= 1)) throw invalid(given, "early_stopping_tolerance", " It goes from 0 to 1.");
  return {
    minEpochs: readPositiveInteger(given, "early_stopping_min_epochs", 10),
    patience: readPositiveInteger(given, "early_stopping_patience", 5),
    tolerance,
  };
}

function readPositiveInteger(given: Given, name: string, fallback?: number): number {
  const text = given[name];
  if (text === undefined && fallback !== undefined) return fallback;
  if (text === undefined) throw new ContainerFailure(`Customer Error: The hyperparameter '${name}' is required.`);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw invalid(given, name);
}

function invalid(given: Given, name: string, remedy = ""): ContainerFailure {
  return new ContainerFailure(
    `Customer Error: The value '${given[name]}' is not valid for the '${name}' hyperparameter.${remedy}`,
  );
}
