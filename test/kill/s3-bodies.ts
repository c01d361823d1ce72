import { createHash } from "node:crypto";

/** Writers at once. */
export const LANES = 4;

/** The bytes of a version, which tell whether they are all there: now and then more than one write's worth. */
export function bodyOf(version: string): Buffer {
  const seed = createHash("sha256").update(version).digest();
  const length = (seed[0] ?? 0) % 16 === 0 ? 1_500_000 : 1 + seed.readUInt16BE(1);
  return Buffer.alloc(length, `${version};`);
}

/** Reads the version off some bytes; `torn` when they are not those of that version. */
export function versionOf(bytes: Buffer): string {
  const version = bytes.subarray(0, 40).toString().split(";")[0] ?? "";
  if (bytes.equals(bodyOf(version))) return version;
  return "torn";
}
