import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatasetError } from "../etl-errors.js";
import type { Split } from "../images/cifar-image.js";

/** One image file of a folder. @internal */
export interface FolderFile {
  readonly path: string;
  readonly split: Split;
  /** Name of the class folder that it lies in. */
  readonly label: string;
}

/** What {@link listFolder} looks for. @internal */
export interface ListFolderOptions {
  /** Path of the folder. */
  readonly directory: string;
  /** Class folders to look into; `undefined` takes all. */
  readonly classes: readonly string[] | undefined;
  /** Chooses the test images of a class where the folder has no `train` and `test`. */
  readonly chooseTest: (paths: readonly string[]) => ReadonlySet<string>;
}

/** Files that operating systems leave behind. */
const LEFTOVER = /^(\..*|thumbs\.db|desktop\.ini)$/i;

/**
 * Lists the images of a folder: `{directory}/{class}/{file}`, or `{directory}/train/{class}/{file}` and
 * `{directory}/test/{class}/{file}`. Everything comes in the order of its name.
 *
 * @param options - See {@link ListFolderOptions}.
 * @returns The files, by split, then class.
 * @throws {@link DatasetError} `IMAGE_FOLDER_INVALID` when it is not laid out like this, or a class has no file.
 * @internal
 */
export async function listFolder(options: ListFolderOptions): Promise<readonly FolderFile[]> {
  const { directory } = options;
  if (await hasSplits(directory)) {
    const train = await listClasses(join(directory, "train"), options);
    const test = await listClasses(join(directory, "test"), { ...options, classes: train.labels });
    return [...toFiles(train.files, () => "train"), ...toFiles(test.files, () => "test")];
  }
  const { files } = await listClasses(directory, options);
  const chosen = new Map([...files].map(([label, paths]) => [label, options.chooseTest(paths)]));
  const all = [...toFiles(files, (label, path) => (chosen.get(label)?.has(path) ? "test" : "train"))];
  return [...all.filter(({ split }) => split === "train"), ...all.filter(({ split }) => split === "test")];
}

/** Whether there is a folder of classes for each split; a class may be called `train`, as one of CIFAR-100 is. */
async function hasSplits(directory: string): Promise<boolean> {
  for (const split of ["train", "test"]) {
    const inside = await readdir(join(directory, split), { withFileTypes: true }).catch(() => []);
    if (!inside.some((entry) => entry.isDirectory())) return false;
  }
  return true;
}

async function listClasses(directory: string, { classes }: ListFolderOptions) {
  const entries = await readFolder(directory);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const stray = entries.find((entry) => !entry.isDirectory());
  if (folders.length === 0) {
    const found = stray === undefined ? "it is empty" : `it holds files such as ${stray.name} and no folder`;
    throw folderInvalid(directory, `${found}; each class needs a folder with its images`);
  }
  const labels = classes ?? folders;
  const files = new Map<string, readonly string[]>();
  for (const label of labels) {
    if (!folders.includes(label)) {
      throw folderInvalid(
        directory,
        `it has no folder "${label}", but ${folders
          .slice(0, 10)
          .map((name) => `"${name}"`)
          .join(", ")}`,
      );
    }
    files.set(label, await listFiles(join(directory, label)));
  }
  return { labels, files };
}

async function listFiles(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const entry of await readFolder(directory)) {
    const path = join(directory, entry.name);
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(path)));
    if (!isFile)
      throw folderInvalid(
        directory,
        `"${entry.name}" in it is no file; images lie directly in the folder of their class`,
      );
    paths.push(path);
  }
  if (paths.length === 0) throw folderInvalid(directory, "it holds no image");
  return paths;
}

/** Whether a link ends at a file; a broken one ends nowhere. */
function leadsToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readFolder(directory: string): Promise<readonly Dirent[]> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw folderInvalid(directory, `it cannot be read (${code})`, error);
  }
  const kept = entries.filter(({ name }) => !LEFTOVER.test(name));
  return kept.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function* toFiles(
  files: ReadonlyMap<string, readonly string[]>,
  splitOf: (label: string, path: string) => Split,
): Generator<FolderFile> {
  for (const [label, paths] of files) for (const path of paths) yield { path, label, split: splitOf(label, path) };
}

function folderInvalid(directory: string, reason: string, cause?: unknown): DatasetError {
  return new DatasetError({
    code: "IMAGE_FOLDER_INVALID",
    message: `The folder ${directory} cannot be used: ${reason}. Sort the images as ${basename(directory)}/{class}/{image}.png.`,
    details: { directory, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
