import { availableParallelism } from "node:os";
import { throwIfAborted } from "../../core/abort.js";
import { type Architecture, layOutNetwork, type Size } from "./architecture.js";
import { checkTraining } from "./check-training.js";
import type { EarlyStopping } from "./early-stopping.js";
import { bindKernelModule } from "./kernel-binding.js";
import { compileKernels, createMemory, MAXIMUM_MEMORY_BYTES } from "./kernels.js";
import { planMemory } from "./memory-plan.js";
import type { BoundNetwork } from "./network.js";
import { RECIPE } from "./recipe.js";
import { runWorkers } from "./run-workers.js";
import { refuseTraining } from "./training-error.js";
import { type BatchFigures, copyWeights, type EpochFigures, type WeightsSnapshot } from "./training-program.js";
import { turnAllWeights } from "./update-weights.js";
import { decodeWeights, encodeWeights, type NetworkWeights } from "./weights-file.js";
import { measureChannels, writeInitialWeights, writeInputScale, writeWeights } from "./write-memory.js";

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
  /** Figures after every twentieth batch. */
  readonly batches: readonly BatchFigures[];
}

/** The network as it was after an epoch. @internal */
export interface NetworkCheckpoint {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** The weights file. */
  readonly weights: Uint8Array;
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
  /** Weights file to go on from, of the same shape and number of classes; its widths and input scale are taken. */
  readonly initial?: Uint8Array;
  /** Epoch to begin with, from 0: the learning rate goes on from there. @defaultValue `0` */
  readonly firstEpoch?: number;
  /** Ends the training before its last epoch. @defaultValue never */
  readonly earlyStopping?: EarlyStopping;
  /** `last`: the weights of the last epoch; `best`: those of the best validation accuracy. @defaultValue `"last"` */
  readonly keep?: "last" | "best";
  /** Every how many epochs a checkpoint is handed out. @defaultValue never */
  readonly checkpointEvery?: number;
  /** Is handed the checkpoints. */
  readonly onCheckpoint?: (checkpoint: NetworkCheckpoint) => void;
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
   * images.
   */
  readonly bestEpoch: number;
  /** The epoch that the weights are of. */
  readonly weightsEpoch: number;
}

/**
 * Trains a ResNet-8 in worker threads. The weights are those of the last epoch unless `keep` says otherwise: the
 * learning rate ends at zero, and choosing the epoch by its validation accuracy would make that figure look better than
 * it is. (The AWS algorithm keeps the epoch with the best validation accuracy.) An abort ends the threads and leaves nothing behind.
 *
 * @param options - See {@link TrainNetworkOptions}.
 * @returns The network; the same options give the same bytes, whatever the number of threads.
 * @throws {@link LocalTrainingError} `LOCAL_TRAINING_REFUSED` when the data or an option does not allow a training.
 * @internal
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<TrainedNetwork> {
  const { train, validation, imageShape, classes, signal, onEpoch } = options;
  const { epochs = RECIPE.epochs, batchSize = RECIPE.batchSize, seed = 0, firstEpoch = 0, keep = "last" } = options;
  const initial = options.initial === undefined ? undefined : readInitial(options.initial, options);
  const widths = initial?.architecture.widths ?? options.widths ?? [16, 16, 32];
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
  const statistics = initial ?? measureChannels(train.pixels);
  new Uint8Array(bytes, plan.trainPixels, train.pixels.length).set(train.pixels);
  new Uint32Array(bytes, plan.trainLabels, train.count).set(train.labels);
  if (validation) {
    new Uint8Array(bytes, plan.validationPixels, validation.pixels.length).set(validation.pixels);
    new Uint32Array(bytes, plan.validationLabels, validation.count).set(validation.labels);
  }
  writeInputScale(network, statistics);
  if (initial) writeWeights(network, initial);
  else writeInitialWeights(network, seed);
  turnAllWeights(network);

  const encode = (weights: WeightsSnapshot) =>
    encodeWeights({ architecture, mean: statistics.mean, deviation: statistics.deviation, ...weights });
  const checkpointEvery = options.checkpointEvery ?? 0;
  const keepBest = keep === "best" && validationCount > 0;
  const reports: EpochReport[] = [];
  let best: { readonly epoch: number; readonly accuracy: number; readonly weights: Uint8Array } | undefined;
  const imagesPerEpoch = train.count - (train.count % batchSize);
  let startedAt = performance.now();
  const report = ({ weights, validationAccuracy, ...figures }: EpochFigures) => {
    const seconds = (performance.now() - startedAt) / 1000;
    startedAt = performance.now();
    const entry = { ...figures, epochs, samplesPerSecond: imagesPerEpoch / Math.max(seconds, 1e-9), seconds };
    reports.push(validationAccuracy === undefined ? entry : { ...entry, validationAccuracy });
    const { epoch } = figures;
    const file = weights && encode(weights);
    if (keepBest && file && (validationAccuracy ?? 0) > (best?.accuracy ?? Number.NEGATIVE_INFINITY)) {
      best = { epoch, accuracy: validationAccuracy ?? 0, weights: file };
    }
    onEpoch?.(reports.at(-1) ?? entry);
    if (file && checkpointEvery > 0 && (epoch + 1) % checkpointEvery === 0) {
      options.onCheckpoint?.({ epoch, weights: file });
    }
  };
  const { earlyStopping } = options;
  const counts = { trainCount: train.count, validationCount };
  const settings = { seed, epochs, batchSize, ...counts, firstEpoch, earlyStopping, checkpointEvery, keepBest };
  await runWorkers({ memory, architecture, plan, settings, threads, signal, onEpoch: report });

  const lastEpoch = reports.at(-1)?.epoch ?? firstEpoch - 1;
  const accuracies = reports.map(({ validationAccuracy }) => validationAccuracy ?? 0);
  const bestReport = reports[accuracies.indexOf(Math.max(...accuracies))];
  return {
    weights: best?.weights ?? encode(copyWeights(network)),
    epochs: reports,
    bestEpoch: validationCount === 0 ? lastEpoch : (bestReport?.epoch ?? lastEpoch),
    weightsEpoch: best?.epoch ?? lastEpoch,
  };
}

function readInitial(
  file: Uint8Array,
  { imageShape, classes }: Pick<TrainNetworkOptions, "imageShape" | "classes">,
): NetworkWeights {
  const weights = decodeWeights(file);
  const { imageShape: shape, classes: count } = weights.architecture;
  if (shape.height === imageShape.height && shape.width === imageShape.width && count === classes) return weights;
  throw refuseTraining(
    `The model to go on from has ${count} classes and images of ${shape.height} x ${shape.width} pixels, this training has ${classes} and ${imageShape.height} x ${imageShape.width}; num_classes and image_shape must be the same.`,
  );
}
