import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { captureInvalid } from "./capture-errors.js";

/** Bytes that every gzip file begins with (RFC 1952, section 2.3.1). */
const MAGIC = [0x1f, 0x8b] as const;

/** Whether bytes begin as gzip does; a line of JSON never does. @internal */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === MAGIC[0] && bytes[1] === MAGIC[1];
}

/**
 * Unpacks gzip.
 *
 * @param chunks - The packed bytes.
 * @returns The plain bytes.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when they are damaged or cut off; what was whole is given before.
 * @internal
 */
export async function* gunzipChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip();
  // Packed bytes are read ahead, so they are copied out of a buffer that may be reused.
  const copied = Readable.from(copy(chunks), { objectMode: true, highWaterMark: 1 });
  pipeline(copied, gunzip, () => {});
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    if (isZlibError(error)) throw captureInvalid("the file is no whole gzip file", error);
    throw error;
  } finally {
    gunzip.destroy();
    copied.destroy();
  }
}

async function* copy(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield Uint8Array.from(chunk);
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
