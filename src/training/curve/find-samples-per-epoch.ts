/** Accuracies are printed with six decimals, so that they are off by half of the last one, and a little more. */
const PRINTED_ERROR = 0.6e-6;
/** With fewer epochs too many counts would do. */
const MIN_EPOCHS = 10;

/**
 * Finds how many images an epoch trained on: an accuracy is a share of them, so that it must be a whole number of them.
 * Of all multiples of the batch size that explain every accuracy it is the smallest.
 *
 * @param accuracies - Accuracies of the training of one instance, as the log prints them.
 * @param batchSize - Images of a step.
 * @param most - The most that are tried.
 * @returns The number; `undefined` where the accuracies do not tell.
 * @internal
 */
export function findSamplesPerEpoch(
  accuracies: readonly number[],
  batchSize: number,
  most: number,
): number | undefined {
  const distinct = [...new Set(accuracies)].filter((accuracy) => accuracy > 0 && accuracy < 1);
  if (distinct.length < MIN_EPOCHS || !(batchSize > 0)) return undefined;
  // Beyond this the error is a good part of one image, and every count would do.
  const limit = Math.min(most, 0.1 / PRINTED_ERROR);
  for (let samples = batchSize; samples <= limit; samples += batchSize) {
    const isWhole = (accuracy: number) =>
      Math.abs(accuracy * samples - Math.round(accuracy * samples)) <= samples * PRINTED_ERROR;
    if (distinct.every(isWhole)) return samples;
  }
  return undefined;
}
