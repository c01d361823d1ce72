import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { isSconesError } from "../../src/core/errors.js";
import { decodeImageRecord, encodeImageRecord } from "../../src/core/image-record.js";
import { decodeRecordIo, encodeRecordIo } from "../../src/core/record-io.js";
import { countCases, damageOf, spoil } from "../helpers/hostile-bytes.js";
import { sharedData } from "../helpers/shared-data.js";

const CASES = countCases(2000);
const MAGIC = Buffer.from("0a23d7ce", "hex");
/** Data in which the magic number is likely, at any offset. */
const data = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant(MAGIC)), { maxLength: 8 })
  .map((parts) => Buffer.concat(parts));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const decode = (file: Uint8Array) => [...decodeRecordIo(file)].map((record) => hex(record.data));

describe("RecordIO", () => {
  it("writes a record as MXNet does", () => {
    expect(hex(encodeRecordIo(Buffer.from("record_0")))).toBe("0a23d7ce080000007265636f72645f30");
    expect(hex(encodeRecordIo(Buffer.from("abc")))).toBe("0a23d7ce0300000061626300");
    expect(hex(encodeRecordIo(Buffer.alloc(0)))).toBe("0a23d7ce00000000");
  });

  it("gives back what was written, and where", () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 5 }), (items) => {
        const records = items.map(encodeRecordIo);
        const file = Buffer.concat(records);
        expect(decode(file)).toEqual(items.map(hex));
        const offsets = records.map((_, index) => Buffer.concat(records.slice(0, index)).length);
        expect([...decodeRecordIo(file)].map(({ offset }) => offset)).toEqual(offsets);
        expect(file.length % 4).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives a coded error or records for any damaged file", () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(data, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.uint8Array({ maxLength: 6 }),
        fc.nat({ max: 12 }),
        (items, place, patch, cut) => {
          const file = Buffer.concat(items.map(encodeRecordIo));
          const at = place % file.length;
          const damaged = Buffer.concat([file.subarray(0, at), patch, file.subarray(at + cut)]);
          try {
            for (const record of decodeRecordIo(damaged))
              expect(record.data.length).toBeLessThanOrEqual(damaged.length);
            codes.add("none");
          } catch (error) {
            if (!isSconesError(error, "RECORD_IO_INVALID")) throw error;
            expect(error.details.offset).toBeLessThan(damaged.length);
            codes.add(error.code);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect([...codes].sort()).toEqual(["RECORD_IO_INVALID", "none"]);
  });

  it.each([
    ["text", "plain text", /no record begins here, at byte 0/],
    ["a head alone", MAGIC, /the file ends within a record, at byte 0/],
    ["a length beyond the end", Buffer.concat([MAGIC, Buffer.of(9, 0, 0, 0), Buffer.alloc(8)]), /ends within/],
    ["a last part alone", Buffer.concat([MAGIC, Buffer.of(0, 0, 0, 0x60)]), /a part without its beginning/],
    ["a first part alone", Buffer.concat([MAGIC, Buffer.of(0, 0, 0, 0x20)]), /ends within/],
    [
      "a whole record in a cut one",
      Buffer.concat([MAGIC, Buffer.of(0, 0, 0, 0x20), MAGIC, Buffer.alloc(4)]),
      /never finished/,
    ],
    ["an unknown kind of part", Buffer.concat([MAGIC, Buffer.of(0, 0, 0, 0x80)]), /an unknown kind of part, 4/],
  ])("refuses %s", (_, file, message) => {
    expect(() => decode(Buffer.from(file))).toThrow(message);
  });
});

describe("image records", () => {
  it("keep number, labels and the image's own bytes", () => {
    const label = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.integer({ min: 0, max: 99 })),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), label, fc.uint8Array(), (id, label, image) => {
        const decoded = decodeImageRecord(encodeImageRecord({ id, label, image }));
        const empty = typeof label !== "number" && label.length === 0;
        expect({ ...decoded, image: hex(decoded.image) }).toEqual({ id, label: empty ? 0 : label, image: hex(image) });
      }),
      { numRuns: 1000 },
    );
  });

  it(`of a spoilt or spliced .rec file are read, or refused with a code (${CASES} cases)`, () => {
    const record = fc
      .tuple(fc.nat(), fc.oneof(fc.nat(99), fc.array(fc.nat(99), { minLength: 1, maxLength: 3 })), data)
      .map(([id, label, image]) => encodeRecordIo(encodeImageRecord({ id, label, image })));
    const file = fc.array(record, { minLength: 1, maxLength: 3 }).map((records) => Buffer.concat(records));
    const damages = fc.array(damageOf, { minLength: 1, maxLength: 3 });
    const ends = { read: 0, refused: 0 };
    const property = fc.property(file, file, damages, (whole, other, damages) => {
      const spoilt = spoil(whole, damages, [other]);
      try {
        for (const { data } of decodeRecordIo(spoilt)) {
          expect(decodeImageRecord(data).image.length).toBeLessThanOrEqual(spoilt.length);
        }
        ends.read++;
      } catch (error) {
        if (!isSconesError(error, "RECORD_IO_INVALID")) throw error;
        ends.refused++;
      }
    });
    fc.assert(property, { numRuns: CASES });
    expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(CASES / 40);
  });

  it("are refused when they cannot be written or read", () => {
    const image = Buffer.alloc(1);
    expect(() => encodeImageRecord({ id: -1, label: 0, image })).toThrow(/the number -1/);
    expect(() => encodeImageRecord({ id: 0, label: Number.NaN, image })).toThrow(/the label NaN/);
    expect(() => encodeImageRecord({ id: 0, label: [0, Number.POSITIVE_INFINITY], image })).toThrow(/label Infinity/);
    expect(() => decodeImageRecord(Buffer.alloc(23))).toThrow(/23 bytes are less/);
    expect(() => decodeImageRecord(Buffer.alloc(24, 255))).toThrow(/4294967295 labels do not fit into 24 bytes/);
    const far = Buffer.alloc(24);
    far.writeBigUInt64LE(2n ** 60n, 8);
    expect(() => decodeImageRecord(far)).toThrow(/out of range/);
  });
});

describe("golden vectors", () => {
  const path = sharedData("facts/recordio-golden.json");

  it.skipIf(path === undefined)("agree byte for byte", () => {
    const vector = z.object({
      name: z.string(),
      payloadHex: z.string(),
      recordHex: z.string(),
      recordBytes: z.number(),
    });
    const golden = z
      .object({ vectors: z.array(vector).min(5), indexed: z.object({ recHex: z.string(), idxText: z.string() }) })
      .parse(JSON.parse(readFileSync(path ?? "", "utf8")));
    for (const { name, payloadHex, recordHex, recordBytes } of golden.vectors) {
      const record = encodeRecordIo(Buffer.from(payloadHex, "hex"));
      expect(hex(record), name).toBe(recordHex);
      expect(record.byteLength, name).toBe(recordBytes);
      expect(decode(record), name).toEqual([payloadHex]);
    }
    const scalar = encodeImageRecord({ id: 16, label: 1, image: Buffer.from("abc") });
    const array = encodeImageRecord({ id: 7, label: [0, 1], image: Buffer.from("xyz!") });
    expect(golden.vectors.map(({ payloadHex }) => payloadHex)).toEqual(
      expect.arrayContaining([hex(scalar), hex(array)]),
    );
    const records = [...decodeRecordIo(Buffer.from(golden.indexed.recHex, "hex"))];
    const index = records.map(({ offset, data }) => `${decodeImageRecord(data).id}\t${offset}\n`).join("");
    expect(index).toBe(golden.indexed.idxText);
    const again = records.map(({ data }) => Buffer.from(encodeRecordIo(encodeImageRecord(decodeImageRecord(data)))));
    expect(hex(Buffer.concat(again))).toBe(golden.indexed.recHex);
  });
});
