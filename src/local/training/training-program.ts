import type { Slice } from "./architecture.js";
import type { ShardBuffers } from "./memory-plan.js";
import { addressOf, type BoundNetwork, backpropagateShard, predictShard } from "./network.js";
import { shuffleIndices } from "./random.js";
import { learningRate, RECIPE } from "./recipe.js";
import { augment, loadImage, UPRIGHT } from "./shard-input.js";

/** What a training thread is told. @internal */
export interface TrainingSettings {
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly trainCount: number;
  readonly validationCount: number;
}

/** What came of one epoch. @internal */
export interface EpochFigures {
  readonly epoch: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | undefined;
  readonly loss: number;
}

/** One of the threads that train together. @internal */
export interface ThreadPosition {
  readonly index: number;
  readonly threads: number;
  /** Waits until all threads have arrived. */
  readonly meet: () => void;
  /** Shared numbers, two for each shard: losses or right answers. */
  readonly results: Float64Array;
}

/**
 * Trains, as one of several threads that run this same function over one memory. A shard is worked off by one thread,
 * sums are taken in the order of the shards by the first thread, and so the result does not depend on their number.
 *
 * @param network - The network in the shared memory.
 * @param settings - What to do.
 * @param position - Which of the threads this is.
 * @param onEpoch - Is told each epoch, on the first thread only.
 * @internal
 */
export function runTraining(
  network: BoundNetwork,
  settings: TrainingSettings,
  position: ThreadPosition,
  onEpoch: (figures: EpochFigures) => void,
): void {
  const { epochs, batchSize, trainCount, seed } = settings;
  const stepsPerEpoch = Math.floor(trainCount / batchSize);
  const steps = epochs * stepsPerEpoch;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffleIndices(trainCount, seed, 0x6f726472, epoch);
    let loss = 0;
    let right = 0;
    for (let index = 0; index < stepsPerEpoch; index++) {
      const batch = order.subarray(index * batchSize, (index + 1) * batchSize);
      trainBatch(network, settings, position, batch, epoch);
      position.meet();
      if (position.index === 0) {
        for (let shard = 0; shard < RECIPE.shards; shard++) {
          loss += position.results[2 * shard] ?? 0;
          right += position.results[2 * shard + 1] ?? 0;
        }
        update(network, epoch * stepsPerEpoch + index, steps, batchSize);
      }
      position.meet();
    }
    const validationAccuracy = validate(network, settings, position);
    if (position.index === 0) {
      const seen = stepsPerEpoch * batchSize;
      onEpoch({ epoch, trainAccuracy: right / seen, validationAccuracy, loss: loss / seen });
    }
  }
}

/** The shards of a batch: the first ones get one image more where it does not divide. */
function shardRange(batchSize: number, shard: number): readonly [start: number, end: number] {
  const size = Math.ceil(batchSize / RECIPE.shards);
  return [Math.min(batchSize, shard * size), Math.min(batchSize, (shard + 1) * size)];
}

function trainBatch(
  network: BoundNetwork,
  { seed, batchSize }: TrainingSettings,
  position: ThreadPosition,
  batch: Uint32Array,
  epoch: number,
): void {
  const { plan, layout, bytes } = network;
  const source = { pixels: plan.trainPixels, labels: plan.trainLabels };
  for (const [shard, buffers] of plan.shards.entries()) {
    if (shard % position.threads !== position.index) continue;
    const [start, end] = shardRange(batchSize, shard);
    const count = end - start;
    for (let slot = 0; slot < count; slot++) {
      const image = batch[start + slot] ?? 0;
      loadImage(network, buffers, slot, source, image, augment(seed, epoch, image));
    }
    new Float32Array(bytes, buffers.gradient, layout.parameters).fill(0);
    predictShard(network, buffers, count, "train");
    position.results[2 * shard + 1] = countRight(network, buffers, count);
    position.results[2 * shard] = backpropagateShard(network, buffers, count, 1 / batchSize);
  }
}

/** One optimiser step over the summed gradients, and the running statistics; on the first thread alone. */
function update(network: BoundNetwork, step: number, steps: number, batchSize: number): void {
  const { kernels, layout, plan } = network;
  const [first, second = first] = plan.shards;
  if (first === undefined || second === undefined) return;
  const rate = learningRate(step, steps);
  const time = step + 1;
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

/** Accuracy on the validation images, each seen upright and mirrored; blocks of images go round among the threads. */
function validate(network: BoundNetwork, settings: TrainingSettings, position: ThreadPosition): number | undefined {
  const { plan, layout, bytes } = network;
  const { validationCount } = settings;
  if (validationCount === 0) return undefined;
  const perBlock = Math.max(1, Math.floor(plan.shardSize / 2));
  const labels = new Int32Array(bytes, plan.validationLabels, validationCount);
  const source = { pixels: plan.validationPixels, labels: plan.validationLabels };
  const buffers = plan.shards[position.index];
  if (buffers === undefined) return undefined;
  const { classes } = layout.architecture;
  let right = 0;
  for (let block = position.index; block * perBlock < validationCount; block += position.threads) {
    const start = block * perBlock;
    const count = Math.min(perBlock, validationCount - start);
    for (const index of Array(count).keys()) {
      loadImage(network, buffers, 2 * index, source, start + index, UPRIGHT);
      loadImage(network, buffers, 2 * index + 1, source, start + index, { ...UPRIGHT, mirror: 1 });
    }
    predictShard(network, buffers, 2 * count, "evaluate");
    const probabilities = new Float32Array(bytes, buffers.probabilities, 2 * count * classes);
    for (let index = 0; index < count; index++) {
      const both = averageMirrored(probabilities, index, classes);
      if (both.indexOf(Math.max(...both)) === labels[start + index]) right++;
    }
  }
  position.results[2 * position.index + 1] = right;
  position.meet();
  let total = 0;
  for (let thread = 0; thread < position.threads; thread++) total += position.results[2 * thread + 1] ?? 0;
  position.meet();
  return total / validationCount;
}

/**
 * The mean of the answers for an image and its mirror image.
 *
 * @param probabilities - Answers, the two of an image after each other.
 * @param index - Which image.
 * @param classes - Number of classes.
 * @returns One probability per class.
 * @internal
 */
export function averageMirrored(probabilities: Float32Array, index: number, classes: number): number[] {
  const start = 2 * index * classes;
  return Array.from({ length: classes }, (_, k) =>
    Math.fround(((probabilities[start + k] ?? 0) + (probabilities[start + classes + k] ?? 0)) / 2),
  );
}

function countRight({ layout, bytes }: BoundNetwork, buffers: ShardBuffers, count: number): number {
  const { classes } = layout.architecture;
  const labels = new Int32Array(bytes, buffers.labels, count);
  const probabilities = new Float32Array(bytes, buffers.probabilities, count * classes);
  let right = 0;
  for (let index = 0; index < count; index++) {
    const answer = probabilities.subarray(index * classes, (index + 1) * classes);
    if (answer.indexOf(Math.max(...answer)) === labels[index]) right++;
  }
  return right;
}
