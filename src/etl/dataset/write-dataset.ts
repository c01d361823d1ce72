import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import { LabelsSchema } from "../../core/contracts.js";
import { InvalidOptionsError, parseOptions, signalSchema } from "../../core/options.js";
import type { CifarImage } from "../images/cifar-image.js";
import { encodeChecked } from "../images/encode-png.js";
import { imagesSchema } from "../images/images-schema.js";
import { DatasetPlan } from "./dataset-plan.js";

/** One split of a data set on disk. */
export interface LocalSplit {
  /** Absolute path of the folder with the images. */
  readonly images: string;
  /** Absolute path of the `.lst` manifest. */
  readonly manifest: string;
  /** Number of images. */
  readonly count: number;
}

/** A labelled data set on disk: what `writeDataset` returns. */
export interface LocalDataset {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Class names in label order. */
  readonly labels: readonly string[];
  /** Training images. */
  readonly train: LocalSplit;
  /** Test images. */
  readonly test: LocalSplit;
}

/** Options of {@link writeDataset}. */
export interface WriteDatasetOptions {
  /** The images, such as `extractor.images()`. */
  readonly images: Iterable<CifarImage> | AsyncIterable<CifarImage>;
  /** Class names in label order, such as `extractor.labels`. */
  readonly labels: readonly string[];
  /** Folder to write; it must not exist yet, or be empty. */
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

/**
 * Writes images as PNG files under `train/` and `test/` with the manifests `train.lst` and `test.lst`. The folder
 * appears under its name only when all of it is there; after a failure nothing is left. An image whose name another
 * one of its split has already gets its row added to the name.
 *
 * @param options - See {@link WriteDatasetOptions}.
 * @returns Where everything lies.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong or the folder is not empty.
 * @throws {@link DatasetError} `DATASET_EMPTY` when a split has no image.
 * @throws {@link DatasetError} `IMAGE_INVALID` when an image has another size or label than the data set.
 * @throws {@link LstError} `LST_INVALID` when a row of a split repeats.
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
  const isThere = await isEmptyFolder(target);
  const plan = new DatasetPlan(labels);
  const draft = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
  const firstCreated = await mkdir(dirname(target), { recursive: true });
  let isDone = false;
  try {
    await mkdir(join(draft, "train"), { recursive: true });
    await mkdir(join(draft, "test"));
    for await (const { image, filename } of plan.follow(images)) {
      throwIfAborted(signal);
      // Handing so small a file to another thread takes several times as long as writing it.
      writeFileSync(join(draft, image.split, filename), encodeChecked(image), { flag: "wx" });
      // The event loop gets its turn, in which the archive is unpacked further.
      await setImmediate();
    }
    plan.requireBothSplits();
    await writeFile(join(draft, "train.lst"), plan.manifest("train"));
    await writeFile(join(draft, "test.lst"), plan.manifest("test"));
    throwIfAborted(signal);
    // Windows renames a folder onto no other, not even onto an empty one.
    if (isThere) await rmdir(target);
    await rename(draft, target);
    isDone = true;
  } finally {
    await rm(draft, { recursive: true, force: true });
    if (!isDone && firstCreated !== undefined) await removeEmptyFolders(dirname(target), firstCreated);
  }
  const describe = (split: "train" | "test"): LocalSplit => ({
    images: join(target, split),
    manifest: join(target, `${split}.lst`),
    count: plan.count(split),
  });
  return { directory: target, labels, train: describe("train"), test: describe("test") };
}

/** Whether the folder is there, and empty; what holds something is refused. */
async function isEmptyFolder(path: string): Promise<boolean> {
  try {
    if ((await readdir(path)).length === 0) return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw folderInUse(path, error);
  }
  throw folderInUse(path);
}

/** Takes away the parent folders that were made for the target; one that something else has been put into stays. */
async function removeEmptyFolders(last: string, first: string): Promise<void> {
  for (let path = last; path.startsWith(first); path = dirname(path)) {
    const isRemoved = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}

function folderInUse(directory: string, cause?: unknown): InvalidOptionsError {
  const message = cause === undefined ? `${directory} is not empty` : `${directory} is not a folder that can be read`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `writeDataset does not write into what is there: ${message}. Choose another folder or remove this one.`,
    details: { functionName: "writeDataset", issues: [{ path: "directory", message }] },
    ...(cause === undefined ? {} : { cause }),
  });
}
