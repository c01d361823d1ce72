import { DatasetError } from "../etl-errors.js";

/** Height and width of images in pixels. */
export interface ImageSize {
  /** Height in pixels. */
  readonly height: number;
  /** Width in pixels. */
  readonly width: number;
}

/** Pixels of an image. @internal */
export interface DecodedImage extends ImageSize {
  /** `height * width * 3` bytes of red, green and blue. */
  readonly rgb: Uint8Array;
}

/** What {@link decodeImage} reads. @internal */
export interface DecodeImageOptions {
  /** The file. */
  readonly bytes: Buffer;
  /** What to call it in messages. */
  readonly name: string;
  /** Size that the image must have, or is brought to where `sharp` is installed; `undefined` takes any. */
  readonly size: ImageSize | undefined;
}

const PNG_SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Signature, and the header chunk that has to come first. */
const PNG_HEAD_BYTES = 33;
/** Most pixels that are decoded, so that a few bytes cannot claim all memory. */
const MAX_PIXELS = 4096 * 4096;
/** Interlaced pixels are unpacked without a limit of their own, at most a thousandfold. */
const MAX_INTERLACED_BYTES = 1024 * 1024;
const INSTALL = "run npm install sharp, which reads more formats and resizes";

/**
 * Decodes an image file to RGB. PNG files of the right size, of any colour type and depth, are decoded here; other
 * sizes and formats by the optional package `sharp`. An alpha channel is dropped, as the algorithm itself does with
 * such an image, so that training and inference see the same pixels.
 *
 * @param options - See {@link DecodeImageOptions}.
 * @returns The pixels.
 * @throws {@link DatasetError} `IMAGE_INVALID` when it cannot be decoded, with what is accepted.
 * @internal
 */
export async function decodeImage(options: DecodeImageOptions): Promise<DecodedImage> {
  const { bytes, name, size } = options;
  const header = readPngHeader(bytes);
  const obstacle = findObstacle(header, bytes.length, size);
  if (header !== undefined && obstacle === undefined) return decodePng(bytes, name);
  const { sharp, failure } = await loadSharp();
  if (sharp === undefined)
    throw invalid(
      name,
      `${obstacle ?? ""}. Without the package sharp only PNG files of the data set's size are read: ${INSTALL}`,
      failure,
    );
  try {
    let image = sharp(bytes, { limitInputPixels: MAX_PIXELS }).rotate().toColourspace("srgb").removeAlpha();
    // The endpoint too brings any image to its size without regard to the aspect ratio.
    if (size !== undefined) image = image.resize(size.width, size.height, { fit: "fill" });
    const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
  } catch (error) {
    throw invalid(name, `it cannot be decoded (${describe(error)})`, error);
  }
}

interface PngHeader extends ImageSize {
  readonly isInterlaced: boolean;
}

function readPngHeader(bytes: Buffer): PngHeader | undefined {
  if (bytes.length < PNG_HEAD_BYTES || !bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), isInterlaced: bytes[28] === 1 };
}

/** What keeps a file from being decoded without `sharp`. */
function findObstacle(header: PngHeader | undefined, length: number, size: ImageSize | undefined): string | undefined {
  if (header === undefined) return "it is not a PNG file";
  const { width, height, isInterlaced } = header;
  if (size && (width !== size.width || height !== size.height)) {
    return `it has ${width} x ${height} pixels instead of ${size.width} x ${size.height}`;
  }
  if (width * height > MAX_PIXELS) return `it has ${width} x ${height} pixels, more than ${MAX_PIXELS}`;
  if (isInterlaced && length > MAX_INTERLACED_BYTES) return `it is interlaced and has ${length} bytes`;
  return undefined;
}

async function decodePng(bytes: Buffer, name: string): Promise<DecodedImage> {
  // Who reads an archive decodes no PNG, and need not wait for this to load.
  const { PNG } = await import("pngjs");
  try {
    const { width, height, data } = PNG.sync.read(bytes);
    const rgb = new Uint8Array(width * height * 3);
    for (let pixel = 0; pixel < width * height; pixel++) {
      rgb[pixel * 3] = data[pixel * 4] ?? 0;
      rgb[pixel * 3 + 1] = data[pixel * 4 + 1] ?? 0;
      rgb[pixel * 3 + 2] = data[pixel * 4 + 2] ?? 0;
    }
    return { width, height, rgb };
  } catch (error) {
    throw invalid(name, `it is a damaged PNG file (${describe(error)})`, error);
  }
}

/** The optional package; loaded only when an image needs it. */
async function loadSharp() {
  try {
    return { sharp: (await import("sharp")).default, failure: undefined };
  } catch (failure) {
    return { sharp: undefined, failure };
  }
}

function describe(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 200) ?? "";
}

function invalid(name: string, reason: string, cause?: unknown): DatasetError {
  return new DatasetError({
    code: "IMAGE_INVALID",
    message: `The image ${JSON.stringify(name)} cannot be used: ${reason}.`,
    details: { filename: name, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
