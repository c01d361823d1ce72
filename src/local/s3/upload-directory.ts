import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { MetadataSchema } from "./bucket-directory.js";
import { CHECKSUM_ALGORITHMS } from "./checksums.js";
import { wholeSecond } from "./memory-store.js";
import { openObjectFile, readDescription, streamFile, writeObjectFile } from "./object-file.js";
import { type PartInfo, StoreFailure, type UploadSettings } from "./object-store.js";

const UploadSchema = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  settings: z.strictObject({
    metadata: MetadataSchema,
    checksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).exactOptional(),
    checksumType: z.enum(["FULL_OBJECT", "COMPOSITE"]).exactOptional(),
  }),
});

const PartSchema = z.strictObject({
  partNumber: z.int().positive(),
  etag: z.string(),
  size: z.int().nonnegative(),
  lastModified: z.number(),
  checksum: z.string().exactOptional(),
});

const SETTINGS_FILE = "upload.json";

/** Which upload is meant. @internal */
export interface UploadAddress {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** The multipart uploads under way, each a folder with its settings and its parts. @internal */
export class UploadDirectory {
  readonly #directory: string;
  readonly #temporary: string;
  readonly #now: () => Date;

  constructor(options: { readonly directory: string; readonly temporary: string; readonly now: () => Date }) {
    this.#directory = options.directory;
    this.#temporary = options.temporary;
    this.#now = options.now;
  }

  /** Starts an upload. */
  async create(bucket: string, key: string, settings: UploadSettings): Promise<string> {
    const uploadId = randomUUID();
    const folder = join(this.#temporary, uploadId);
    await mkdir(folder);
    await writeFile(join(folder, SETTINGS_FILE), JSON.stringify({ bucket, key, settings }));
    await rename(folder, join(this.#directory, uploadId));
    return uploadId;
  }

  /** Describes the parts of an upload, by number. */
  async parts(address: UploadAddress): Promise<readonly PartInfo[]> {
    await this.settings(address);
    const parts: PartInfo[] = [];
    for (const name of await readdir(this.#folder(address))) {
      if (!name.startsWith("part-")) continue;
      parts.push(readDescription(join(this.#folder(address), name), PartSchema.parse));
    }
    return parts.sort((a, b) => a.partNumber - b.partNumber);
  }

  /** Stores a part, in place of an earlier one with its number. */
  async putPart(
    address: UploadAddress,
    partNumber: number,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    checksum?: () => string | undefined,
  ): Promise<PartInfo> {
    await this.settings(address);
    const file = await writeObjectFile(this.#temporary, body, ({ md5, size }): PartInfo => {
      const value = checksum?.();
      const lastModified = wholeSecond(this.#now());
      return { partNumber, etag: md5, size, lastModified, ...(value === undefined ? {} : { checksum: value }) };
    });
    try {
      await rename(file.path, this.#part(address, partNumber));
    } catch (error) {
      await rm(file.path, { force: true });
      if (isMissing(error)) throw new StoreFailure("no-upload", address.uploadId);
      throw error;
    }
    return file.description;
  }

  /** Streams the bytes of parts, one after the other. */
  async *read(address: UploadAddress, parts: readonly PartInfo[]): AsyncGenerator<Uint8Array> {
    for (const { partNumber, size } of parts) {
      const { handle } = await openObjectFile(this.#part(address, partNumber), PartSchema.parse);
      yield* streamFile(handle, { start: 0, end: size - 1 });
    }
  }

  /** Forgets an upload and its parts. */
  async remove(address: UploadAddress): Promise<void> {
    await this.settings(address);
    await this.#discard(address.uploadId);
  }

  /** Forgets every upload into a bucket. */
  async removeAll(bucket: string): Promise<void> {
    for (const uploadId of await readdir(this.#directory)) {
      const text = await readFile(join(this.#directory, uploadId, SETTINGS_FILE), "utf8");
      if (UploadSchema.parse(JSON.parse(text)).bucket === bucket) {
        await this.#discard(uploadId);
      }
    }
  }

  /** Gives what an upload was started with. */
  async settings({ bucket, key, uploadId }: UploadAddress): Promise<UploadSettings> {
    // The id comes from the outside and becomes part of a path: only what we could have given out goes any further.
    if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uploadId)) throw new StoreFailure("no-upload", uploadId);
    let text: string;
    try {
      text = await readFile(join(this.#directory, uploadId, SETTINGS_FILE), "utf8");
    } catch (error) {
      if (isMissing(error)) throw new StoreFailure("no-upload", uploadId);
      throw error;
    }
    const upload = UploadSchema.parse(JSON.parse(text));
    if (upload.bucket !== bucket || upload.key !== key) throw new StoreFailure("no-upload", uploadId);
    return upload.settings;
  }

  /** Out of sight in one step, so that an end in the middle leaves no half of an upload. */
  async #discard(uploadId: string): Promise<void> {
    const doomed = join(this.#temporary, randomUUID());
    await rename(join(this.#directory, uploadId), doomed);
    await rm(doomed, { recursive: true, force: true });
  }

  #folder({ uploadId }: UploadAddress): string {
    return join(this.#directory, uploadId);
  }

  #part(address: UploadAddress, partNumber: number): string {
    return join(this.#folder(address), `part-${String(partNumber).padStart(5, "0")}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
