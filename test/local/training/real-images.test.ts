import { createReadStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { PNG } from "pngjs";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { createClassifier } from "../../../src/local/training/classifier.js";
import { type LabelledPixels, trainNetwork } from "../../../src/local/training/train-network.js";
import { sharedData } from "../../helpers/shared-data.js";

const archive = sharedData("data/scones-pngs.tar");
const IMAGE_BYTES = 32 * 32 * 3;

/** The real bicycles (label 0) and motorcycles (label 1), as the course's notebook leaves them on disk. */
async function readImages(path: string): Promise<Record<"train" | "test", LabelledPixels>> {
  const files = new Map<string, Buffer>();
  for await (const entry of createReadStream(path).pipe(extract())) {
    files.set(entry.header.name, await buffer(entry));
  }
  const read = (split: string): LabelledPixels => {
    const rows = (files.get(`${split}.lst`)?.toString() ?? "").trim().split("\n");
    const pixels = new Uint8Array(rows.length * IMAGE_BYTES);
    const labels = new Uint32Array(rows.length);
    for (const [index, row] of rows.entries()) {
      const [, label, name] = row.split("\t");
      const { data } = PNG.sync.read(files.get(`${split}/${name}`) ?? Buffer.alloc(0));
      labels[index] = Number(label);
      for (let pixel = 0; pixel < 32 * 32; pixel++) {
        pixels.set(data.subarray(pixel * 4, pixel * 4 + 3), index * IMAGE_BYTES + pixel * 3);
      }
    }
    return { pixels, labels, count: rows.length };
  };
  return { train: read("train"), test: read("test") };
}

const beside = archive === undefined ? " (skipped: the shared data are not beside this checkout)" : "";

describe("training on real images", () => {
  it.skipIf(archive === undefined)(
    `the small network tells at least 85 of 100 bicycles and motorcycles apart${beside}`,
    { timeout: 120_000 },
    async () => {
      const { train, test } = await readImages(archive ?? "");
      expect([train.count, test.count]).toEqual([1000, 200]);
      const imageShape = { height: 32, width: 32 };
      const { weights } = await trainNetwork({ train, imageShape, classes: 2, widths: [8, 16, 32], seed: 0 });
      const classifier = createClassifier(weights);
      let right = 0;
      for (let image = 0; image < test.count; image++) {
        const answer = classifier.classify(test.pixels.subarray(image * IMAGE_BYTES, (image + 1) * IMAGE_BYTES));
        if (answer.indexOf(Math.max(...answer)) === test.labels[image]) right++;
      }
      expect(right / test.count).toBeGreaterThanOrEqual(0.85);
    },
  );
});
