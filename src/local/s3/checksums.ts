import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { CRC32C_POLYNOMIAL, CRC64NVME_POLYNOMIAL, combineCrc, createCrc32c, createCrc64Nvme } from "./crc.js";

/** The checksum algorithms of S3. @internal */
export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;

/** A checksum algorithm of S3. @internal */
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum that is being computed. @internal */
export interface ChecksumHasher {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/**
 * Starts a checksum.
 *
 * @param algorithm - Which one.
 * @returns A hasher over nothing yet.
 * @internal
 */
export function createChecksum(algorithm: ChecksumAlgorithm): ChecksumHasher {
  switch (algorithm) {
    case "CRC32":
      return createCrc32();
    case "CRC32C":
      return createCrc32c();
    case "CRC64NVME":
      return createCrc64Nvme();
    case "SHA1":
    case "SHA256":
      return createHash(algorithm.toLowerCase());
  }
}

/**
 * Computes the checksum of a multipart object from the checksums of its parts.
 *
 * @param algorithm - The algorithm of both.
 * @param type - A checksum over the parts' checksums, or the checksum that the whole object would have in one piece.
 * @param parts - Checksum (base64) and bytes of each part, in order.
 * @returns Base64; with `-N` when composite.
 * @internal
 */
export function joinChecksums(
  algorithm: ChecksumAlgorithm,
  type: "FULL_OBJECT" | "COMPOSITE",
  parts: readonly { readonly checksum: string; readonly size: number }[],
): string {
  if (type === "COMPOSITE") {
    const hasher = createChecksum(algorithm);
    for (const part of parts) hasher.update(Buffer.from(part.checksum, "base64"));
    return `${hasher.digest().toString("base64")}-${parts.length}`;
  }
  const polynomial = POLYNOMIALS[algorithm];
  if (polynomial === undefined) throw new TypeError(`${algorithm} of a whole object cannot be made from its parts.`);
  const width = algorithm === "CRC64NVME" ? 64n : 32n;
  let whole = 0n;
  for (const { checksum, size } of parts) {
    const value = BigInt(`0x${Buffer.from(checksum, "base64").toString("hex")}`);
    whole = combineCrc(polynomial, width, whole, value, size);
  }
  const hex = whole.toString(16).padStart(Number(width) / 4, "0");
  return Buffer.from(hex, "hex").toString("base64");
}

const POLYNOMIALS: Readonly<Partial<Record<ChecksumAlgorithm, bigint>>> = {
  CRC32: 0xedb88320n,
  CRC32C: BigInt(CRC32C_POLYNOMIAL),
  CRC64NVME: CRC64NVME_POLYNOMIAL,
};

function createCrc32(): ChecksumHasher {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}
