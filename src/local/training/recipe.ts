/** The training recipe; measured on the bicycles and motorcycles of CIFAR-100. @internal */
export const RECIPE = {
  epochs: 30,
  batchSize: 32,
  /** Each batch is split so; the parts have their own batch statistics and may run on two threads. */
  shards: 2,
  warmUpShare: 0.2,
  beta1: 0.9,
  beta2: 0.999,
  adamEpsilon: 1e-8,
  /** On convolution and linear weights only. */
  weightDecay: 0.1,
  labelSmoothing: 0.1,
  /** Random crop: pixels of reflected border. */
  cropBorder: 4,
  normEpsilon: 1e-5,
  normMomentum: 0.1,
} as const;

/** Widest last stage that learns best at the higher rate. */
const NARROW = 32;

/**
 * Highest learning rate of a training; wider networks need a lower one. Both were measured.
 *
 * @param widths - Channels of the three stages.
 * @returns The rate.
 * @internal
 */
export function peakRate(widths: readonly [number, number, number]): number {
  return widths[2] <= NARROW ? 0.006 : 0.004;
}

/**
 * Learning rate of a step: a linear warm-up, then half a cosine down to zero.
 *
 * @param step - The step, from 0.
 * @param steps - Steps of the whole training.
 * @param peak - The highest rate.
 * @returns The rate.
 * @internal
 */
export function learningRate(step: number, steps: number, peak: number): number {
  const warmUp = Math.max(1, Math.round(steps * RECIPE.warmUpShare));
  if (step < warmUp) return (peak * (step + 1)) / warmUp;
  const share = (step - warmUp) / Math.max(1, steps - warmUp);
  return (peak * (1 + Math.cos(Math.PI * share))) / 2;
}
