import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { CifarExtractor, type CifarImage } from "scones-ml/etl";
import { generateArchive } from "../examples/end-to-end/generate-archive.js";

const REAL = fileURLToPath(new URL("../../shared/data/cifar-100-python-subset.tar.gz", import.meta.url));

/**
 * Writes the bicycles and motorcycles as one plain file that both sides read: two counts (uint32), then for train and
 * for test the labels (uint8) and the pixels (uint8, RGB, row by row).
 *
 * @returns What the data is.
 */
export async function writeTrainingData(file: string): Promise<string> {
  const isReal = existsSync(REAL);
  const extractor = new CifarExtractor({ source: isReal ? REAL : generateArchive({ seed: 0 }) });
  const images: Record<"train" | "test", CifarImage[]> = { train: [], test: [] };
  for await (const image of extractor.images()) images[image.split].push(image);
  const parts: Uint8Array[] = [new Uint8Array(Uint32Array.of(images.train.length, images.test.length).buffer)];
  for (const split of ["train", "test"] as const) {
    parts.push(
      Uint8Array.from(images[split], ({ labelId }) => labelId),
      ...images[split].map(({ rgb }) => rgb),
    );
  }
  await writeFile(file, Buffer.concat(parts));
  const counts = `${images.train.length} training and ${images.test.length} test images`;
  return isReal ? `${counts} of CIFAR-100` : `${counts}, generated (no CIFAR-100 archive beside the checkout)`;
}
