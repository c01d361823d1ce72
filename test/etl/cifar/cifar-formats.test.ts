import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CIFAR_LAYOUTS } from "../../../src/etl/cifar/cifar-archives.js";
import { CifarExtractor } from "../../../src/etl/cifar/cifar-extractor.js";
import type { CifarExtractorOptions } from "../../../src/etl/cifar/cifar-options.js";
import { CIFAR_100_CLASSES } from "../../../src/etl/cifar/class-names.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { archiveOf } from "../../helpers/archive.js";
import { hundredBinary, hundredPython, tenBinary, tenPython } from "../../helpers/cifar-formats.js";

async function read(options: CifarExtractorOptions, split?: "train" | "test") {
  const images: CifarImage[] = [];
  for await (const image of new CifarExtractor(options).images(split ? { split } : {})) images.push(image);
  return images.map(({ split, row, label, labelId, filename, rgb }) => [split, row, label, labelId, filename, rgb[0]]);
}

const AIRPLANE = 0;
const SHIP = 8;
const BICYCLE = 8;
const TRACTOR = 89;
const VEHICLES_1 = 18;
const VEHICLES_2 = 19;

describe("CifarExtractor", () => {
  it("reads the binary format of CIFAR-100, and names its images", async () => {
    const rows = [
      { fine: 0, coarse: 4, value: 1 },
      { fine: BICYCLE, coarse: VEHICLES_1, value: 2 },
      { fine: 48, coarse: VEHICLES_1, value: 3 },
    ];
    const source = await hundredBinary(rows, rows.slice(1));
    expect(await read({ source })).toEqual([
      ["train", 1, "bicycle", 0, "bicycle_00001.png", 2],
      ["train", 2, "motorcycle", 1, "motorcycle_00002.png", 3],
      ["test", 0, "bicycle", 0, "bicycle_00000.png", 2],
      ["test", 1, "motorcycle", 1, "motorcycle_00001.png", 3],
    ]);
    expect(await read({ source, format: "binary" }, "test")).toHaveLength(2);
  });

  it.each([
    ["python", (rows: Parameters<typeof hundredPython>[0]) => hundredPython(rows)],
    ["binary", (rows: Parameters<typeof hundredPython>[0]) => hundredBinary(rows, rows)],
  ])("keeps coarse classes and fine ones side by side, in the %s format", async (_, archive) => {
    const source = await archive([
      { fine: BICYCLE, coarse: VEHICLES_1, value: 1 },
      { fine: TRACTOR, coarse: VEHICLES_2, value: 2 },
      { fine: 81, coarse: VEHICLES_2, value: 3 },
      { fine: 0, coarse: 4, value: 4 },
    ]);
    const images = await read({ source, classes: ["vehicles_2", "bicycle"] }, "train");
    expect(images.map(([, row, label, labelId, , value]) => [row, label, labelId, value])).toEqual([
      [0, "bicycle", 1, 1],
      [1, "vehicles_2", 0, 2],
      [2, "vehicles_2", 0, 3],
    ]);
  });

  it.each([
    ["binary", tenBinary, "ship_20001.png"],
    ["python", tenPython, "file_s_000001.png"],
  ])("reads CIFAR-10 in the %s format, and counts rows through its five batches", async (_, archive, filename) => {
    const batch = [
      { fine: AIRPLANE, value: 10 },
      { fine: SHIP, value: 20 },
      { fine: 3, value: 30 },
    ];
    const source = await archive(
      [batch, batch.slice(0, 1), batch.slice(0, 2), batch.slice(2), batch.slice(0, 1)],
      batch,
    );
    const images = await read({ source, classes: ["ship", "airplane"] }, "train");
    expect(images.map(([split, row, label, labelId]) => [split, row, label, labelId])).toEqual(
      expect.arrayContaining([
        ["train", 0, "airplane", 1],
        ["train", 1, "ship", 0],
        ["train", 10_000, "airplane", 1],
        ["train", 20_000, "airplane", 1],
        ["train", 20_001, "ship", 0],
        ["train", 40_000, "airplane", 1],
      ]),
    );
    expect(images).toHaveLength(6);
    expect(images.find(([, row]) => row === 20_001)).toEqual(["train", 20_001, "ship", 0, filename, 20]);
    expect(await read({ source, classes: ["ship", "airplane"] }, "test")).toHaveLength(2);
  });

  it("takes one class, and all of them", async () => {
    const source = await archiveOf();
    expect(await read({ source, classes: ["apple"] })).toHaveLength(2);
    expect(await read({ source, classes: CIFAR_100_CLASSES })).toHaveLength(6);
  });

  it("types the labels by the classes that were asked for", async () => {
    const extractor = new CifarExtractor({ source: await archiveOf(), classes: ["apple", "vehicles_2"] });
    const labels: readonly ("apple" | "vehicles_2")[] = extractor.labels;
    expect(labels).toEqual(["apple", "vehicles_2"]);
    for await (const image of extractor.images()) {
      // @ts-expect-error a label is one of the classes
      expect(image.label === "bicycle").toBe(false);
      const label: "apple" | "vehicles_2" = image.label;
      expect(label).toBe("apple");
    }
    const unknown: readonly string[] = ["bicycle"];
    const wide: readonly string[] = new CifarExtractor({ classes: unknown }).labels;
    expect(wide).toEqual(["bicycle"]);
  });

  it("refuses classes that do not go together", () => {
    const make =
      (...classes: string[]) =>
      () =>
        new CifarExtractor({ classes });
    expect(make("bicycle", "vehicles_1")).toThrow(/"bicycle" belongs to "vehicles_1"/);
    expect(make("airplane", "bicycle")).toThrow(/"airplane" is a class of CIFAR-10 and "bicycle" of CIFAR-100/);
    expect(make("airplane", "trees")).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
    expect(make("airplain")).toThrow(/Did you mean "airplane"/);
    expect(make("vehicles")).toThrow(/"vehicles_1"/);
  });

  it("refuses an archive of another data set or format than asked for", async () => {
    const ten = await tenBinary([], []);
    await expect(read({ source: ten })).rejects.toMatchObject({
      code: "CLASS_UNKNOWN",
      message: expect.stringMatching(/is CIFAR-10, which has no class "bicycle"/),
    });
    await expect(read({ source: await archiveOf(), format: "binary" })).rejects.toThrow(
      /it is in the python format, and the option format says "binary"/,
    );
    const extra = Array.from({ length: 10_001 }, () => ({ fine: AIRPLANE, value: 0 }));
    await expect(read({ source: await tenBinary([extra], []), classes: ["airplane"] })).rejects.toThrow(
      /"data_batch_1.bin" has more than 10000 rows/,
    );
  });

  it.each([
    ["a record that is cut", { "test.bin": Buffer.alloc(3073) }, /record 0 of "test.bin" is cut short/],
    ["a fine label out of range", { "test.bin": record(0, 100) }, /record 0 of "test.bin" has the label 100 of 100/],
    ["a coarse label out of range", { "test.bin": record(20, 0) }, /has the label 20 of 20/],
    ["other class names", { "fine_label_names.txt": Buffer.from("cat\ndog\n") }, /in "fine_label_names.txt" are not/],
    ["endless class names", { "fine_label_names.txt": Buffer.alloc(1e6, "a\n") }, /in "fine_label_names.txt" are not/],
  ])("refuses a binary archive with %s", async (_, changes, message) => {
    const reading = read({ source: await hundredBinary([], [], changes) });
    await expect(reading).rejects.toMatchObject({ code: "ARCHIVE_INVALID", message: expect.stringMatching(message) });
  });

  describe("verify", () => {
    let folder = "";
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "scones-verify-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("names the member of a python archive whose checksum is another one, and both values", async () => {
      const path = join(folder, "a.tar.gz");
      await writeFile(path, await archiveOf());
      const expected = CIFAR_LAYOUTS[0]?.members["train"]?.md5;
      await expect(read({ source: path, verify: true })).rejects.toMatchObject({
        code: "CHECKSUM_MISMATCH",
        message: expect.stringMatching(/^"train" of .*a\.tar\.gz has the md5 [0-9a-f]{32}, but/),
        details: { expected, actual: expect.stringMatching(/^[0-9a-f]{32}$/) },
      });
      expect(await read({ source: path })).not.toHaveLength(0);
    });

    it("checks a binary archive as a whole", async () => {
      const source = await hundredBinary([{ fine: BICYCLE, value: 1 }], []);
      const actual = createHash("md5").update(source).digest("hex");
      await expect(read({ source, verify: true })).rejects.toMatchObject({
        code: "CHECKSUM_MISMATCH",
        details: { source: "(bytes)", actual },
      });
    });
  });
});

function record(coarse: number, fine: number): Buffer {
  return Buffer.concat([Buffer.of(coarse, fine), Buffer.alloc(3072)]);
}
