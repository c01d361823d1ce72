import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChecksumAlgorithm, createChecksum, joinChecksums } from "../../../src/local/s3/checksums.js";

const hex = (algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]) => {
  const checksum = createChecksum(algorithm);
  for (const piece of pieces) checksum.update(piece);
  return checksum.digest().toString("hex");
};

describe("checksums", () => {
  it.each([
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
    ["SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
  ] as const)("gives the published %s of 123456789", (algorithm, expected) => {
    expect(hex(algorithm, Buffer.from("123456789"))).toBe(expected);
  });

  it.each([
    [Buffer.alloc(32), "8a9136aa"],
    [Buffer.alloc(32, 0xff), "62a8ab43"],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), "46dd794e"],
  ])("gives the CRC32C of the examples in RFC 3720", (bytes, expected) => {
    expect(hex("CRC32C", bytes)).toBe(expected);
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("%s does not depend on how the bytes are split", (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (pieces) => {
        expect(hex(algorithm, ...pieces)).toBe(hex(algorithm, Buffer.concat(pieces)));
      }),
    );
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("%s of a whole follows from its parts", (algorithm) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), (pieces) => {
        const parts = pieces.map((piece) => ({
          checksum: Buffer.from(hex(algorithm, piece), "hex").toString("base64"),
          size: piece.length,
        }));
        const whole = joinChecksums(algorithm, "FULL_OBJECT", parts);
        expect(Buffer.from(whole, "base64").toString("hex")).toBe(hex(algorithm, Buffer.concat(pieces)));
      }),
    );
  });

  it("counts the parts of a composite checksum", () => {
    const parts = [{ checksum: Buffer.alloc(20).toString("base64"), size: 1 }];
    expect(joinChecksums("SHA1", "COMPOSITE", parts)).toMatch(/=-1$/);
  });
});
