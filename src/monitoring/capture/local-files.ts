import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { throwIfAborted } from "../../core/abort.js";
import { CaptureError } from "./capture-errors.js";
import { type ByteRange, type CaptureFile, describeFile } from "./capture-file.js";

/** Most capture files of SageMaker, a minute of records, are read at once. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * Lists the files below a folder, or the one file. The bytes of all of them are read into one buffer, so a chunk of one
 * file must be done with before the next of any file is asked for.
 *
 * @param path - The folder or file.
 * @param signal - Ends the listing, and later reading.
 * @returns The files, in path order.
 * @throws {@link CaptureError} `CAPTURES_NOT_FOUND` when there is neither.
 * @internal
 */
export async function listLocalFiles(path: string, signal: AbortSignal | undefined): Promise<readonly CaptureFile[]> {
  throwIfAborted(signal);
  const found = await stat(path).catch((cause: unknown) => {
    throw new CaptureError({
      code: "CAPTURES_NOT_FOUND",
      message: `There is no folder or file "${path}" to read captures from. Check the path, or download the captures there.`,
      details: { source: path },
      cause,
    });
  });
  const names = found.isDirectory() ? await listNames(path) : [""];
  throwIfAborted(signal);
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return names.map((name) => {
    const location = name === "" ? path : join(path, name);
    const slashed = location.split(sep).join("/");
    const below = name === "" ? basename(path) : name.split(sep).join("/");
    return describeFile(location, slashed, below, async (range) => readChunks(location, buffer, range, signal));
  });
}

async function listNames(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(path, sep).length))
    .sort();
}

async function* readChunks(
  location: string,
  buffer: Buffer,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file: FileHandle = await open(location);
  try {
    let position = range?.start ?? 0;
    const end = range?.end ?? Number.POSITIVE_INFINITY;
    while (position < end) {
      throwIfAborted(signal);
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, end - position), position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
