import { availableParallelism } from "node:os";
import { throwIfAborted } from "../../core/abort.js";
import { type Architecture, layOutNetwork, type Size } from "./architecture.js";
import { checkTraining } from "./check-training.js";
import { bindKernelModule } from "./kernel-binding.js";
import { compileKernels, createMemory, MAXIMUM_MEMORY_BYTES } from "./kernels.js";
import { planMemory } from "./memory-plan.js";
import type { BoundNetwork } from "./network.js";
import { RECIPE } from "./recipe.js";
import { runWorkers } from "./run-workers.js";
import { refuseTraining } from "./training-error.js";
import type { EpochFigures } from "./training-program.js";
import { turnAllWeights } from "./update-weights.js";
import { encodeWeights } from "./weights-file.js";
import { measureChannels, writeInitialWeights, writeInputScale } from "./write-memory.js";

/** Images with their labels. @internal */
export interface LabelledPixels {
  /** `count * height * width * 3` bytes: red, green and blue of each pixel. */
  readonly pixels: Uint8Array;
  /** One label per image, from 0. */
  readonly labels: Uint32Array;
  /** Number of images. */
  readonly count: number;
}

/** What came of one epoch. @internal */
export interface EpochReport {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** Epochs of the whole training. */
  readonly epochs: number;
  /** Share of the (augmented) training images that were classified rightly on the way, 0 to 1. */
  readonly trainAccuracy: number;
  /** Share of the validation images that are classified rightly after the epoch, 0 to 1. */
  readonly validationAccuracy?: number;
  /** Mean smoothed cross-entropy of the epoch. */
  readonly loss: number;
  /** Training images a second; the time for validation counts. */
  readonly samplesPerSecond: number;
  /** Duration of the epoch. */
  readonly seconds: number;
}

/** What to train, and how. @internal */
export interface TrainNetworkOptions {
  /** Images to learn from. */
  readonly train: LabelledPixels;
  /** Images to check with after each epoch; they take no part in the training. */
  readonly validation?: LabelledPixels;
  /** Height and width of the images, 8 to 4096. */
  readonly imageShape: Size;
  /** Number of classes, 2 to 10,000. */
  readonly classes: number;
  /** Passes over the images. @defaultValue `30` */
  readonly epochs?: number;
  /** Images a step, in two parts that have their own batch statistics; an odd number gives the first part one more. @defaultValue `32` */
  readonly batchSize?: number;
  /** Whole number that decides initial weights, order and augmentation. @defaultValue `0` */
  readonly seed?: number;
  /** Worker threads; more than 2 find nothing to do. The result is the same. @defaultValue as many as there are cores, at most 2 */
  readonly threads?: number;
  /** Channels of the three stages: multiples of 8, up to 512. @defaultValue `[16, 16, 32]` */
  readonly widths?: readonly [number, number, number];
  /** Ends the training. */
  readonly signal?: AbortSignal;
  /** Is told each epoch. */
  readonly onEpoch?: (report: EpochReport) => void;
}

/** A trained network. @internal */
export interface TrainedNetwork {
  /** The weights file, for `createClassifier`. */
  readonly weights: Uint8Array;
  /** What came of each epoch. */
  readonly epochs: readonly EpochReport[];
  /**
   * The epoch with the highest validation accuracy, from 0; the earliest of equals, and the last one without validation
   * images. For information: the weights are those of the last epoch.
   */
  readonly bestEpoch: number;
}

/**
 * Trains a ResNet-8 in worker threads. The weights are those of the last epoch: the learning rate ends at zero, and
 * choosing the epoch by its validation accuracy would make that figure look better than it is. (The AWS algorithm keeps
 * the epoch with the best validation accuracy.) An abort ends the threads and leaves nothing behind.
 *
 * @param options - See {@link TrainNetworkOptions}.
 * @returns The network; the same options give the same bytes, whatever the number of threads.
 * @throws {@link LocalTrainingError} `LOCAL_TRAINING_REFUSED` when the data or an option does not allow a training.
 * @internal
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<TrainedNetwork> {
  const { train, validation, imageShape, classes, signal, onEpoch } = options;
  const { epochs = RECIPE.epochs, batchSize = RECIPE.batchSize, seed = 0, widths = [16, 16, 32] } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), RECIPE.shards);
  throwIfAborted(signal);
  checkTraining({ train, validation, imageShape, classes, epochs, batchSize, seed, threads, widths });
  const architecture: Architecture = { widths, imageShape, classes };
  const layout = layOutNetwork(architecture);
  const shardSize = Math.max(2, Math.ceil(batchSize / RECIPE.shards));
  const validationCount = validation?.count ?? 0;
  const plan = planMemory({
    layout,
    shards: RECIPE.shards,
    shardSize,
    trainCount: train.count,
    validationCount,
    forTraining: true,
  });
  if (plan.size > MAXIMUM_MEMORY_BYTES) {
    throw refuseTraining(
      `${train.count} images of ${imageShape.height} x ${imageShape.width} pixels in batches of ${batchSize} need ${plan.size} bytes, but the local trainer takes ${MAXIMUM_MEMORY_BYTES}. Lower mini_batch_size or image_shape, or train on AWS.`,
    );
  }
  const memory = createMemory(plan.size);
  const bytes = memory.buffer;
  const network: BoundNetwork = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
  const statistics = measureChannels(train.pixels);
  new Uint8Array(bytes, plan.trainPixels, train.pixels.length).set(train.pixels);
  new Uint32Array(bytes, plan.trainLabels, train.count).set(train.labels);
  if (validation) {
    new Uint8Array(bytes, plan.validationPixels, validation.pixels.length).set(validation.pixels);
    new Uint32Array(bytes, plan.validationLabels, validation.count).set(validation.labels);
  }
  writeInputScale(network, statistics);
  writeInitialWeights(network, seed);
  turnAllWeights(network);

  const reports: EpochReport[] = [];
  const imagesPerEpoch = train.count - (train.count % batchSize);
  let startedAt = performance.now();
  const report = ({ epoch, trainAccuracy, validationAccuracy, loss }: EpochFigures) => {
    const seconds = (performance.now() - startedAt) / 1000;
    startedAt = performance.now();
    const samplesPerSecond = imagesPerEpoch / Math.max(seconds, 1e-9);
    const figures = { epoch, epochs, trainAccuracy, loss, samplesPerSecond, seconds };
    const entry = validationAccuracy === undefined ? figures : { ...figures, validationAccuracy };
    reports.push(entry);
    onEpoch?.(entry);
  };
  const settings = { seed, epochs, batchSize, trainCount: train.count, validationCount };
  await runWorkers({ memory, architecture, plan, settings, threads, signal, onEpoch: report });

  const copy = (address: number, length: number) => new Float32Array(bytes, address, length).slice();
  const weights = encodeWeights({
    architecture,
    ...statistics,
    parameters: copy(plan.parameters, layout.parameters),
    runningMean: copy(plan.runningMean, layout.channels),
    runningVariance: copy(plan.runningVariance, layout.channels),
  });
  const accuracies = reports.map(({ validationAccuracy }) => validationAccuracy ?? 0);
  const bestEpoch = validationCount === 0 ? epochs - 1 : accuracies.indexOf(Math.max(...accuracies));
  return { weights, epochs: reports, bestEpoch };
}
