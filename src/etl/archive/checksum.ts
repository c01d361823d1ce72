import { createHash } from "node:crypto";
import { DownloadError } from "../etl-errors.js";

/** Bytes whose checksum is taken while they pass. @internal */
export interface HashedBytes {
  /** The same bytes. */
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Compares the checksum of what has passed. @throws {@link DownloadError} `CHECKSUM_MISMATCH` when it is another. */
  readonly requireMd5: (expected: string) => void;
}

/**
 * Takes the MD5 checksum of bytes while they pass.
 *
 * @param source - The bytes.
 * @param name - What to call them in messages.
 * @returns The same bytes, and the means to compare.
 * @internal
 */
export function hashBytes(source: AsyncIterable<Uint8Array>, name: string): HashedBytes {
  const hash = createHash("md5");
  async function* pass(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const requireMd5 = (expected: string) => {
    const actual = hash.digest("hex");
    if (actual === expected) return;
    throw new DownloadError({
      code: "CHECKSUM_MISMATCH",
      message: `${name} has the md5 ${actual}, but ${expected} is published: it is damaged or another file. Download it again, or leave the option verify out where it is your own.`,
      details: { source: name, expected, actual },
    });
  };
  return { chunks: pass(), requireMd5 };
}
