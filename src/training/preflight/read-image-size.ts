/** What the beginning of an image file tells. @internal */
export type ImageSizeResult =
  | { readonly format: "png" | "jpeg"; readonly width: number; readonly height: number }
  /** It is one, but its size does not stand in the bytes at hand. */
  | { readonly format: "png" | "jpeg"; readonly width: undefined; readonly height: undefined }
  | undefined;

const PNG_SIGNATURE = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Signature, length and type of the first chunk, width and height. */
const PNG_SIZE_END = 24;

/**
 * Reads the size of a PNG or JPEG from its first bytes.
 * Sources: PNG specification, "IHDR Image header"; ITU-T T.81, "Frame header syntax".
 *
 * @param head - The beginning of the file.
 * @returns Format and size in pixels; `undefined` when it is neither.
 * @internal
 */
export function readImageSize(head: Buffer): ImageSizeResult {
  if (head.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return readPngSize(head);
  if (head.length >= 3 && head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return readJpegSize(head);
  return undefined;
}

function readPngSize(head: Buffer): ImageSizeResult {
  if (head.length < PNG_SIZE_END) return { format: "png", width: undefined, height: undefined };
  if (head.toString("latin1", 12, 16) !== "IHDR") return undefined;
  return { format: "png", width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function readJpegSize(head: Buffer): ImageSizeResult {
  let position = 2;
  while (position + 4 <= head.length) {
    if (head[position] !== 0xff) return undefined;
    const marker = head[position + 1] ?? 0;
    // Any number of 0xff may stand before a marker; markers of 0xd0 to 0xd7 and 0x01 have no length.
    if (marker === 0xff) position += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) position += 2;
    else if (isFrame(marker)) {
      if (position + 9 > head.length) break;
      return { format: "jpeg", width: head.readUInt16BE(position + 7), height: head.readUInt16BE(position + 5) };
    } else if (marker === 0xd9 || marker === 0xda) return undefined;
    else {
      const length = head.readUInt16BE(position + 2);
      if (length < 2) return undefined;
      position += 2 + length;
    }
  }
  return { format: "jpeg", width: undefined, height: undefined };
}

/** SOF0 to SOF15, but for the tables (DHT, JPG and DAC) that stand between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
