import { PNG } from "pngjs";
import * as z from "zod";
import { parseOptions } from "../../core/options.js";

const ImageSchema = z.looseObject({
  width: z.int().min(1).max(65_535),
  height: z.int().min(1).max(65_535),
  rgb: z.instanceof(Uint8Array),
});

/**
 * Encodes an image as an 8-bit RGB PNG. The same image gives the same bytes on the same version of Node.
 *
 * @param image - Width and height in pixels, and `height * width * 3` bytes of red, green and blue.
 * @returns The file.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the bytes do not fit the size.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { encodePng } from "scones-ml/etl";
 *
 * await writeFile("red.png", encodePng({ width: 1, height: 1, rgb: Uint8Array.of(255, 0, 0) }));
 * ```
 */
export function encodePng(image: {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `height * width * 3` bytes of red, green and blue. */
  readonly rgb: Uint8Array;
}): Uint8Array {
  const { width, height, rgb } = parseOptions("encodePng", ImageSchema, image);
  parseOptions("encodePng", z.literal(width * height * 3), rgb.byteLength);
  const png = new PNG({ width, height, colorType: 2, inputColorType: 2, inputHasAlpha: false, bitDepth: 8 });
  png.data = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  return PNG.sync.write(png, { colorType: 2, inputColorType: 2, inputHasAlpha: false, bitDepth: 8 });
}
