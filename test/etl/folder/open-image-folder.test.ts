import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseLst } from "../../../src/etl/dataset/lst.js";
import { writeDataset } from "../../../src/etl/dataset/write-dataset.js";
import { type OpenImageFolderOptions, openImageFolder } from "../../../src/etl/folder/open-image-folder.js";
import type { CifarImage } from "../../../src/etl/images/cifar-image.js";
import { encodePng } from "../../../src/etl/images/encode-png.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scones-folder-"));
});
afterEach(async () => {
  vi.doUnmock("sharp");
  vi.resetModules();
  await rm(folder, { recursive: true });
});

const png = (value: number, width = 4, height = 3) =>
  encodePng({ width, height, rgb: new Uint8Array(width * height * 3).fill(value) });

async function put(files: Readonly<Record<string, Uint8Array | string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function read(options: Partial<OpenImageFolderOptions> = {}, split?: "train" | "test"): Promise<CifarImage[]> {
  const images: CifarImage[] = [];
  const opened = await openImageFolder({ directory: folder, ...options });
  for await (const image of opened.images(split ? { split } : {})) images.push(image);
  return images;
}

/** Forgets that sharp is installed. */
async function withoutSharp() {
  vi.resetModules();
  vi.doMock("sharp", () => {
    throw new Error("Cannot find package 'sharp'");
  });
  const fresh = await import("../../../src/etl/folder/open-image-folder.js");
  return async (options: Partial<OpenImageFolderOptions> = {}) => {
    const images: CifarImage[] = [];
    const opened = await fresh.openImageFolder({ directory: folder, ...options });
    for await (const image of opened.images()) images.push(image);
    return images;
  };
}

describe("openImageFolder", () => {
  it("labels images by the folder they lie in, and gives them safe names", async () => {
    await put({
      "car/b.png": png(2),
      "car/a photo (1).PNG": png(1),
      "boat/x.png": png(3),
      "boat/.DS_Store": "junk",
      "boat/Thumbs.db": "junk",
    });
    const opened = await openImageFolder({ directory: folder, testShare: 0 });
    expect(opened.labels).toEqual(["boat", "car"]);
    expect(opened.counts).toEqual({ train: 3, test: 0 });
    const images = await read({ testShare: 0 });
    expect(images.map(({ label, labelId, row, filename, rgb }) => [label, labelId, row, filename, rgb[0]])).toEqual([
      ["boat", 0, 0, "x.png", 3],
      ["car", 1, 1, "a_photo__1_.png", 1],
      ["car", 1, 2, "b.png", 2],
    ]);
    expect(images[0]).toMatchObject({ width: 4, height: 3, split: "train" });
  });

  it("takes chosen classes in the order given, with typed labels", async () => {
    await put({ "car/a.png": png(1), "boat/a.png": png(2), "tram/a.png": png(3) });
    const opened = await openImageFolder({ directory: folder, classes: ["tram", "car"], testShare: 0 });
    const labels: readonly ("tram" | "car")[] = opened.labels;
    expect(labels).toEqual(["tram", "car"]);
    const images = await read({ classes: ["tram", "car"], testShare: 0 });
    expect(images.map(({ label, labelId }) => [label, labelId])).toEqual([
      ["tram", 0],
      ["car", 1],
    ]);
  });

  it("splits each class by its names, the same way every time", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`car/${index}.png`, png(index)]));
    await put({ ...files, "boat/a.png": png(1), "boat/b.png": png(2) });
    const opened = await openImageFolder({ directory: folder });
    expect(opened.counts).toEqual({ train: 17, test: 5 });
    const test = await read({}, "test");
    expect(test.map(({ label }) => label)).toEqual(["boat", "car", "car", "car", "car"]);
    const train = await read({}, "train");
    const seen = [...train, ...test].map(({ label, rgb }) => `${label} ${rgb[0]}`);
    expect(new Set(seen).size).toBe(22);
    await put({ "car/more.png": png(99) });
    const kept = (await read({}, "test")).filter(({ rgb }) => test.some((image) => image.rgb[0] === rgb[0]));
    expect(kept.length).toBeGreaterThanOrEqual(4);
  });

  it("takes train and test as they are where the folder has both", async () => {
    await put({
      "train/car/1.png": png(1),
      "train/boat/2.png": png(2),
      "test/car/3.png": png(3),
      "test/boat/4.png": png(4),
    });
    const images = await read();
    expect(images.map(({ split, label, row, rgb }) => [split, label, row, rgb[0]])).toEqual([
      ["train", "boat", 0, 2],
      ["train", "car", 1, 1],
      ["test", "boat", 0, 4],
      ["test", "car", 1, 3],
    ]);
    await rm(join(folder, "test/boat"), { recursive: true });
    await expect(read()).rejects.toMatchObject({
      code: "IMAGE_FOLDER_INVALID",
      message: expect.stringMatching(/test cannot be used: it has no folder "boat", but "car"/),
    });
  });

  it("does not take classes called train and test for splits", async () => {
    await put({ "train/1.png": png(1), "test/2.png": png(2) });
    expect((await openImageFolder({ directory: folder, testShare: 0 })).labels).toEqual(["test", "train"]);
  });

  it("goes where the images of an archive go", async () => {
    const names = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.png`, png(index)]));
    await put({
      ...Object.fromEntries(
        ["car", "boat"].flatMap((label) => Object.entries(names).map(([name, file]) => [`in/${label}/${name}`, file])),
      ),
    });
    const opened = await openImageFolder({ directory: join(folder, "in") });
    const written = await writeDataset({
      images: opened.images(),
      labels: opened.labels,
      directory: join(folder, "out"),
    });
    expect(written.train.count + written.test.count).toBe(12);
    // Both classes have files of the same names: none is lost.
    expect((await readdir(written.train.images)).length + (await readdir(written.test.images)).length).toBe(12);
    const { readFile } = await import("node:fs/promises");
    expect(parseLst(await readFile(written.train.manifest, "utf8"))).toHaveLength(written.train.count);
  });

  it.each([
    ["half transparent RGBA", { colorType: 6 as const, inputHasAlpha: true }, [200, 100, 50, 128]],
    ["grey", { colorType: 0 as const }, [124, 124, 124, 255]],
    ["grey with alpha", { colorType: 4 as const, inputHasAlpha: true }, [124, 124, 124, 255]],
  ])("reads a %s PNG as RGB, without its alpha", async (_, options, colour) => {
    const image = new PNG({ width: 4, height: 3, ...options });
    for (let pixel = 0; pixel < 12; pixel++) image.data.set(colour, pixel * 4);
    await put({ "car/a.png": PNG.sync.write(image, options) });
    const [first] = await read({ testShare: 0 });
    expect([...(first?.rgb.subarray(0, 3) ?? [])]).toEqual(colour.slice(0, 3));
  });

  it("reads palette, 16-bit and interlaced PNGs as sharp itself does", async () => {
    const raw = { width: 8, height: 8, channels: 3 as const };
    const pixels = Buffer.from(Array.from({ length: 192 }, (_, index) => (index * 37) % 256));
    const source = () => sharp(pixels, { raw });
    await put({
      "car/deep.png": await source().toColourspace("rgb16").png().toBuffer(),
      "car/interlaced.png": await source().png({ progressive: true }).toBuffer(),
      "car/palette.png": await source().png({ palette: true, colours: 256, dither: 0 }).toBuffer(),
    });
    const run = await withoutSharp();
    for (const { filename, rgb } of await run({ testShare: 0 })) {
      const expected = await sharp(join(folder, "car", filename))
        .toColourspace("srgb")
        .raw({ depth: "uchar" })
        .toBuffer();
      // 16 bits are rounded here and cut there.
      const furthest = Math.max(...rgb.map((value, index) => Math.abs(value - (expected[index] ?? 999))));
      expect(furthest, filename).toBeLessThanOrEqual(filename === "deep.png" ? 1 : 0);
    }
  });

  it("resizes and decodes other formats where sharp is installed", async () => {
    const photo = sharp({ create: { width: 64, height: 20, channels: 3, background: { r: 250, g: 10, b: 20 } } });
    await put({
      "car/a.jpg": await photo.clone().jpeg().toBuffer(),
      "car/b.webp": await photo.clone().webp({ lossless: true }).toBuffer(),
      "car/c.png": await photo.clone().png().toBuffer(),
    });
    const images = await read({ imageShape: { height: 32, width: 32 }, testShare: 0 });
    expect(images.map(({ filename, width, height }) => [filename, width, height])).toEqual([
      ["a.png", 32, 32],
      ["b.png", 32, 32],
      ["c.png", 32, 32],
    ]);
    expect([...(images[1]?.rgb.subarray(0, 3) ?? [])]).toEqual([250, 10, 20]);
    expect(images[2]?.rgb).toHaveLength(3072);
  });

  it("says what is accepted, and what to install, where sharp is not", async () => {
    await put({
      "car/a.jpg": await sharp(Buffer.from(png(1)))
        .jpeg()
        .toBuffer(),
    });
    const run = await withoutSharp();
    await expect(run()).rejects.toMatchObject({
      code: "IMAGE_INVALID",
      message: expect.stringMatching(/"car\/a\.jpg" cannot be used: it is not a PNG file\. .*npm install sharp/),
    });
    await rm(join(folder, "car"), { recursive: true });
    await put({ "car/a.png": png(1, 40, 30) });
    await expect(run({ imageShape: { height: 32, width: 32 } })).rejects.toThrow(
      /"car\/a\.png" cannot be used: it has 40 x 30 pixels instead of 32 x 32/,
    );
  });

  it("refuses images of two sizes unless a size was given", async () => {
    await put({ "car/a.png": png(1), "car/b.png": png(1, 5, 5) });
    await expect(read({ testShare: 0 })).rejects.toThrow(/"car\/b\.png" .*it has 5 x 5 pixels, the first image 4 x 3/);
  });

  it.each([
    ["text", "not an image"],
    ["nothing", ""],
    ["a PNG that is cut", Buffer.from(png(1)).subarray(0, 60)],
    ["a PNG with damaged pixels", Buffer.concat([Buffer.from(png(1)).subarray(0, 45), Buffer.alloc(30)])],
    ["a PNG that claims to be enormous", Buffer.from(png(1)).fill(255, 16, 24)],
  ])("names the file that is %s", async (_, content) => {
    await put({ "car/bad.png": content });
    await expect(read({ testShare: 0 })).rejects.toMatchObject({
      code: "IMAGE_INVALID",
      details: { filename: join("car", "bad.png") },
    });
  });

  it.each([
    ["is not there", async () => {}, "nowhere", /cannot be read \(ENOENT\)/],
    ["is empty", async () => {}, "", /it is empty; each class needs a folder/],
    ["holds images without a class", () => put({ "a.png": png(1) }), "", /files such as a\.png and no folder/],
    ["has a class without images", () => put({ "car/.keep": "" }), "", /car cannot be used: it holds no image/],
    ["has folders inside a class", () => put({ "car/red/a.png": png(1) }), "", /"red" in it is no file/],
  ])("refuses a folder that %s", async (_, prepare, path, message) => {
    await prepare();
    await expect(read({ directory: join(folder, path) })).rejects.toMatchObject({
      code: "IMAGE_FOLDER_INVALID",
      message: expect.stringMatching(message),
    });
  });

  it("follows links to files, and refuses names that leave the folder", async () => {
    await put({ "car/a.png": png(7), "elsewhere.png": png(9) });
    await symlink(join(folder, "elsewhere.png"), join(folder, "car/b.png"));
    expect((await read({ classes: ["car"], testShare: 0 })).map(({ rgb }) => rgb[0])).toEqual([7, 9]);
    for (const name of ["..", "../x", "a/b"]) await expect(read({ classes: [name] })).rejects.toThrow(/classes/);
  });

  it("refuses a link that leads nowhere, and names a file that is gone when its turn comes", async () => {
    await put({ "car/a.png": png(1), "car/b.png": png(2) });
    const opened = await openImageFolder({ directory: folder, testShare: 0 });
    const images = opened.images();
    await images.next();
    await rm(join(folder, "car/b.png"));
    await expect(images.next()).rejects.toMatchObject({
      code: "IMAGE_INVALID",
      message: expect.stringMatching(/b\.png" cannot be used: it cannot be read \(ENOENT\)/),
    });
    await symlink(join(folder, "nowhere.png"), join(folder, "car/c.png"));
    await expect(read()).rejects.toMatchObject({
      code: "IMAGE_FOLDER_INVALID",
      message: expect.stringMatching(/"c\.png" in it is no file/),
    });
  });

  it("ends with the signal's reason", async () => {
    await put({ "car/a.png": png(1), "car/b.png": png(2) });
    const controller = new AbortController();
    const opened = await openImageFolder({ directory: folder, testShare: 0 });
    const run = async () => {
      for await (const _ of opened.images({ signal: controller.signal })) controller.abort(new Error("enough"));
    };
    await expect(run()).rejects.toThrow("enough");
  });
});
