import { randomUUID } from "node:crypto";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { forEachConcurrent } from "../core/concurrency.js";
import { LabelsSchema } from "../core/contracts.js";
import { InvalidOptionsError, parseOptions, signalSchema } from "../core/options.js";
import type { CifarImage } from "./cifar-image.js";
import { DatasetPlan } from "./dataset-plan.js";
import { imagesSchema } from "./images-schema.js";
import { encodePng } from "./png.js";

/** A labelled data set on disk: what `writeDataset` returns. */
export interface LocalDataset {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Training images: their folder, their manifest and how many they are. */
  readonly train: { readonly images: string; readonly manifest: string; readonly count: number };
  /** Test images: their folder, their manifest and how many they are. */
  readonly test: { readonly images: string; readonly manifest: string; readonly count: number };
}

/** Options of {@link writeDataset}. */
export interface WriteDatasetOptions {
  /** The images, such as `extractor.images()`. */
  readonly images: Iterable<CifarImage> | AsyncIterable<CifarImage>;
  /** Class names in label order, such as `extractor.labels`. */
  readonly labels: readonly string[];
  /** Folder to write; it must not exist yet. */
  readonly directory: string;
  /** Ends the writing; nothing is left behind. */
  readonly signal?: AbortSignal;
}

const OptionsSchema = z.strictObject({
  images: imagesSchema,
  labels: LabelsSchema,
  directory: z.string().min(1),
  signal: signalSchema.optional(),
});

const CONCURRENCY = 16;

/**
 * Writes images as PNG files under `train/` and `test/` with the manifests `train.lst` and `test.lst`. The folder
 * appears under its name only when all of it is there; after a failure nothing is left. An image whose name another
 * one of its split has already gets its row added to the name.
 *
 * @param options - See {@link WriteDatasetOptions}.
 * @returns Where everything lies.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong or the folder exists.
 * @throws {@link DatasetError} `DATASET_EMPTY` when a split has no image.
 * @throws {@link DatasetError} `IMAGE_INVALID` when an image has another size or label than the data set.
 * @throws {@link DatasetError} `IMAGE_NAME_INVALID` when a name must not become a file.
 *
 * @example
 * ```ts
 * import { CifarExtractor, writeDataset } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz" });
 * await writeDataset({ images: extractor.images(), labels: extractor.labels, directory: "vehicles" });
 * ```
 */
export async function writeDataset(options: WriteDatasetOptions): Promise<LocalDataset> {
  const { images, labels, directory, signal } = parseOptions("writeDataset", OptionsSchema, options);
  const target = resolve(directory);
  if (await exists(target)) throw folderExists(target);
  const plan = new DatasetPlan(labels);
  const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
  try {
    await mkdir(join(draft, "train"), { recursive: true });
    await mkdir(join(draft, "test"), { recursive: true });
    await forEachConcurrent(plan.follow(images), { limit: CONCURRENCY, signal }, ({ image, filename }) =>
      writeFile(join(draft, image.split, filename), encodePng(image), { flag: "wx" }),
    );
    plan.requireBothSplits();
    await writeFile(join(draft, "train.lst"), plan.manifest("train"));
    await writeFile(join(draft, "test.lst"), plan.manifest("test"));
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const describe = (split: "train" | "test") => ({
    images: join(target, split),
    manifest: join(target, `${split}.lst`),
    count: plan.count(split),
  });
  return { directory: target, labels, train: describe("train"), test: describe("test") };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function folderExists(directory: string): InvalidOptionsError {
  const message = `${directory} exists already`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `writeDataset does not write into what is there: ${message}. Choose another folder or remove this one.`,
    details: { functionName: "writeDataset", issues: [{ path: "directory", message }] },
  });
}
