import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { throwIfAborted } from "../../core/abort.js";
import { encodeImageRecord } from "../../core/image-record.js";
import { encodeRecordIo } from "../../core/record-io.js";
import type { PlannedImage } from "../dataset/dataset-plan.js";
import type { Split } from "../images/cifar-image.js";
import { encodeChecked } from "../images/encode-png.js";

/** A packed split on disk. @internal */
export interface PackedSplit {
  /** Path of the `.rec` file. */
  readonly path: string;
  /** Text of the `.idx` file: number of the image, tab, offset of its record. */
  readonly index: string;
}

/** Packed splits on disk, and the means to remove them. @internal */
export interface PackedDataset extends AsyncDisposable {
  readonly train: PackedSplit;
  readonly test: PackedSplit;
}

/** Records are joined to about this size before they are written. */
const WRITE_BYTES = 256 * 1024;

/**
 * Packs images into one `.rec` file a split, as `im2rec --pass-through` does with their PNG files: the number of the
 * image is its row, the label is a 32-bit float. The files lie in a new folder for temporary files.
 *
 * @param images - The images in their order.
 * @param signal - Ends the packing; nothing is left behind.
 * @returns The packed splits, to be disposed of.
 * @internal
 */
export async function packRecordIo(
  images: AsyncIterable<PlannedImage>,
  signal: AbortSignal | undefined,
): Promise<PackedDataset> {
  const folder = await mkdtemp(join(tmpdir(), "scones-recordio-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  const files: Partial<Record<Split, RecordFile>> = {};
  try {
    files.train = await RecordFile.create(join(folder, "train.rec"));
    files.test = await RecordFile.create(join(folder, "test.rec"));
    for await (const { image } of images) {
      throwIfAborted(signal);
      await files[image.split]?.add(image.row, image.labelId, encodeChecked(image));
    }
    const train = await files.train.finish();
    const test = await files.test.finish();
    return { train, test, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await Promise.all([files.train?.close(), files.test?.close()]);
    await remove();
    throw error;
  }
}

class RecordFile {
  readonly #path: string;
  readonly #file: FileHandle;
  #index = "";
  #offset = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<RecordFile> {
    return new RecordFile(path, await open(path, "wx"));
  }

  async add(id: number, label: number, image: Uint8Array): Promise<void> {
    const record = encodeRecordIo(encodeImageRecord({ id, label, image }));
    this.#index += `${id}\t${this.#offset}\n`;
    this.#offset += record.byteLength;
    this.#pending.push(record);
    this.#pendingBytes += record.byteLength;
    if (this.#pendingBytes >= WRITE_BYTES) await this.#flush();
  }

  async finish(): Promise<PackedSplit> {
    await this.#flush();
    await this.close();
    return { path: this.#path, index: this.#index };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (bytes.length > 0) await this.#file.appendFile(bytes);
  }
}
