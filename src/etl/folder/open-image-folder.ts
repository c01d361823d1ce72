import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename, relative, resolve } from "node:path";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import { isSconesError } from "../../core/errors.js";
import { callbackSchema, parseOptions, signalSchema } from "../../core/options.js";
import { makeSafeName } from "../dataset/image-names.js";
import { DatasetError } from "../etl-errors.js";
import type { CifarImage, Split } from "../images/cifar-image.js";
import { decodeImage, type ImageSize } from "../images/decode-image.js";
import { type FolderFile, listFolder } from "./list-folder.js";

/** Options of {@link openImageFolder}. */
export interface OpenImageFolderOptions<Label extends string = string> {
  /** Path of the folder: `{directory}/{class}/{image}`, or `{directory}/train/{class}/{image}` and `test` beside it. */
  readonly directory: string;
  /** Class folders to take; their order gives the labels. @defaultValue all of them, in the order of their names */
  readonly classes?: readonly Label[];
  /**
   * Size of all images, 1 to 4096 pixels a side. With the optional package `sharp`, images of other sizes are brought to
   * it; without, they are refused. @defaultValue the size of the first image
   */
  readonly imageShape?: ImageSize;
  /**
   * Share of each class that becomes the test split where the folder has no `train` and `test`, 0 to 0.9. Which images
   * that are depends on their names alone. @defaultValue `0.2`
   */
  readonly testShare?: number;
}

/** Options of {@link ImageFolder.images}. */
export interface FolderImagesOptions {
  /** Takes one part of the data set only. @defaultValue both parts */
  readonly split?: Split;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
  /** Is told each image. */
  readonly onProgress?: (event: FolderProgressEvent) => void;
}

/** What is told while a folder is read. */
export interface FolderProgressEvent {
  /** An image was read. */
  readonly type: "image";
  /** Images read so far. */
  readonly count: number;
  /** Images in all. */
  readonly total: number;
}

/** A folder of labelled images: what {@link openImageFolder} returns. */
export interface ImageFolder<Label extends string = string> {
  /** Class names in label order: the first one is label 0. */
  readonly labels: readonly Label[];
  /** Number of images of each split. */
  readonly counts: Readonly<Record<Split, number>>;
  /** Reads the images, one after the other. */
  readonly images: (options?: FolderImagesOptions) => AsyncGenerator<CifarImage<Label>>;
}

const SIDE = z.int().min(1).max(4096);
const OptionsSchema = z.strictObject({
  directory: z.string().min(1),
  classes: z
    .array(
      z
        .string()
        .regex(/^[^/\\]+$/, "must be the name of a folder")
        .refine((name) => name !== "." && name !== ".."),
    )
    .min(1, "needs at least one class")
    .refine((classes) => new Set(classes).size === classes.length, "must not repeat a class")
    .optional(),
  imageShape: z.strictObject({ height: SIDE, width: SIDE }).optional(),
  testShare: z.number().min(0).max(0.9).default(0.2),
});

const ImagesOptionsSchema = z.strictObject({
  split: z.enum(["train", "test"]).optional(),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: FolderProgressEvent) => void>().optional(),
});

/** A photo of the largest camera has less. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/**
 * Opens a folder of images that are sorted into one folder a class, for data that is not CIFAR. It lists the files and
 * reads none yet. PNG files of any colour type are read, an alpha channel is dropped; with the optional package `sharp`
 * also JPEG, WebP, TIFF and others, in any size. Images get safe names with the extension `.png`, and row numbers in the
 * order of split, class and name.
 *
 * @param options - See {@link OpenImageFolderOptions}.
 * @returns The folder; its images go where those of `CifarExtractor` go.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link DatasetError} `IMAGE_FOLDER_INVALID` when the folder is not laid out like this.
 * @throws {@link DatasetError} `IMAGE_INVALID`, while the images are read, for one that cannot be used.
 *
 * @example
 * ```ts
 * import { openImageFolder, writeDataset } from "scones-ml/etl";
 *
 * const folder = await openImageFolder({ directory: "photos", classes: ["bicycle", "motorcycle"] });
 * await writeDataset({ images: folder.images(), labels: folder.labels, directory: "vehicles" });
 * ```
 */
export async function openImageFolder<const Label extends string = string>(
  options: OpenImageFolderOptions<Label>,
): Promise<ImageFolder<Label>> {
  const { directory, classes, imageShape, testShare } = parseOptions("openImageFolder", OptionsSchema, options);
  const root = resolve(directory);
  const files = await listFolder({ directory: root, classes, chooseTest: (paths) => chooseTest(paths, testShare) });
  // Where classes are given they are the labels; where not, Label is any string.
  const labels = (classes ?? [...new Set(files.map(({ label }) => label))]) as readonly string[] as readonly Label[];
  const countOf = (split: Split) => files.filter((file) => file.split === split).length;
  return {
    labels,
    counts: { train: countOf("train"), test: countOf("test") },
    images: (given = {}) => readImages({ root, files, labels, imageShape, given }),
  };
}

async function* readImages<Label extends string>(folder: {
  readonly root: string;
  readonly files: readonly FolderFile[];
  readonly labels: readonly Label[];
  readonly imageShape: ImageSize | undefined;
  readonly given: FolderImagesOptions;
}): AsyncGenerator<CifarImage<Label>> {
  const { split, signal, onProgress } = parseOptions("ImageFolder.images", ImagesOptionsSchema, folder.given);
  const wanted = folder.files.filter((file) => split === undefined || file.split === split);
  const labelIds = new Map<string, number>(folder.labels.map((label, labelId) => [label, labelId]));
  const next: Record<Split, number> = { train: 0, test: 0 };
  let first: ImageSize | undefined;
  let count = 0;
  for (const { path, split, label: name } of wanted) {
    throwIfAborted(signal);
    const labelId = labelIds.get(name) ?? 0;
    const label = folder.labels[labelId];
    if (label === undefined) continue;
    const shown = relative(folder.root, path);
    const decoded = await decodeImage({
      bytes: await readImageFile(path, shown),
      name: shown,
      size: folder.imageShape,
    });
    first ??= decoded;
    if (decoded.width !== first.width || decoded.height !== first.height) throw otherSize(shown, decoded, first);
    yield { filename: makeSafeName(basename(path)), split, label, labelId, row: next[split]++, ...decoded };
    onProgress?.({ type: "image", count: ++count, total: wanted.length });
  }
}

/** Takes the share of a class whose names have the smallest hashes: the same ones on every machine. */
function chooseTest(paths: readonly string[], share: number): ReadonlySet<string> {
  const hashed = paths.map((path) => ({ path, hash: createHash("sha256").update(basename(path)).digest("hex") }));
  hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const atLeast = share > 0 && paths.length > 1 ? 1 : 0;
  return new Set(hashed.slice(0, Math.max(atLeast, Math.round(paths.length * share))).map(({ path }) => path));
}

async function readImageFile(path: string, shown: string): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES)
      throw imageInvalid(shown, `it has ${size} bytes, more than ${MAX_FILE_BYTES}. Scale it down`);
    return await file.readFile();
  } catch (error) {
    if (isSconesError(error)) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw imageInvalid(shown, `it cannot be read (${code})`, error);
  } finally {
    await file?.close();
  }
}

function otherSize(name: string, { width, height }: ImageSize, first: ImageSize): DatasetError {
  return imageInvalid(
    name,
    `it has ${width} x ${height} pixels, the first image ${first.width} x ${first.height}. Set imageShape, and run npm install sharp to have images resized`,
  );
}

function imageInvalid(name: string, reason: string, cause?: unknown): DatasetError {
  return new DatasetError({
    code: "IMAGE_INVALID",
    message: `The image ${JSON.stringify(name)} cannot be used: ${reason}.`,
    details: { filename: name, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
