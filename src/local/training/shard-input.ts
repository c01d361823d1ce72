import type { ShardBuffers } from "./memory-plan.js";
import type { BoundNetwork } from "./network.js";
import { hashIntegers } from "./random.js";
import { RECIPE } from "./recipe.js";

/** Where images come from. @internal */
export interface ImageSource {
  /** Byte address of the pixels, `height * width * 3` bytes an image. */
  readonly pixels: number;
  /** Byte address of the labels. */
  readonly labels: number;
}

/** How an image is shifted and mirrored. @internal */
export interface Placement {
  readonly shiftY: number;
  readonly shiftX: number;
  readonly mirror: 0 | 1;
}

/** An image as it is. @internal */
export const UPRIGHT: Placement = { shiftY: 0, shiftX: 0, mirror: 0 };

/**
 * Where an image is moved to in an epoch: the same seed, epoch and image always give the same place.
 *
 * @param seed - Seed of the training.
 * @param epoch - The epoch, from 0.
 * @param image - Index of the image.
 * @returns A random crop with reflected border, mirrored half of the time.
 * @internal
 */
export function augment(seed: number, epoch: number, image: number): Placement {
  const hash = hashIntegers(seed, 0x61756721, epoch, image);
  const range = 2 * RECIPE.cropBorder + 1;
  return {
    shiftY: (hash % range) - RECIPE.cropBorder,
    shiftX: (Math.floor(hash / 512) % range) - RECIPE.cropBorder,
    mirror: hash >>> 31 === 1 ? 1 : 0,
  };
}

/**
 * Puts one image and its label into a shard's input.
 *
 * @param network - The network.
 * @param shard - The shard's buffers.
 * @param slot - Place in the shard.
 * @param source - Where the image comes from.
 * @param image - Its index.
 * @param placement - How it is shifted and mirrored.
 * @internal
 */
export function loadImage(
  { kernels, layout, plan, bytes }: BoundNetwork,
  shard: ShardBuffers,
  slot: number,
  source: ImageSource,
  image: number,
  { shiftY, shiftX, mirror }: Placement,
): void {
  const { height, width, channels } = layout.stem.input;
  const target = shard.input + slot * (height + 2) * (width + 2) * channels * 4;
  const pixels = source.pixels + image * height * width * 3;
  kernels.loadImage(pixels, target, height, width, shiftY, shiftX, mirror, plan.inputFactor, plan.inputOffset);
  const [label = 0] = new Int32Array(bytes, source.labels + image * 4, 1);
  new Int32Array(bytes, shard.labels + slot * 4, 1)[0] = label;
}

/**
 * The images of a batch that belong to a shard: where it does not divide, the first shard gets one more.
 *
 * @param batchSize - Images of the batch.
 * @param shard - Index of the shard.
 * @returns First image, and the one after the last.
 * @internal
 */
export function shardRange(batchSize: number, shard: number): readonly [start: number, end: number] {
  const size = Math.ceil(batchSize / RECIPE.shards);
  return [Math.min(batchSize, shard * size), Math.min(batchSize, (shard + 1) * size)];
}
