import { ARCHITECTURE_LIMITS } from "./architecture.js";
import type { LabelledPixels, TrainNetworkOptions } from "./train-network.js";
import { refuseTraining } from "./training-error.js";

/** Options with their defaults. @internal */
export interface ResolvedTraining
  extends Required<
      Pick<
        TrainNetworkOptions,
        "train" | "imageShape" | "classes" | "epochs" | "batchSize" | "seed" | "threads" | "widths"
      >
    >,
    Readonly<Record<"validation", LabelledPixels | undefined>> {}

/**
 * Holds a training's options and data against what the trainer can do.
 *
 * @param training - Options with their defaults.
 * @throws {@link LocalTrainingError} `LOCAL_TRAINING_REFUSED` naming the first thing that is wrong.
 * @internal
 */
export function checkTraining(training: ResolvedTraining): void {
  checkNumbers(training);
  const { train, validation, batchSize } = training;
  checkImages("training", train, training);
  if (validation) checkImages("validation", validation, training);
  if (train.count < batchSize) {
    throw refuseTraining(
      `The number of input images must be bigger or equal to the mini_batch_size. There are ${train.count} training images, the mini_batch_size is ${batchSize}.`,
    );
  }
}

function checkNumbers({ imageShape, classes, epochs, batchSize, seed, threads, widths }: ResolvedTraining): void {
  const { widthStep, maxWidth, minSide, maxSide, minClasses, maxClasses } = ARCHITECTURE_LIMITS;
  const { height, width } = imageShape;
  for (const [name, value] of Object.entries({ epochs, mini_batch_size: batchSize, threads })) {
    if (!Number.isInteger(value) || value < 1)
      throw refuseTraining(`${name} is ${value}; it must be a whole number from 1.`);
  }
  if (!Number.isSafeInteger(seed)) throw refuseTraining(`The seed is ${seed}; it must be a whole number.`);
  if (![height, width].every((side) => Number.isInteger(side) && side >= minSide && side <= maxSide)) {
    throw refuseTraining(
      `Images of ${height} x ${width} pixels are not possible; each side must have ${minSide} to ${maxSide}.`,
    );
  }
  if (!Number.isInteger(classes) || classes < minClasses || classes > maxClasses) {
    throw refuseTraining(`num_classes is ${classes}; a classifier has ${minClasses} to ${maxClasses} classes.`);
  }
  if (!widths.every((channels) => channels % widthStep === 0 && channels >= widthStep && channels <= maxWidth)) {
    throw refuseTraining(
      `The widths are ${widths.join(", ")}; each must be a multiple of ${widthStep} from ${widthStep} to ${maxWidth}.`,
    );
  }
}

function checkImages(
  kind: "training" | "validation",
  { pixels, labels, count }: LabelledPixels,
  { imageShape, classes }: ResolvedTraining,
): void {
  const { height, width } = imageShape;
  if (pixels.length !== count * height * width * 3 || labels.length !== count) {
    throw refuseTraining(
      `The ${kind} data does not hold what it says: ${pixels.length} bytes and ${labels.length} labels are not ${count} images of ${height} x ${width} pixels.`,
    );
  }
  const wrong = labels.find((label) => label >= classes);
  if (wrong !== undefined) {
    throw refuseTraining(
      `The label ${wrong} of a ${kind} image does not fit num_classes ${classes}; labels run from 0 to ${classes - 1}.`,
    );
  }
}
