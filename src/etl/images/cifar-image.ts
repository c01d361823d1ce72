/** Part of a data set: for learning, or for checking what was learnt. */
export type Split = "train" | "test";

/** One labelled image of a data set. */
export interface CifarImage<Label extends string = string> {
  /** File name as the data set gives it. */
  readonly filename: string;
  /** Part of the data set that it belongs to. */
  readonly split: Split;
  /** Name of its class. */
  readonly label: Label;
  /** Label of its class: the place of the name among the chosen classes. */
  readonly labelId: number;
  /** Row in its split of the archive, from 0. */
  readonly row: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `height * width * 3` bytes: red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array;
}

/** Pixels of one side of a CIFAR image. @internal */
export const CIFAR_SIDE = 32;
/** Bytes of one colour plane of a CIFAR image. @internal */
const CIFAR_PLANE_BYTES = CIFAR_SIDE * CIFAR_SIDE;
/** Bytes of one row of a CIFAR batch: the red plane, the green plane, the blue plane. @internal */
export const CIFAR_ROW_BYTES = 3 * CIFAR_PLANE_BYTES;

/**
 * Turns three colour planes into red, green, blue of each pixel.
 *
 * @param planes - One row of a batch.
 * @returns The same pixels, interleaved; a copy.
 * @internal
 */
export function interleavePlanes(planes: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(CIFAR_ROW_BYTES);
  for (let pixel = 0; pixel < CIFAR_PLANE_BYTES; pixel++) {
    rgb[pixel * 3] = planes[pixel] ?? 0;
    rgb[pixel * 3 + 1] = planes[pixel + CIFAR_PLANE_BYTES] ?? 0;
    rgb[pixel * 3 + 2] = planes[pixel + 2 * CIFAR_PLANE_BYTES] ?? 0;
  }
  return rgb;
}
