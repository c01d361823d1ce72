import { createHash, randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { damagedFile } from "../local-directory-error.js";
import type { ByteRange } from "./object-store.js";

/*
 * One file holds the bytes of an object or part first, then a description as JSON, then the description's length and a mark.
 * The file gets its final name only when all of it is written, so a file with that name is always whole.
 */
const MARK = "scones01";
const FOOTER_BYTES = 4 + MARK.length;
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;
const TAIL_BYTES = 2048;
const MAX_DESCRIPTION_BYTES = 1024 * 1024;

/** A file that is written but not in its place yet. @internal */
export interface WrittenFile<Description> {
  readonly path: string;
  readonly description: Description;
}

/** A file open for reading. @internal */
export interface OpenedFile<Description> {
  readonly handle: FileHandle;
  readonly description: Description;
}

/**
 * Writes a file under a temporary name.
 *
 * @param directory - Folder for temporary files, on the same file system as the final place.
 * @param body - The bytes.
 * @param describe - Makes the description from MD5 and size after the body's end.
 * @returns Where it lies and its description.
 * @throws What the body or `describe` throws; the file is gone then.
 * @internal
 */
export async function writeObjectFile<Description>(
  directory: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  describe: (content: { readonly md5: string; readonly size: number }) => Description,
): Promise<WrittenFile<Description>> {
  const path = join(directory, randomUUID());
  const hash = createHash("md5");
  let handle: FileHandle | undefined;
  let size = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const flush = async () => {
    handle ??= await open(path, "wx");
    const bytes = waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting);
    for (let offset = 0; offset < bytes.length; ) {
      offset += (await handle.write(bytes, offset)).bytesWritten;
    }
    waiting = [];
    waitingBytes = 0;
  };
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hash.update(chunk);
      size += chunk.byteLength;
      waiting.push(chunk);
      waitingBytes += chunk.byteLength;
      if (waitingBytes >= WRITE_BYTES) await flush();
    }
    const description = describe({ md5: hash.digest("hex"), size });
    waiting.push(encodeFooter(description));
    await flush();
    return { path, description };
  } catch (error) {
    await handle?.close();
    handle = undefined;
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle?.close();
  }
}

/**
 * Opens a file and reads its description.
 *
 * @param path - The file.
 * @param parse - Checks the description.
 * @returns The open file; to be closed by whoever asked.
 * @throws {@link LocalDirectoryError} when the file is not one of ours; the file system's own errors.
 * @internal
 */
export async function openObjectFile<Description>(
  path: string,
  parse: (description: unknown) => Description,
): Promise<OpenedFile<Description>> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    let tail = await readExactly(handle, Math.min(TAIL_BYTES, size), Math.max(0, size - TAIL_BYTES));
    const needed = descriptionLength(tail, size, path) + FOOTER_BYTES;
    if (needed > tail.length) tail = await readExactly(handle, needed, size - needed);
    return { handle, description: parseDescription(tail, needed, path, parse) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads the description of a file. Synchronous, because for many small files that takes a tenth of the time.
 *
 * @param path - The file.
 * @param parse - Checks the description.
 * @returns The description.
 * @throws As {@link openObjectFile}.
 * @internal
 */
export function readDescription<Description>(path: string, parse: (description: unknown) => Description): Description {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    let tail: Buffer = Buffer.allocUnsafe(Math.min(TAIL_BYTES, size));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    const needed = descriptionLength(tail, size, path) + FOOTER_BYTES;
    if (needed > tail.length) {
      tail = Buffer.allocUnsafe(needed);
      readSync(descriptor, tail, 0, needed, size - needed);
    }
    return parseDescription(tail, needed, path, parse);
  } finally {
    closeSync(descriptor);
  }
}

function descriptionLength(tail: Buffer, size: number, path: string): number {
  const footer = tail.subarray(-FOOTER_BYTES);
  const length = footer.length === FOOTER_BYTES ? footer.readUInt32BE(0) : 0;
  const isOurs = footer.subarray(4).toString("latin1") === MARK && length + FOOTER_BYTES <= size;
  if (isOurs && length <= MAX_DESCRIPTION_BYTES) return length;
  throw damagedFile(path, "an object");
}

function parseDescription<Description>(
  tail: Buffer,
  needed: number,
  path: string,
  parse: (description: unknown) => Description,
): Description {
  try {
    return parse(JSON.parse(tail.subarray(tail.length - needed, -FOOTER_BYTES).toString()));
  } catch (cause) {
    throw damagedFile(path, "an object", cause);
  }
}

/**
 * Streams bytes of an open file and closes it at the end, on an error, or when the reader stops.
 *
 * @param handle - The open file.
 * @param range - First and last byte.
 * @returns The bytes.
 * @internal
 */
export function streamFile(handle: FileHandle, range: ByteRange): AsyncIterableIterator<Uint8Array> {
  let position = range.start;
  let closed: Promise<void> | undefined;
  const close = async (): Promise<IteratorResult<Uint8Array>> => {
    closed ??= handle.close();
    await closed;
    return { done: true, value: undefined };
  };
  // Not a generator: `return` before the first read must close the file, too.
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (closed !== undefined || position > range.end) return close();
      try {
        const value = await readExactly(handle, Math.min(READ_BYTES, range.end + 1 - position), position);
        position += value.length;
        return { done: false, value };
      } catch (error) {
        await close();
        throw error;
      }
    },
    return: close,
  };
}

function encodeFooter(description: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length, Buffer.from(MARK, "latin1")]);
}

async function readExactly(handle: FileHandle, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new Error("A file of the local S3 became shorter while it was read.");
    filled += bytesRead;
  }
  return bytes;
}
