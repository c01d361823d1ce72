import { backpropagateShard } from "./backpropagate-shard.js";
import type { ThreadPosition } from "./barrier.js";
import { measureAccuracy } from "./measure-accuracy.js";
import type { ShardBuffers } from "./memory-plan.js";
import type { BoundNetwork } from "./network.js";
import { predictShard } from "./predict-shard.js";
import { shuffleIndices } from "./random.js";
import { RECIPE } from "./recipe.js";
import { augment, loadImage, shardRange } from "./shard-input.js";
import { updateWeights } from "./update-weights.js";

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
        updateWeights(network, { step: epoch * stepsPerEpoch + index, steps, batchSize });
      }
      position.meet();
    }
    const validationAccuracy = measureAccuracy(network, settings.validationCount, position);
    if (position.index === 0) {
      const seen = stepsPerEpoch * batchSize;
      onEpoch({ epoch, trainAccuracy: right / seen, validationAccuracy, loss: loss / seen });
    }
  }
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
