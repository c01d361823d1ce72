import type { ThreadPosition } from "./barrier.js";
import type { BoundNetwork } from "./network.js";
import { predictShard } from "./predict-shard.js";
import { loadImage, UPRIGHT } from "./shard-input.js";

/**
 * Measures the accuracy on the validation images, each seen upright and mirrored. Blocks of images go round among the
 * threads, which all call this.
 *
 * @param network - The network in the shared memory.
 * @param validationCount - Images to measure with.
 * @param position - Which of the threads this is.
 * @returns Share of the images that were classified rightly; `undefined` without images.
 * @internal
 */
export function measureAccuracy(
  network: BoundNetwork,
  validationCount: number,
  position: ThreadPosition,
): number | undefined {
  const { plan, layout, bytes } = network;
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
