/** An image that a picture or page can hold, or why it cannot. @internal */
export type EmbeddedImage = { readonly uri: string } | { readonly reason: string };

/** A page with twenty of these still opens at once; images for a classifier are a hundredth of it. */
const MAX_BYTES = 262_144;
/** A few bytes can claim any size, and a browser would unpack it. */
const MAX_SIDE = 4096;

const PNG_BEGIN = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
const PNG_END = Buffer.from("49454e44ae426082", "hex");
const JPEG_BEGIN = Buffer.from("ffd8ff", "hex");
const JPEG_END = Buffer.from("ffd9", "hex");

/**
 * Makes a data URI of an image, which stays what it is: nothing in it can be read as anything but an image. Its kind is
 * told by its bytes, not by what somebody said of it.
 *
 * @param image - A PNG or JPEG.
 * @returns The URI, or why there is none.
 * @internal
 */
export function embedImage(image: Uint8Array | undefined): EmbeddedImage {
  if (image === undefined) return { reason: "not captured" };
  if (image.byteLength > MAX_BYTES) return { reason: `${Math.ceil(image.byteLength / 1024)} KB, too large` };
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  const kind = isPng(bytes) ? "png" : isJpeg(bytes) ? "jpeg" : undefined;
  return kind === undefined
    ? { reason: "no PNG or JPEG" }
    : { uri: `data:image/${kind};base64,${bytes.toString("base64")}` };
}

function isPng(bytes: Buffer): boolean {
  if (bytes.length < 45 || !bytes.subarray(0, 16).equals(PNG_BEGIN)) return false;
  const sides = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return sides.every((side) => side >= 1 && side <= MAX_SIDE) && bytes.subarray(-8).equals(PNG_END);
}

function isJpeg(bytes: Buffer): boolean {
  if (bytes.length < 20 || !bytes.subarray(0, 3).equals(JPEG_BEGIN) || !bytes.subarray(-2).equals(JPEG_END))
    return false;
  // Segments follow each other; the first start of frame (ITU-T T.81, B.1.1.3) has height and width.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker < 0xc0 || marker > 0xcf || marker === 0xc4 || marker === 0xc8 || marker === 0xcc) continue;
    const sides = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
    return sides.every((side) => side >= 1 && side <= MAX_SIDE);
  }
  return false;
}
