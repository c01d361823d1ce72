import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { selectClasses } from "../../../src/etl/cifar/class-selection.js";
import { checkLabelNames } from "../../../src/etl/cifar/label-names.js";
import { readPythonBatch } from "../../../src/etl/cifar/python-batch.js";
import { batchOf, membersOf, ROWS } from "../../helpers/archive.js";
import { countCases, damageOf, spoil } from "../../helpers/hostile-bytes.js";

const CASES = countCases(250);
const TIME = { timeout: 5000 };
const where = { source: "a.tar.gz", member: "train" };

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(bytes: Uint8Array, chunkSize = 1000) {
  const rows: { row: number; labelId: number; filename: string; pixels: readonly number[] }[] = [];
  const selection = selectClasses(["bicycle", "motorcycle"]);
  for await (const { planes, ...row } of readPythonBatch({ chunks: chunked(bytes, chunkSize), where, selection })) {
    rows.push({ ...row, pixels: [...new Set(planes)] });
  }
  return rows;
}

const EXPECTED = [
  { row: 1, labelId: 0, filename: "bike_s_000001.png", pixels: [2] },
  { row: 2, labelId: 1, filename: "motorbike_s_000001.png", pixels: [3] },
];

/** What `read` gives, or the code of its error; an error without a code is a bug and is raised. */
async function readOrCode(bytes: Uint8Array) {
  try {
    return await read(bytes);
  } catch (error) {
    if (!isSconesError(error)) throw error;
    expect(["PICKLE_INVALID", "PICKLE_UNSAFE"]).toContain(error.code);
    return error.code;
  }
}

const latin = (text: string) => Buffer.from(text, "latin1");
const word = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const quad = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

/** One way in which Python may write the same values. */
interface Style {
  readonly protocol: number;
  readonly text: "U" | "T" | "X" | "\x8c" | "C" | "B";
  readonly pixels: "T" | "B" | "\x8e";
  readonly memo: "q" | "r" | "\x94" | "";
  readonly list: "e" | "a" | "e after a";
  readonly number: "K" | "M" | "J" | "\x8a";
  readonly numpy: "numpy.core.multiarray" | "numpy._core.multiarray";
  readonly global: "c" | "\x93";
  readonly dict: "at once" | "one by one";
  readonly order: readonly string[];
}

const style: fc.Arbitrary<Style> = fc.record({
  protocol: fc.constantFrom(2, 3, 4),
  text: fc.constantFrom("U", "T", "X", "\x8c", "C", "B"),
  pixels: fc.constantFrom("T", "B", "\x8e"),
  memo: fc.constantFrom("q", "r", "\x94", ""),
  list: fc.constantFrom("e", "a", "e after a"),
  number: fc.constantFrom("K", "M", "J", "\x8a"),
  numpy: fc.constantFrom("numpy.core.multiarray", "numpy._core.multiarray"),
  global: fc.constantFrom("c", "\x93"),
  dict: fc.constantFrom("at once", "one by one"),
  order: fc.shuffledSubarray(["filenames", "batch_label", "fine_labels", "coarse_labels", "data"], { minLength: 5 }),
});

function writeBatch(style: Style): Buffer {
  let stored = 0;
  const memo = () => {
    if (style.memo === "" || style.memo === "\x94") return latin(style.memo);
    return Buffer.concat([latin(style.memo), style.memo === "q" ? Buffer.of(stored++ & 255) : word(stored++)]);
  };
  const text = (value: string, how = style.text) => {
    const isShort = how === "U" || how === "\x8c" || how === "C";
    const length = isShort ? Buffer.of(value.length) : word(value.length);
    return Buffer.concat([latin(how), length, latin(value), memo()]);
  };
  const number = (value: number) => {
    const operands = { K: [value], M: [value, 0], J: [value, 0, 0, 0], "\x8a": [1, value] };
    return Buffer.concat([latin(style.number), Buffer.from(operands[style.number])]);
  };
  const list = (items: readonly Buffer[]) => {
    const [first = Buffer.alloc(0), ...others] = items;
    const written = {
      e: [latin("("), ...items, latin("e")],
      a: items.flatMap((item) => [item, latin("a")]),
      "e after a": [first, latin("a("), ...others, latin("e")],
    };
    return Buffer.concat([latin("]"), memo(), ...written[style.list]]);
  };
  const name = (module: string, object: string) =>
    style.global === "c"
      ? latin(`c${module}\n${object}\n`)
      : Buffer.concat([text(module, "\x8c"), text(object, "\x8c"), latin("\x93")]);
  const pixels = Buffer.concat(ROWS.map(({ value }) => Buffer.alloc(3072, value)));
  const size = style.pixels === "\x8e" ? quad(BigInt(pixels.length)) : word(pixels.length);
  const values: Readonly<Record<string, () => Buffer>> = {
    filenames: () => list(ROWS.map(({ filename }) => text(filename))),
    batch_label: () => text("training batch 1 of 1"),
    fine_labels: () => list(ROWS.map(({ fineLabel }) => number(fineLabel))),
    coarse_labels: () => list(ROWS.map(() => number(4))),
    data: () =>
      Buffer.concat([
        name(style.numpy, "_reconstruct"),
        name("numpy", "ndarray"),
        latin("K\0\x85C\x01b\x87R(K\x01K\x03M\0\x0c\x86"),
        name("numpy", "dtype"),
        latin("X\x02\0\0\0u1\x89\x88\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"),
        latin(style.pixels),
        size,
        pixels,
        latin("tb"),
      ]),
  };
  const pairs = style.order.map((key) => Buffer.concat([text(key), values[key]?.() ?? Buffer.alloc(0)]));
  const frame = style.protocol === 4 ? latin("\x95\0\0\0\0\0\0\0\0") : Buffer.alloc(0);
  const body =
    style.dict === "at once"
      ? [latin("("), ...pairs, latin("u")]
      : pairs.flatMap((pair) => [latin("("), pair, latin("u")]);
  return Buffer.concat([latin("\x80"), Buffer.of(style.protocol), frame, latin("}"), memo(), ...body, latin(".")]);
}

describe("a batch", () => {
  it(`is read however Python writes it and in any order of its keys (${CASES} cases)`, async () => {
    const property = fc.asyncProperty(style, fc.constantFrom(13, 100, 5000), async (how, chunkSize) => {
      expect(await read(writeBatch(how), chunkSize)).toEqual(EXPECTED);
    });
    await fc.assert(property, { numRuns: CASES, ...TIME });
  }, 600_000);

  it(`that is spoilt gives rows or a coded error, never anything else (${CASES} cases)`, async () => {
    const other = writeBatch({
      protocol: 4,
      text: "\x8c",
      pixels: "\x8e",
      memo: "\x94",
      list: "e",
      number: "K",
      numpy: "numpy._core.multiarray",
      global: "\x93",
      dict: "at once",
      order: ["data", "filenames", "fine_labels"],
    });
    // The pixels are most of a file; without them the damage hits what matters.
    const small = Buffer.concat([batchOf(ROWS).subarray(0, 420), latin("tbu.")]);
    const files = [batchOf(ROWS), other, small];
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(damageOf, { minLength: 1, maxLength: 4 }),
      async (file, damages) => {
        const rows = await readOrCode(spoil(file, damages, files));
        seen.add(typeof rows === "string" ? rows : "rows");
        if (typeof rows !== "string") expect(rows.length).toBeLessThanOrEqual(ROWS.length + 2);
      },
    );
    await fc.assert(property, { numRuns: CASES, ...TIME });
    expect([...seen]).toEqual(expect.arrayContaining(["PICKLE_INVALID", "rows"]));
  }, 600_000);
});

describe("a program of opcodes", () => {
  const short = fc.string({ unit: fc.constantFrom("a", "u1", "data", "filenames", "\0"), maxLength: 3 });
  const opcode = fc.oneof(
    fc.constantFrom(..."(.NR]abets}u)\x85\x86\x87\x88\x89\x93\x94").map(latin),
    fc.nat(255).map((value) => Buffer.of(value)),
    fc
      .tuple(fc.constantFrom("K", "q", "h"), fc.nat(255))
      .map(([op, value]) => Buffer.concat([latin(op), Buffer.of(value)])),
    fc
      .tuple(
        fc.constantFrom("J", "r", "j", "X", "T", "B"),
        fc.oneof(fc.nat(4000), fc.constantFrom(999_999, 1_000_000, 2 ** 31, 2 ** 32 - 1)),
      )
      .map(([op, value]) => Buffer.concat([latin(op), word(value)])),
    fc
      .tuple(fc.constantFrom("U", "\x8c", "C", "\x8a"), short)
      .map(([op, text]) => Buffer.concat([latin(op), Buffer.of(text.length), latin(text)])),
    fc
      .constantFrom(quad(2n ** 64n - 1n), quad(2n ** 53n), quad(3072n))
      .map((length) => Buffer.concat([latin("\x8e"), length])),
    fc
      .constantFrom(
        "numpy.core.multiarray\n_reconstruct",
        "numpy\nndarray",
        "numpy\ndtype",
        "os\nsystem",
        "builtins\neval",
        "__builtin__\ngetattr",
        "numpy\ndtype.__class__",
        "numpy.core.multiarray _reconstruct\n",
        "a".repeat(300),
      )
      .map((name) => latin(`c${name}\n`)),
  );

  it(`gives a coded error, whatever it asks for, and runs nothing (${CASES} cases)`, async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(fc.array(opcode, { maxLength: 60 }), fc.boolean(), async (program, inDict) => {
      const head = inDict ? "\x80\x02}(U\x04data" : "\x80\x02";
      const outcome = await readOrCode(Buffer.concat([latin(head), ...program, latin("tbu.")]));
      expect(typeof outcome, "no program makes pixels").toBe("string");
      seen.add(String(outcome));
    });
    await fc.assert(property, { numRuns: CASES, ...TIME });
    expect([...seen].sort()).toEqual(["PICKLE_INVALID", "PICKLE_UNSAFE"]);
  }, 600_000);

  it.each([
    ["a memo at its last place", "\x80\x02Nr\x3f\x42\x0f\0.", /its value is not a dictionary/],
    ["a memo beyond its limit", "\x80\x02Nr\x40\x42\x0f\0.", /a memo of more than 1000000 entries/],
    ["a list that holds itself", "\x80\x02]q\0h\0a.", /its value is not a dictionary/],
    ["a dictionary that holds itself", "\x80\x02}q\0(U\x01ah\0u.", /it has no pixels/],
    ["a key that would reach the prototype", "\x80\x02}(U\x09__proto__}u.", /it has no pixels/],
    ["tuples in tuples", `\x80\x02N${"\x85".repeat(100_000)}.`, /its value is not a dictionary/],
    ["a REDUCE of what REDUCE made", "\x80\x02cnumpy\ndtype\n)R)R.", /a REDUCE without a callable/],
    ["a BUILD of a dictionary", "\x80\x02}}b.", /a BUILD without an object/],
    ["more bytes than memory", "\x80\x04}(U\x04data\x8e\xff\xff\xff\xff\xff\xff\xff\xff", /not the array of pixels/],
    ["a global without an end", `\x80\x02c${"a".repeat(400)}`, /a name without an end/],
  ])("is refused with %s", async (_, program, message) => {
    await expect(read(latin(program), 1 << 20)).rejects.toThrow(message);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  it.each([
    ["makes an array by a call", "\x80\x02cnumpy\nndarray\n)R.", /a call of numpy\.ndarray/],
    ["runs the shell", "\x80\x02cposix\nsystem\nU\x02id\x85R.", /posix\.system/],
    ["walks through attributes", "\x80\x04\x8c\x05numpy\x8c\x0edtype.__dict__\x93.", /numpy\.dtype\.__dict__/],
    ["loads numpy's own loader", "\x80\x02cnumpy\nload\n.", /numpy\.load/],
    ["makes objects by NEWOBJ", "\x80\x02cnumpy\ndtype\n)\x81.", /opcode 0x81/],
    ["pops what was pushed", "\x80\x02N0.", /opcode 0x30/],
    ["doubles its stack", "\x80\x02N2.", /opcode 0x32/],
  ])("is called unsafe where it %s", async (_, program, message) => {
    await expect(read(latin(program))).rejects.toMatchObject({
      code: "PICKLE_UNSAFE",
      message: expect.stringMatching(message),
    });
  });
});

it(`refuses spoilt lists of class names with a code, or finds the names unchanged (${CASES} cases)`, async () => {
  const { meta = Buffer.alloc(0) } = membersOf();
  const seen = new Set<string>();
  const property = fc.asyncProperty(fc.array(damageOf, { minLength: 1, maxLength: 3 }), async (damages) => {
    const chunks = chunked(spoil(meta, damages, [batchOf(ROWS)]), 500);
    try {
      await checkLabelNames({ chunks, where: { source: "a.tar.gz", member: "meta" } });
      seen.add("none");
    } catch (error) {
      if (!isSconesError(error)) throw error;
      seen.add(error.code);
    }
  });
  await fc.assert(property, { numRuns: CASES, ...TIME });
  expect(["ARCHIVE_INVALID", "PICKLE_INVALID", "PICKLE_UNSAFE", "none"]).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBeGreaterThan(1);
}, 600_000);
