import { layOutNetwork, type Size } from "./architecture.js";
import { bindKernelModule } from "./kernel-binding.js";
import { compileKernels, createMemory, MAXIMUM_MEMORY_BYTES } from "./kernels.js";
import { averageMirrored } from "./measure-accuracy.js";
import { planMemory } from "./memory-plan.js";
import type { BoundNetwork } from "./network.js";
import { predictShard } from "./predict-shard.js";
import { loadImage, UPRIGHT } from "./shard-input.js";
import { decodeWeights, invalidWeights } from "./weights-file.js";
import { writeInputScale, writeWeights } from "./write-memory.js";

/** A trained network that answers. @internal */
export interface Classifier {
  /** Number of classes. */
  readonly classes: number;
  /** Height and width of the images in pixels. */
  readonly imageShape: Size;
  /**
   * Classifies one image.
   *
   * @param pixels - `height * width * 3` bytes of red, green and blue.
   * @returns One probability per class: the mean of the answers for the image and its mirror image.
   */
  classify(pixels: Uint8Array): number[];
}

/**
 * Makes a classifier of a weights file. It computes on the calling thread, about a millisecond an image.
 *
 * @param file - The file that {@link trainNetwork} returned.
 * @returns The classifier.
 * @throws {@link LocalTrainingError} `LOCAL_WEIGHTS_INVALID` when the file is damaged.
 * @internal
 */
export function createClassifier(file: Uint8Array): Classifier {
  const weights = decodeWeights(file);
  const layout = layOutNetwork(weights.architecture);
  const plan = planMemory({ layout, shards: 1, shardSize: 2, trainCount: 1, validationCount: 0, forTraining: false });
  if (plan.size > MAXIMUM_MEMORY_BYTES) throw invalidWeights("its images would not fit into memory");
  const memory = createMemory(plan.size);
  const bytes = memory.buffer;
  const network: BoundNetwork = { kernels: bindKernelModule(compileKernels(), memory), layout, plan, bytes };
  writeWeights(network, weights);
  writeInputScale(network, weights);
  const { classes, imageShape } = weights.architecture;
  const source = { pixels: plan.trainPixels, labels: plan.trainLabels };
  const size = imageShape.height * imageShape.width * 3;
  return {
    classes,
    imageShape,
    classify(pixels) {
      const [shard] = plan.shards;
      if (pixels.length !== size || shard === undefined) {
        throw new Error(
          `The network takes images of ${size} bytes (${imageShape.height} x ${imageShape.width} RGB), this one has ${pixels.length}; resize it first.`,
        );
      }
      new Uint8Array(bytes, plan.trainPixels, size).set(pixels);
      loadImage(network, shard, 0, source, 0, UPRIGHT);
      loadImage(network, shard, 1, source, 0, { ...UPRIGHT, mirror: 1 });
      predictShard(network, shard, 2, "evaluate");
      return averageMirrored(new Float32Array(bytes, shard.probabilities, 2 * classes), 0, classes);
    },
  };
}
