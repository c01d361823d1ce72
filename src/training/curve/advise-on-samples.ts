import type { EpochMetrics, TrainingAdvice } from "../../core/training-record.js";
import { findSamplesPerEpoch } from "./find-samples-per-epoch.js";

/** What tells how many images an epoch trained on, and how many it should have. @internal */
export interface SampleFacts {
  /** The epochs, in order. */
  readonly epochs: readonly EpochMetrics[];
  /** Accuracies of the training, of each instance. */
  readonly trainAccuracies: readonly (readonly number[])[];
  /** The hyper-parameters, as text. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Number of training images in the data set, where it is known. */
  readonly trainingImages: number | undefined;
}

/** So large a share of validation images is rare where the number of training images is right. */
const UNUSUAL_VALIDATION_SHARE = 0.38;
/** An epoch leaves out the images that do not fill its last batch, and no more. */
const MIN_SHARE = 0.7;

/**
 * Looks whether an epoch holds all training images. With a wrong num_training_samples the algorithm ends every epoch
 * early, or begins anew before its end, and says nothing.
 *
 * @param facts - See {@link SampleFacts}.
 * @returns What was found.
 * @internal
 */
export function adviseOnSamples(facts: SampleFacts): TrainingAdvice | undefined {
  const { configuration, trainingImages } = facts;
  const batchSize = readCount(configuration, "mini_batch_size") ?? 32;
  const declared = readCount(configuration, "num_training_samples");
  const expected = trainingImages ?? declared;
  if (expected === undefined) return undefined;
  const most = 4 * Math.max(expected, declared ?? 0);
  const share = findSamplesPerEpoch(facts.trainAccuracies[0] ?? [], batchSize, most);
  const perEpoch = share === undefined ? undefined : share * facts.trainAccuracies.length;
  const trained = perEpoch === undefined ? "" : ` Each epoch trained on ${perEpoch} images.`;
  const isDeclaredWrong = declared !== undefined && declared !== expected;
  if (isDeclaredWrong || (perEpoch ?? expected) < MIN_SHARE * expected) {
    const claim = isDeclaredWrong
      ? `num_training_samples is ${declared}, but there are ${expected} training images.`
      : `An epoch does not hold the ${expected} training images.`;
    return {
      code: "NUM_TRAINING_SAMPLES",
      severity: "warning",
      message: `${claim}${trained} Set num_training_samples to the number of rows of the training manifest${trainingImages === undefined ? "" : `, ${expected}`}.`,
    };
  }
  return trainingImages === undefined ? adviseOnShare(facts, batchSize, expected, trained) : undefined;
}

/** Without the data set only the sizes of the two parts give a hint. */
function adviseOnShare(
  { epochs }: SampleFacts,
  batchSize: number,
  declared: number,
  trained: string,
): TrainingAdvice | undefined {
  const accuracies = epochs.flatMap(({ validationAccuracy }) => validationAccuracy ?? []);
  const validation = findValidationImages(accuracies, batchSize, declared);
  if (validation === undefined || validation < UNUSUAL_VALIDATION_SHARE * declared) return undefined;
  return {
    code: "NUM_TRAINING_SAMPLES",
    severity: "info",
    message:
      `num_training_samples is ${declared}, little beside the ${validation} or more images that an epoch is validated with.${trained} ` +
      "The log cannot tell how many training images there are: see that the number is that of the rows of the training manifest. If it is smaller, each epoch leaves images out.",
  };
}

/** The images that do not fill a batch come in a later epoch, so that most, not all, epochs have the same number. */
function findValidationImages(accuracies: readonly number[], batchSize: number, declared: number): number | undefined {
  if (accuracies.length < 10) return undefined;
  for (let samples = batchSize; samples <= 2 * declared; samples += batchSize) {
    const whole = accuracies.filter(
      (accuracy) => Math.abs(accuracy * samples - Math.round(accuracy * samples)) <= samples * 1e-6,
    );
    if (whole.length >= 0.7 * accuracies.length) return samples;
  }
  return undefined;
}

function readCount(configuration: Readonly<Record<string, string>>, name: string): number | undefined {
  const value = Number(configuration[name]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
