import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import { selectClasses } from "../../../src/etl/cifar/class-selection.js";
import { checkLabelNames } from "../../../src/etl/cifar/label-names.js";
import { readPythonBatch } from "../../../src/etl/cifar/python-batch.js";
import { archiveOf, batchOf, membersOf, ROWS, tarOf } from "../../helpers/archive.js";

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const where = { source: "a.tar.gz", member: "train" };

async function read(bytes: Uint8Array, chunkSize = 65_536) {
  const rows: { row: number; labelId: number; filename: string; value: number | undefined }[] = [];
  const selection = selectClasses(["bicycle", "motorcycle"]);
  for await (const { planes, ...row } of readPythonBatch({ chunks: chunked(bytes, chunkSize), where, selection })) {
    rows.push({ ...row, value: planes[3071] });
  }
  return rows;
}

const EXPECTED = [
  { row: 1, labelId: 0, filename: "bike_s_000001.png", value: 2 },
  { row: 2, labelId: 1, filename: "motorbike_s_000001.png", value: 3 },
];

const text = (value: string) => Buffer.from([0x8c, value.length, ...Buffer.from(value)]);
const int = (value: number) => Buffer.from([0x4d, value & 255, value >> 8]);
const raw = (...parts: (Buffer | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** What a Python 3 program leaves after it loaded and stored the batch again: protocol 4, keys in another order. */
function modernBatch({ rows = ROWS, shape = int(ROWS.length), dtype = "u1", order = "F" as "F" | "L" } = {}): Buffer {
  const pixels = Buffer.concat(rows.map(({ value }) => Buffer.alloc(3072, value)));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(pixels.length);
  const data = raw(
    text("data"),
    "\x94",
    text("numpy._core.multiarray"),
    text("_reconstruct"),
    "\x93",
    text("numpy"),
    text("ndarray"),
    "\x93",
    Buffer.from([0x4b, 0, 0x85]),
    Buffer.from([0x43, 1, 0x62]),
    "\x87R",
    "(",
    Buffer.from([0x4b, 1]),
    shape,
    int(3072),
    "\x86",
    text("numpy"),
    text("dtype"),
    "\x93",
    text(dtype),
    "\x89\x88\x87R",
    "(",
    Buffer.from([0x4b, 3]),
    text("|"),
    "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
    "\x89",
    "B",
    size,
    pixels,
    "tb",
  );
  const names = raw(text("filenames"), "](", ...rows.map(({ filename }) => text(filename)), "e");
  const labels = raw(text("fine_labels"), "](", ...rows.map(({ fineLabel }) => Buffer.from([0x4b, fineLabel])), "e");
  const items = order === "F" ? [data, names, labels] : [names, labels, data];
  return raw("\x80\x04\x95\0\0\0\0\0\0\0\0", "}(", ...items, "u.");
}

describe("readPythonBatch", () => {
  it("reads the genuine layout, however the bytes are cut", async () => {
    const batch = batchOf(ROWS);
    for (const size of [1, 7, 3072, 1 << 20]) expect(await read(batch, size)).toEqual(EXPECTED);
  });

  it("reads a batch that Python 3 stored again, with the pixels first or last", async () => {
    expect(await read(modernBatch({ order: "F" }))).toEqual(EXPECTED);
    expect(await read(modernBatch({ order: "L" }), 5)).toEqual(EXPECTED);
  });

  it.each([
    [
      "an opcode that makes objects",
      raw("\x80\x02", "(cos\nsystem\n", "o."),
      "PICKLE_UNSAFE",
      /the Python object "os.system"/,
    ],
    ["a call of the shell", raw("\x80\x02cos\nsystem\n", text("id"), "\x85R."), "PICKLE_UNSAFE", /os\.system/],
    ["a global by stack", raw("\x80\x04", text("builtins"), text("eval"), "\x93."), "PICKLE_UNSAFE", /builtins\.eval/],
    ["an old global opcode", raw("\x80\x02(ios\nsystem\n."), "PICKLE_UNSAFE", /opcode 0x69 \("i"\)/],
    ["a persistent id", raw("\x80\x02Pid\n."), "PICKLE_UNSAFE", /opcode 0x50/],
    ["an extension", raw("\x80\x02\x82\x01."), "PICKLE_UNSAFE", /opcode 0x82/],
    ["a newer protocol", raw("\x80\x05N."), "PICKLE_UNSAFE", /pickle protocol 5/],
    ["a call of what is no callable", raw("\x80\x02NN\x85R."), "PICKLE_INVALID", /REDUCE without a callable/],
    ["an empty stack", raw("\x80\x02."), "PICKLE_INVALID", /an empty stack/],
    ["a memo entry that was never stored", raw("\x80\x02h\x05."), "PICKLE_INVALID", /memo entry 5/],
    ["no dictionary", raw("\x80\x02N."), "PICKLE_INVALID", /not a dictionary/],
    ["an empty dictionary", raw("\x80\x02}."), "PICKLE_INVALID", /no pixels/],
    [
      "a text that claims two gigabytes",
      raw("\x80\x02}(X\xff\xff\xff\x7f"),
      "PICKLE_INVALID",
      /a text of 2147483647 bytes/,
    ],
    ["bytes that are no array", raw("\x80\x02}(T\x00\x00\x00\x7f"), "PICKLE_INVALID", /not the array of pixels/],
    ["endless nesting", raw("\x80\x02", "(".repeat(100)), "PICKLE_INVALID", /more than 64 levels/],
    ["nothing", Buffer.alloc(0), "PICKLE_INVALID", /ends early/],
  ])("refuses %s", async (_, bytes, code, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each([
    ["fewer labels than rows", modernBatch({ shape: int(4) }), /not rows of 3072/],
    ["another kind of number", modernBatch({ dtype: "f4" }), /not of unsigned bytes/],
    ["a label outside the hundred", batchOf([{ filename: "a.png", fineLabel: 100, value: 1 }]), /outside 0 to 99/],
    ["a batch that was cut", batchOf(ROWS).subarray(0, 5000), /ends early/],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: "PICKLE_INVALID",
      message: expect.stringMatching(message),
    });
  });

  it("never crashes or hangs on a damaged batch, and never invents a row", async () => {
    const batch = batchOf(ROWS);
    await fc.assert(
      fc.asyncProperty(fc.nat(900), fc.uint8Array({ minLength: 1, maxLength: 6 }), async (place, damage) => {
        const bytes = Buffer.from(batch);
        bytes.set(damage, Math.min(place, bytes.length - damage.length));
        try {
          expect((await read(bytes)).length).toBeLessThanOrEqual(ROWS.length);
        } catch (error) {
          expect(isSconesError(error, "PICKLE_INVALID") || isSconesError(error, "PICKLE_UNSAFE"), String(error)).toBe(
            true,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("checkLabelNames", () => {
  it("refuses a pickle without names", async () => {
    const chunks = chunked(raw("\x80\x02}."), 100);
    await expect(checkLabelNames({ chunks, where: { source: "a.tar.gz", member: "meta" } })).rejects.toThrow(
      /class names in "meta" are not those/,
    );
  });
});

describe("a damaged archive", () => {
  it("gives a coded error or the right images, never a crash or a hang", async () => {
    const [tar, gz] = [await tarOf(membersOf()), await archiveOf()];
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(tar, gz),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (archive, share, damage, regzip) => {
          const bytes = Buffer.from(archive);
          bytes.set(damage, Math.floor(share * (bytes.length - damage.length)));
          const source = archive === tar && regzip ? gzipSync(bytes) : bytes;
          try {
            let count = 0;
            for await (const image of new CifarExtractor({ source }).images()) {
              expect(image.rgb).toHaveLength(3072);
              count++;
            }
            expect(count).toBeLessThanOrEqual(6);
          } catch (error) {
            expect(isSconesError(error), String(error)).toBe(true);
            if (isSconesError(error)) codes.add(error.code);
          }
        },
      ),
      { numRuns: 600 },
    );
    expect([...codes]).toContain("ARCHIVE_INVALID");
  });
});
