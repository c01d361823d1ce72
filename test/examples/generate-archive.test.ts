import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { generateArchive } from "../../examples/end-to-end/generate-archive.js";
import { pickleMeta } from "../../examples/end-to-end/pickle-writer.js";
import { CifarExtractor } from "../../src/etl/cifar/cifar-extractor.js";
import { CIFAR_100_CLASSES } from "../../src/etl/cifar/class-names.js";
import type { CifarImage } from "../../src/etl/images/cifar-image.js";

async function collect(images: AsyncIterable<CifarImage>): Promise<CifarImage[]> {
  const all: CifarImage[] = [];
  for await (const image of images) all.push(image);
  return all;
}

describe("generateArchive", () => {
  const small = { trainPerClass: 30, testPerClass: 8 };
  let bytes: Buffer;
  let images: readonly CifarImage[];
  beforeAll(async () => {
    bytes = await buffer(generateArchive(small));
    images = await collect(new CifarExtractor({ source: bytes }).images());
  });

  it("is read like the genuine archive, with the numbers asked for", () => {
    const count = (split: string, labelId: number) =>
      images.filter((image) => image.split === split && image.labelId === labelId).length;
    expect([count("train", 0), count("train", 1), count("test", 0), count("test", 1)]).toEqual([30, 30, 8, 8]);
  });

  it("has other classes between the vehicles, so that there is something to leave out", async () => {
    const classes = ["apple", "bus", "cloud", "sunflower", "wardrobe"];
    const others = await collect(new CifarExtractor({ source: bytes, classes }).images());
    expect(new Set(others.map(({ label }) => label))).toEqual(new Set(classes));
    const rows = images.filter(({ split }) => split === "train").map(({ row }) => row);
    expect(Math.max(...rows)).toBeGreaterThanOrEqual(rows.length);
  });

  it("is the same for the same seed and another for another", async () => {
    expect(bytes.equals(await buffer(generateArchive({ ...small, seed: 0 })))).toBe(true);
    expect(bytes.equals(await buffer(generateArchive({ ...small, seed: 1 })))).toBe(false);
  });

  it("has names that do not tell the class, none of them twice in a split", () => {
    const stems = (labelId: number) =>
      new Set(images.filter((image) => image.labelId === labelId).map(({ filename }) => filename.split("_s_")[0]));
    expect([...stems(0)].filter((stem) => stems(1).has(stem))).toContain("bike");
    for (const split of ["train", "test"]) {
      const names = images.filter((image) => image.split === split).map(({ filename }) => filename);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("never draws the same picture twice, and none that mean colour alone gives away", () => {
    expect(new Set(images.map(({ rgb }) => Buffer.from(rgb).toString("base64"))).size).toBe(images.length);
    const means = (labelId: number) =>
      images
        .filter((image) => image.labelId === labelId)
        .map(({ rgb }) => rgb.reduce((sum, value) => sum + value, 0) / rgb.length);
    const [bicycles, motorcycles] = [means(0), means(1)];
    expect(Math.min(...bicycles)).toBeLessThan(Math.max(...motorcycles));
    expect(Math.min(...motorcycles)).toBeLessThan(Math.max(...bicycles));
  });

  it("has the genuine archive's list of classes, byte for byte", () => {
    const meta = pickleMeta(CIFAR_100_CLASSES);
    expect(createHash("md5").update(meta).digest("hex")).toBe("7973b15100ade9c7d40fb424638fde48");
  });
});
