import { backpropagateShard } from "./backpropagate-shard.js";
import type { ThreadPosition } from "./barrier.js";
import { type EarlyStopping, watchAccuracy } from "./early-stopping.js";
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
  /** Epoch to begin with: those before it were trained by another job. */
  readonly firstEpoch: number;
  readonly earlyStopping: EarlyStopping | undefined;
  /** Every how many epochs the weights are handed out; 0 for never. */
  readonly checkpointEvery: number;
  /** Whether the weights are handed out when the validation accuracy is the best so far. */
  readonly keepBest: boolean;
}

/** Weights of one moment. @internal */
export interface WeightsSnapshot {
  readonly parameters: Float32Array;
  readonly runningMean: Float32Array;
  readonly runningVariance: Float32Array;
}

/** How far the training accuracy of an epoch was after some batches. @internal */
export interface BatchFigures {
  /** The batch, from 0. */
  readonly batch: number;
  /** Accuracy from the beginning of the epoch up to it. */
  readonly accuracy: number;
}

/** What came of one epoch. @internal */
export interface EpochFigures {
  readonly epoch: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | undefined;
  readonly loss: number;
  /** Figures after every twentieth batch. */
  readonly batches: readonly BatchFigures[];
  /** The weights, when they are to be kept. */
  readonly weights?: WeightsSnapshot;
}

/** The AWS algorithm reports after batch 20, 40 and so on. */
const REPORTED_BATCHES = 20;

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
  const firstStep = settings.firstEpoch * stepsPerEpoch;
  const isLastEpoch = watchAccuracy(settings.earlyStopping);
  let best = Number.NEGATIVE_INFINITY;
  for (let epoch = settings.firstEpoch; epoch < epochs; epoch++) {
    const order = shuffleIndices(trainCount, seed, 0x6f726472, epoch);
    let loss = 0;
    let right = 0;
    const batches: BatchFigures[] = [];
    for (let index = 0; index < stepsPerEpoch; index++) {
      const batch = order.subarray(index * batchSize, (index + 1) * batchSize);
      trainBatch(network, settings, position, batch, epoch);
      position.meet();
      if (position.index === 0) {
        for (let shard = 0; shard < RECIPE.shards; shard++) {
          loss += position.results[2 * shard] ?? 0;
          right += position.results[2 * shard + 1] ?? 0;
        }
        updateWeights(network, { step: epoch * stepsPerEpoch + index, steps, firstStep, batchSize });
        if (index > 0 && index % REPORTED_BATCHES === 0) {
          batches.push({ batch: index, accuracy: right / ((index + 1) * batchSize) });
        }
      }
      position.meet();
    }
    const validationAccuracy = measureAccuracy(network, settings.validationCount, position);
    if (position.index === 0) {
      const seen = stepsPerEpoch * batchSize;
      const isCheckpoint = settings.checkpointEvery > 0 && (epoch + 1) % settings.checkpointEvery === 0;
      const isBest = settings.keepBest && (validationAccuracy ?? 0) > best;
      if (isBest) best = validationAccuracy ?? 0;
      const figures = { epoch, trainAccuracy: right / seen, validationAccuracy, loss: loss / seen, batches };
      onEpoch(isCheckpoint || isBest ? { ...figures, weights: copyWeights(network) } : figures);
    }
    // Nobody changes the weights before the first thread has copied them and met the others at the next batch.
    if (isLastEpoch(validationAccuracy)) return;
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

/**
 * Copies the weights of this moment out of the shared memory.
 *
 * @param network - The network.
 * @returns The copies.
 * @internal
 */
export function copyWeights({ layout, plan, bytes }: BoundNetwork): WeightsSnapshot {
  const copy = (address: number, length: number) => new Float32Array(bytes, address, length).slice();
  return {
    parameters: copy(plan.parameters, layout.parameters),
    runningMean: copy(plan.runningMean, layout.channels),
    runningVariance: copy(plan.runningVariance, layout.channels),
  };
}
