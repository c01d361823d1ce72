/** What the pixels of an image say. @internal */
export interface MeasuredImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Mean brightness, 0 to 1. */
  readonly brightness: number;
  /** Standard deviation of the brightness, times 2, 0 to 1. */
  readonly contrast: number;
  /** Mean saturation, 0 to 1. */
  readonly colour: number;
}

/** Begin of every PNG, and the name of its first part (PNG specification, 5.2 and 11.2.2). */
const PNG_BEGIN = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
/** Width and height follow the name. */
const SIZE_AT = 16;
/** An image of 4,096 by 4,096; a few bytes can claim any size, and unpack to it. */
const MAX_PIXELS = 4096 * 4096;
/** Weights of red, green and blue in the brightness that the eye sees (Rec. ITU-R BT.601-7, 2.5.1). */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114] as const;

/**
 * Measures a PNG.
 *
 * @param image - The image.
 * @returns What its pixels say; `undefined` when it is no PNG, damaged, or too large.
 * @internal
 */
export async function measureImage(image: Uint8Array): Promise<MeasuredImage | undefined> {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  if (bytes.length < SIZE_AT + 8 || !bytes.subarray(0, SIZE_AT).equals(PNG_BEGIN)) return undefined;
  if (bytes.readUInt32BE(SIZE_AT) * bytes.readUInt32BE(SIZE_AT + 4) > MAX_PIXELS) return undefined;
  const { PNG } = await import("pngjs");
  try {
    const { width, height, data } = PNG.sync.read(bytes);
    return { width, height, ...measurePixels(data) };
  } catch {
    return undefined;
  }
}

function measurePixels(rgba: Uint8Array): Pick<MeasuredImage, "brightness" | "contrast" | "colour"> {
  let sum = 0;
  let squares = 0;
  let colour = 0;
  for (let at = 0; at + 3 < rgba.length; at += 4) {
    const red = (rgba[at] ?? 0) / 255;
    const green = (rgba[at + 1] ?? 0) / 255;
    const blue = (rgba[at + 2] ?? 0) / 255;
    const bright = RED * red + GREEN * green + BLUE * blue;
    sum += bright;
    squares += bright * bright;
    const highest = Math.max(red, green, blue);
    if (highest > 0) colour += (highest - Math.min(red, green, blue)) / highest;
  }
  const count = Math.max(1, Math.floor(rgba.length / 4));
  const brightness = Math.min(1, sum / count);
  const variance = Math.max(0, squares / count - brightness * brightness);
  return { brightness, contrast: Math.min(1, 2 * Math.sqrt(variance)), colour: Math.min(1, colour / count) };
}
