import { constants, crc32, deflateSync, type ZlibOptions } from "node:zlib";
import * as z from "zod";
import { parseOptions } from "../../core/options.js";

const SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const END = chunk("IEND", Buffer.alloc(0));
/** Bytes of a pixel. */
const STEP = 3;
/** Up to here, deflate takes as long to set up its tables as to deflate, and next to nothing ever repeats but runs. */
const SMALL_BYTES = 4096;
const SMALL: ZlibOptions = { windowBits: 12, memLevel: 6, strategy: constants.Z_RLE };
/** Number of the filter. */
const PAETH = 4;

const ImageSchema = z
  .object({
    width: z.int().min(1).max(65_535),
    height: z.int().min(1).max(65_535),
    rgb: z.instanceof(Uint8Array),
  })
  .refine(({ width, height, rgb }) => rgb.byteLength === width * height * STEP, {
    path: ["rgb"],
    message: "must hold width * height * 3 bytes",
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
  return encodeChecked(parseOptions("encodePng", ImageSchema, image));
}

/**
 * Encodes an image that was checked before.
 *
 * @param image - The same as of {@link encodePng}.
 * @returns The file.
 * @internal
 */
export function encodeChecked({ width, height, rgb }: Parameters<typeof encodePng>[0]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a channel, colour type 2 (RGB), the only compression and filter method, not interlaced.
  header.set([8, 2, 0, 0, 0], 8);
  const filtered = filterRows(width, height, rgb);
  const chunkSize = filtered.length + 1024;
  const pixels = deflateSync(filtered, filtered.length <= SMALL_BYTES ? { ...SMALL, chunkSize } : { chunkSize });
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), chunk("IDAT", pixels), END]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, "latin1");
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, data.length + 8)), data.length + 8);
  return bytes;
}

/**
 * Writes each row as differences from what its neighbours let expect, with the number of the filter in front. Paeth's
 * filter for all rows: on photographs it deflates smaller than choosing a filter for each row by the sum of its
 * differences, and takes a third of the time.
 */
function filterRows(width: number, height: number, rgb: Uint8Array): Buffer {
  const stride = width * STEP;
  const filtered = Buffer.allocUnsafe(height * (stride + 1));
  // Above and left of the image stand black pixels.
  let above = new Uint8Array(stride + STEP);
  let row = new Uint8Array(stride + STEP);
  for (let y = 0; y < height; y++) {
    row.set(rgb.subarray(y * stride, (y + 1) * stride), STEP);
    const target = y * (stride + 1);
    filtered[target] = PAETH;
    for (let index = 0; index < stride; index++) {
      const expected = predictPaeth(row[index] ?? 0, above[index + STEP] ?? 0, above[index] ?? 0);
      filtered[target + 1 + index] = (row[index + STEP] ?? 0) - expected;
    }
    [above, row] = [row, above];
  }
  return filtered;
}

/** The neighbour that is nearest to `left + over - corner`. Source: the PNG specification, filter type 4. */
function predictPaeth(left: number, over: number, corner: number): number {
  const toLeft = Math.abs(over - corner);
  const toOver = Math.abs(left - corner);
  const toCorner = Math.abs(left + over - 2 * corner);
  if (toLeft <= toOver && toLeft <= toCorner) return left;
  return toOver <= toCorner ? over : corner;
}
