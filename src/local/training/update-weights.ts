import type { Slice } from "./architecture.js";
import { addressOf, type BoundNetwork } from "./network.js";
import { learningRate, peakRate, RECIPE } from "./recipe.js";
import { shardRange } from "./shard-input.js";

/** Where in the training an update stands. @internal */
export interface UpdateOptions {
  /** The step, from 0. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** The step that this training began with; the moments were zero then. @defaultValue 0 */
  readonly firstStep?: number;
  /** Images of the step. */
  readonly batchSize: number;
}

/**
 * Takes one optimiser step over the shards' summed gradients and moves the running statistics; for one thread alone.
 *
 * @param network - The network.
 * @param options - See {@link UpdateOptions}.
 * @internal
 */
export function updateWeights(network: BoundNetwork, { step, steps, firstStep = 0, batchSize }: UpdateOptions): void {
  const { kernels, layout, plan } = network;
  const [first, second = first] = plan.shards;
  if (first === undefined || second === undefined) return;
  const rate = learningRate(step, steps, peakRate(layout.architecture.widths));
  const time = step - firstStep + 1;
  const correction = 1 / (1 - RECIPE.beta1 ** time);
  const correction2 = 1 / (1 - RECIPE.beta2 ** time);
  const adamw = (slice: Slice, decay: number) =>
    kernels.adamw(
      addressOf(plan.parameters, slice),
      addressOf(first.gradient, slice),
      addressOf(second.gradient, slice),
      addressOf(plan.firstMoment, slice),
      addressOf(plan.secondMoment, slice),
      slice.length,
      RECIPE.beta1,
      RECIPE.beta2,
      rate * correction,
      correction2,
      RECIPE.adamEpsilon,
      1 - rate * decay,
    );
  for (const layer of layout.layers) {
    adamw(layer.weights, RECIPE.weightDecay);
    adamw(layer.gamma, 0);
    adamw(layer.beta, 0);
  }
  adamw(layout.linear, RECIPE.weightDecay);
  adamw(layout.bias, 0);
  turnAllWeights(network);
  followStatistics(network, batchSize);
}

/**
 * Packs the weights for the input gradients.
 *
 * @param network - The network.
 * @internal
 */
export function turnAllWeights({ kernels, layout, plan }: BoundNetwork): void {
  for (const { weights, kernel, stride, padding, input, output } of layout.layers) {
    if (input.channels % 8 !== 0) continue; // The stem: nobody needs the gradient of its input.
    const from = addressOf(plan.parameters, weights);
    const to = addressOf(plan.turned, weights);
    kernels.turnWeights(from, to, input.channels, output.channels, kernel, stride, padding);
  }
}

/** Moves the running statistics towards the shards' mean; the running variance is the unbiased one. */
function followStatistics({ layout, plan, bytes }: BoundNetwork, batchSize: number): void {
  const runningMean = new Float32Array(bytes, plan.runningMean, layout.channels);
  const runningVariance = new Float32Array(bytes, plan.runningVariance, layout.channels);
  const shards = plan.shards
    .map((buffers, shard) => {
      const [start, end] = shardRange(batchSize, shard);
      const mean = new Float32Array(bytes, buffers.mean, layout.channels);
      return { count: end - start, mean, variance: new Float32Array(bytes, buffers.variance, layout.channels) };
    })
    .filter(({ count }) => count > 0);
  for (const { channels, output } of layout.layers) {
    for (let channel = channels.start; channel < channels.start + channels.length; channel++) {
      let mean = 0;
      let variance = 0;
      for (const shard of shards) {
        const samples = shard.count * output.height * output.width;
        mean += (shard.mean[channel] ?? 0) / shards.length;
        variance += ((shard.variance[channel] ?? 0) * (samples / Math.max(1, samples - 1))) / shards.length;
      }
      const keep = 1 - RECIPE.normMomentum;
      runningMean[channel] = keep * (runningMean[channel] ?? 0) + RECIPE.normMomentum * mean;
      runningVariance[channel] = keep * (runningVariance[channel] ?? 0) + RECIPE.normMomentum * variance;
    }
  }
}
