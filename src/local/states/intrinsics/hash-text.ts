import { createHash } from "node:crypto";
import { IntrinsicError } from "./intrinsic-error.js";

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/**
 * Hashes a text, for States.Hash and `$hash`.
 *
 * @param text - The text.
 * @param algorithm - MD5, SHA-1, SHA-256, SHA-384 or SHA-512.
 * @returns The hash in hexadecimal digits.
 * @throws {@link IntrinsicError} for another algorithm.
 * @internal
 */
export function hashText(text: string, algorithm: string): string {
  const name = ALGORITHMS.get(algorithm);
  if (name === undefined) {
    throw new IntrinsicError(`The algorithm must be one of ${[...ALGORITHMS.keys()].join(", ")}.`);
  }
  return createHash(name).update(text).digest("hex");
}
