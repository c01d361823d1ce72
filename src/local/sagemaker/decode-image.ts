import { PNG } from "pngjs";

/** An image as the network takes it: RGB bytes, row by row. @internal */
export interface RgbImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** `height * width * 3` bytes. */
  readonly rgb: Uint8Array;
}

/** Most pixels that are decoded: an image that claims more is refused before memory is spent on it. */
const MAX_PIXELS = 4096 * 4096;
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8, 0xff]);
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Decodes a PNG of any colour type to RGB; an alpha channel is dropped, as MXNet does by default.
 *
 * @param bytes - The file.
 * @returns The image.
 * @throws Error with the reason when it is not a PNG that can be decoded.
 * @internal
 */
export function decodeImage(bytes: Uint8Array): RgbImage {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, 3).equals(JPEG_SIGNATURE)) {
    throw new Error("it is a JPEG, and the local AWS decodes PNG images only; convert it to PNG");
  }
  if (file.length < 33 || !file.subarray(0, 8).equals(PNG_SIGNATURE)) {
    throw new Error("the local AWS decodes PNG images only, and this is not one");
  }
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  if (width * height > MAX_PIXELS) throw new Error(`an image of ${width} x ${height} pixels is too large`);
  const { data } = PNG.sync.read(file);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgb[pixel * 3] = data[pixel * 4] ?? 0;
    rgb[pixel * 3 + 1] = data[pixel * 4 + 1] ?? 0;
    rgb[pixel * 3 + 2] = data[pixel * 4 + 2] ?? 0;
  }
  return { width, height, rgb };
}

/**
 * Cuts the centre out of a larger image, as the algorithm does in training without augmentation.
 *
 * @param image - An image that is at least as large as the shape.
 * @param shape - Height and width in pixels.
 * @returns RGB bytes of that shape.
 * @internal
 */
export function cropCentre(image: RgbImage, shape: { readonly height: number; readonly width: number }): Uint8Array {
  if (image.width === shape.width && image.height === shape.height) return image.rgb;
  const left = Math.floor((image.width - shape.width) / 2);
  const top = Math.floor((image.height - shape.height) / 2);
  const result = new Uint8Array(shape.height * shape.width * 3);
  for (let y = 0; y < shape.height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    result.set(image.rgb.subarray(start, start + shape.width * 3), y * shape.width * 3);
  }
  return result;
}

/**
 * Resizes an image by bilinear interpolation without keeping its aspect ratio, as the algorithm does at inference.
 *
 * @param image - The image.
 * @param shape - Height and width in pixels.
 * @returns RGB bytes of that shape.
 * @internal
 */
export function resizeImage(image: RgbImage, shape: { readonly height: number; readonly width: number }): Uint8Array {
  if (image.width === shape.width && image.height === shape.height) return image.rgb;
  const result = new Uint8Array(shape.height * shape.width * 3);
  for (let y = 0; y < shape.height; y++) {
    const [top, bottom, down] = neighbours(y, shape.height, image.height);
    for (let x = 0; x < shape.width; x++) {
      const [left, right, across] = neighbours(x, shape.width, image.width);
      for (let channel = 0; channel < 3; channel++) {
        const at = (row: number, column: number) => image.rgb[(row * image.width + column) * 3 + channel] ?? 0;
        const upper = at(top, left) * (1 - across) + at(top, right) * across;
        const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        result[(y * shape.width + x) * 3 + channel] = Math.round(upper * (1 - down) + lower * down);
      }
    }
  }
  return result;
}

function neighbours(position: number, targetSize: number, sourceSize: number): readonly [number, number, number] {
  const centre = Math.min(Math.max(((position + 0.5) * sourceSize) / targetSize - 0.5, 0), sourceSize - 1);
  const first = Math.floor(centre);
  return [first, Math.min(first + 1, sourceSize - 1), centre - first];
}
