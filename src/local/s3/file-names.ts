import { createHash } from "node:crypto";

const MAX_ENCODED = 200;

/**
 * Makes a file name from any text. Only lower-case letters, digits, `-` and `_`, and dots that are not the first, stand for
 * themselves, so that no text leaves its folder or meets another one on a file system that folds case; what would be too long is
 * hashed.
 *
 * @param text - A key or a bucket's name.
 * @returns A name of at most 202 characters, beginning with `k=`, or with `h=` when it is a hash.
 * @internal
 */
export function encodeFileName(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    encoded += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`;
    if (encoded.length > MAX_ENCODED) return `h=${createHash("sha256").update(text).digest("hex")}`;
  }
  return `k=${encoded}`;
}

/**
 * Reads a file name back.
 *
 * @param name - What {@link encodeFileName} made.
 * @returns The text; `undefined` for a hash or for a name of another origin.
 * @internal
 */
export function decodeFileName(name: string): string | undefined {
  if (!/^k=(?:[a-z0-9_.-]|%[0-9a-f]{2})*$/.test(name)) return undefined;
  const text = Buffer.from(
    name.slice(2).replace(/%(..)/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString();
  return encodeFileName(text) === name ? text : undefined;
}

/** Lower-case letters, digits, `-`, `.` and `_`. The prefix keeps a dot from being the first or the only character. */
function isPlain(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 45 || byte === 46 || byte === 95;
}
