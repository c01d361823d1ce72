import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeDataset } from "../../../src/etl/dataset/write-dataset.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-write-"));
});
afterEach(() => rm(folder, { recursive: true }));

const image = (changes: Partial<CifarImage> = {}): CifarImage => ({
  filename: "bike_s_000001.png",
  split: "train",
  label: "bicycle",
  labelId: 0,
  row: 16,
  width: 2,
  height: 1,
  rgb: Uint8Array.of(255, 0, 0, 0, 0, 255),
  ...changes,
});
const labels = ["bicycle", "motorcycle"];
const write = (images: readonly CifarImage[], signal?: AbortSignal) =>
  writeDataset({ images, labels, directory: join(folder, "set"), ...(signal ? { signal } : {}) });

describe("encodePng", () => {
  it("writes 8-bit RGB that decodes to the same pixels, and the same bytes again", () => {
    const bytes = encodePng(image());
    const decoded = PNG.sync.read(Buffer.from(bytes));
    expect([...decoded.data]).toEqual([255, 0, 0, 255, 0, 0, 255, 255]);
    expect([bytes[24], bytes[25]]).toEqual([8, 2]);
    expect(encodePng(image())).toEqual(bytes);
  });

  it("refuses bytes that do not fit the size", () => {
    expect(() => encodePng(image({ width: 3 }))).toThrow(expect.objectContaining({ code: "INVALID_OPTIONS" }));
  });
});

describe("writeDataset", () => {
  it("writes images and manifests in the course's layout", async () => {
    const dataset = await write([image(), image({ split: "test", label: "motorcycle", labelId: 1, row: 7 })]);
    expect(dataset).toMatchObject({ labels, train: { count: 1 }, test: { count: 1 } });
    const files = await readdir(join(folder, "set"), { recursive: true });
    expect(new Set(files)).toEqual(
      new Set([
        "test",
        "test.lst",
        "train",
        "train.lst",
        join("test", "bike_s_000001.png"),
        join("train", "bike_s_000001.png"),
      ]),
    );
    expect(await readFile(dataset.test.manifest, "utf8")).toBe("7\t1\tbike_s_000001.png\n");
    expect(await readFile(join(dataset.train.images, "bike_s_000001.png"))).toEqual(Buffer.from(encodePng(image())));
  });

  it("keeps images of the same name apart without losing one, also where only case differs", async () => {
    const dataset = await write([
      image({ row: 1 }),
      image({ row: 2 }),
      image({ row: 3, filename: "BIKE_s_000001.png" }),
      image({ row: 4, filename: "bike_s_000001-2.png" }),
      image({ split: "test" }),
    ]);
    expect(await readFile(dataset.train.manifest, "utf8")).toBe(
      "1\t0\tbike_s_000001.png\n2\t0\tbike_s_000001-2.png\n3\t0\tBIKE_s_000001-3.png\n4\t0\tbike_s_000001-2-4.png\n",
    );
    expect(await readdir(dataset.train.images)).toHaveLength(4);
  });

  it.each([
    ["a name that climbs", { filename: "../evil.png" }, "IMAGE_NAME_INVALID"],
    ["a name with a separator", { filename: "a\\b.png" }, "IMAGE_NAME_INVALID"],
    ["a hidden name", { filename: ".bashrc" }, "IMAGE_NAME_INVALID"],
    ["a control character", { filename: "a\u0007.png" }, "IMAGE_NAME_INVALID"],
    ["a name of a device", { filename: "con.png" }, "IMAGE_NAME_INVALID"],
    ["an endless name", { filename: `${"a".repeat(300)}.png` }, "IMAGE_NAME_INVALID"],
    ["a label of another class", { labelId: 1 }, "IMAGE_INVALID"],
    ["another size", { width: 1, rgb: Uint8Array.of(1, 2, 3) }, "IMAGE_INVALID"],
    ["bytes that do not fit", { rgb: Uint8Array.of(1) }, "IMAGE_INVALID"],
    [
      "a row that climbs where it is added to the name",
      { row: "/../../../evil" as unknown as number },
      "IMAGE_INVALID",
    ],
    ["a row that is no whole number", { row: 1.5 }, "IMAGE_INVALID"],
    ["a name that is no text", { filename: 7 as unknown as string }, "IMAGE_INVALID"],
  ])("refuses %s and leaves nothing behind", async (_, changes, code) => {
    await expect(write([image({ row: 1 }), image({ row: 2, ...changes })])).rejects.toMatchObject({ code });
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses what is no image, as a program without types may hand over", async () => {
    for (const nothing of [null, undefined, 7, "image"]) {
      await expect(write([nothing as unknown as CifarImage])).rejects.toMatchObject({ code: "IMAGE_INVALID" });
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("notices a repeated row at once, however often the same image comes", async () => {
    let taken = 0;
    const images = (function* () {
      for (; taken < 1000; taken++) yield image();
    })();
    const writing = writeDataset({ images, labels, directory: join(folder, "set") });
    await expect(writing).rejects.toMatchObject({ code: "LST_INVALID", details: { line: 2 } });
    expect(taken).toBeLessThan(10);
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses an empty split, a repeated row, a folder in use, and an abort, and leaves nothing behind", async () => {
    await expect(write([image()])).rejects.toMatchObject({ code: "DATASET_EMPTY", details: { split: "test" } });
    await expect(write([image(), image(), image({ split: "test" })])).rejects.toMatchObject({ code: "LST_INVALID" });
    const reason = new Error("enough");
    await expect(write([image()], AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
    await mkdir(join(folder, "used"));
    await expect(writeDataset({ images: [image()], labels, directory: folder })).rejects.toThrow(/is not empty/);
  });

  it("leaves nothing half-written when it is aborted in between, and takes no more images", async () => {
    const reason = new Error("enough");
    for (const last of [1, 7, 40]) {
      const controller = new AbortController();
      let [taken, isClosed] = [0, false];
      const images = (function* () {
        try {
          for (; ; taken++) {
            if (taken === last) controller.abort(reason);
            yield image({ row: taken, split: taken % 2 === 0 ? "train" : "test" });
          }
        } finally {
          isClosed = true;
        }
      })();
      const directory = join(folder, "new", "set");
      await expect(writeDataset({ images, labels, directory, signal: controller.signal })).rejects.toBe(reason);
      expect(taken).toBeLessThan(last + 32);
      expect(isClosed).toBe(true);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("takes a folder that is there and empty, and leaves it there when it fails", async () => {
    const directory = join(folder, "empty");
    await mkdir(directory);
    await expect(writeDataset({ images: [image()], labels, directory })).rejects.toMatchObject({
      code: "DATASET_EMPTY",
    });
    expect(await readdir(folder)).toEqual(["empty"]);
    const both = [image(), image({ split: "test" })];
    expect((await writeDataset({ images: both, labels, directory })).train.count).toBe(1);
    const file = join(directory, "train.lst");
    await expect(writeDataset({ images: both, labels, directory: file })).rejects.toThrow(/not a folder/);
  });
});
