import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { throwIfAborted } from "../../core/abort.js";
import { choosePartPath, releasedPartPath, removeFreeParts, takeOverPart } from "./part-owner.js";
import { describeCode, TransferFailure } from "./transfer-failure.js";

/** How {@link openPart} opens a part. @internal */
export interface OpenPartOptions {
  /** The file to download. */
  readonly path: string;
  /** Whether a part outlives its run: only where a checksum can tell whether its halves fit. */
  readonly isKept: boolean;
  /** Most bytes that the file may have. */
  readonly maxBytes: number;
  /** Ends the reading of a part that is taken over. */
  readonly signal?: AbortSignal | undefined;
}

const READ_BYTES = 1024 * 1024;

/**
 * Opens the file that a download is written into, with what an earlier run left where that is kept.
 *
 * @param options - See {@link OpenPartOptions}.
 * @returns The part; it has to be committed or released.
 * @throws {@link TransferFailure} when the folder cannot be written.
 * @internal
 */
export async function openPart(options: OpenPartOptions): Promise<PartFile> {
  const { path, isKept, maxBytes } = options;
  const own = choosePartPath(path);
  const part = await onDisk(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    const isTaken = isKept && (await takeOverPart(path, own, maxBytes));
    return new PartFile(options, own, await open(own, isTaken ? "r+" : "wx+"));
  });
  try {
    await part.readKept();
    return part;
  } catch (error) {
    await part.release();
    throw error;
  }
}

/** The bytes of a download that have come so far, in a file that only this run writes. @internal */
export class PartFile {
  /** Bytes that have come. */
  size = 0;
  /** How many of them an earlier run left. */
  resumedBytes = 0;
  /** Bytes of the whole file, as the first answer told. */
  announcedBytes: number | undefined;
  /** The addresses that the bytes are from, each with the mark of the version that it sent. */
  readonly versions = new Map<string, string | undefined>();
  readonly #options: OpenPartOptions;
  readonly #own: string;
  readonly #file: FileHandle;
  #hash: Hash = createHash("md5");

  /** @internal */
  constructor(options: OpenPartOptions, own: string, file: FileHandle) {
    this.#options = options;
    this.#own = own;
    this.#file = file;
  }

  /** Whether the bytes are of several runs or addresses, so that a wrong checksum may be nobody's fault. */
  get isPatched(): boolean {
    return this.resumedBytes > 0 || this.versions.size > 1;
  }

  /** Reads what an earlier run left, for its checksum. */
  async readKept(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    for (;;) {
      throwIfAborted(this.#options.signal);
      const { bytesRead } = await this.#run(() => this.#file.read(buffer, 0, READ_BYTES, this.size));
      if (bytesRead === 0) break;
      this.#hash.update(buffer.subarray(0, bytesRead));
      this.size += bytesRead;
    }
    this.resumedBytes = this.size;
  }

  /** Writes bytes behind the others. */
  async append(chunk: Uint8Array): Promise<void> {
    let written = 0;
    while (written < chunk.byteLength) {
      const position = this.size + written;
      const rest = chunk.byteLength - written;
      written += (await this.#run(() => this.#file.write(chunk, written, rest, position))).bytesWritten;
    }
    this.#hash.update(chunk);
    this.size += chunk.byteLength;
  }

  /** Throws all bytes away. */
  async restart(): Promise<void> {
    if (this.size > 0) await this.#run(() => this.#file.truncate(0));
    this.#hash = createHash("md5");
    this.size = 0;
    this.resumedBytes = 0;
    this.announcedBytes = undefined;
    this.versions.clear();
  }

  /** Tells the checksum of all bytes. */
  md5(): string {
    return this.#hash.copy().digest("hex");
  }

  /** Makes the part the file, in one step. */
  async commit(): Promise<void> {
    await this.#run(async () => {
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#own, this.#options.path);
    });
    await removeFreeParts(this.#options.path).catch(() => undefined);
  }

  /** Leaves the part to the next run, or removes it where it would be of no use. It never fails: something else did. */
  async release(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    const { path, isKept } = this.#options;
    const released = releasedPartPath(path);
    try {
      const isLargest = (await sizeOf(this.#own)) > Math.max(0, await sizeOf(released));
      if (isKept && isLargest && (await sizeOf(path)) < 0) await rename(this.#own, released);
      else await rm(this.#own, { force: true });
    } catch {
      // The next run finds it under this run's name.
    }
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return onDisk(this.#options.path, work);
  }
}

/**
 * Tells whether a file is there, and complete as far as its size can tell. One of another size is removed.
 *
 * @param path - The file.
 * @param bytes - Its published size.
 * @returns Whether it can be used as it is.
 * @internal
 */
export async function hasFile(path: string, bytes: number | undefined): Promise<boolean> {
  const size = await sizeOf(path);
  if (size < 0 || bytes === undefined || size === bytes) return size >= 0;
  await onDisk(path, () => rm(path, { force: true }));
  return false;
}

/** The size of a file, or -1 where there is none. */
async function sizeOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ? status.size : -1;
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new TransferFailure({ reason: `${path} cannot be written${describeCode(cause)}`, remedy: "none", cause });
  }
}
