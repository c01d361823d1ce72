import { renameSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { CHECKSUM_ALGORITHMS } from "./checksums.js";
import { decodeFileName, encodeFileName } from "./file-names.js";
import { KeyIndex, type KeyPage } from "./key-index.js";
import { readDescription, type WrittenFile } from "./object-file.js";
import { type BucketInfo, type ListOptions, type ObjectInfo, StoreFailure, type WriteGuard } from "./object-store.js";

const ChecksumSchema = z.strictObject({
  algorithm: z.enum(CHECKSUM_ALGORITHMS),
  value: z.string(),
  type: z.enum(["FULL_OBJECT", "COMPOSITE"]),
});

/** What is kept with an object, as it stands in a file. @internal */
export const MetadataSchema = z.strictObject({
  headers: z.record(z.string(), z.string()).exactOptional(),
  userMetadata: z.record(z.string(), z.string()).exactOptional(),
  checksum: ChecksumSchema.exactOptional(),
});

const ObjectInfoSchema = z.strictObject({
  key: z.string(),
  etag: z.string(),
  size: z.int().nonnegative(),
  lastModified: z.number(),
  metadata: MetadataSchema,
});

/** The objects of one bucket as files of one folder. Its keys are known in memory; what belongs to a key is read when asked for. @internal */
export class BucketDirectory {
  readonly info: BucketInfo;
  readonly #directory: string;
  readonly #infos = new Map<string, ObjectInfo | undefined>();
  readonly #index = new KeyIndex();

  #closed = false;

  constructor(info: BucketInfo, directory: string) {
    this.info = info;
    this.#directory = directory;
  }

  /** Looks at what lies in the folder. */
  static async open(info: BucketInfo, directory: string): Promise<BucketDirectory> {
    const bucket = new BucketDirectory(info, directory);
    for (const name of await readdir(directory)) {
      const key = decodeFileName(name);
      if (key !== undefined) {
        bucket.#infos.set(key, undefined);
        bucket.#index.add(key);
      } else if (name.startsWith("h=")) {
        const found = readDescription(join(directory, name), parseObjectInfo);
        bucket.#infos.set(found.key, found);
        bucket.#index.add(found.key);
      }
    }
    return bucket;
  }

  /** Says that the folder is gone; writes under way are refused from now on. */
  close(): void {
    this.#closed = true;
  }

  /** Number of objects. */
  get size(): number {
    return this.#infos.size;
  }

  /** A page of keys. */
  list(options: ListOptions): KeyPage {
    return this.#index.list(options);
  }

  /** Where an object's file lies. */
  pathOf(key: string): string {
    return join(this.#directory, encodeFileName(key));
  }

  /** Describes an object; `undefined` when there is none. */
  find(key: string): ObjectInfo | undefined {
    const known = this.#infos.get(key);
    if (known !== undefined || !this.#infos.has(key)) return known;
    const found = readDescription(this.pathOf(key), parseObjectInfo);
    this.#infos.set(key, found);
    return found;
  }

  /** Describes an object that has to be there. */
  get(key: string): ObjectInfo {
    const info = this.find(key);
    if (info === undefined) throw new StoreFailure("no-key", key);
    return info;
  }

  /** Puts a written file in its place. Nothing happens between the guard's look and the renaming. */
  commit(file: WrittenFile<ObjectInfo>, guard: WriteGuard | undefined): ObjectInfo {
    const { key } = file.description;
    try {
      if (this.#closed) throw new StoreFailure("no-bucket", this.info.name);
      guard?.(this.find(key));
      renameSync(file.path, this.pathOf(key));
    } catch (error) {
      rmSync(file.path, { force: true });
      throw error;
    }
    if (!this.#infos.has(key)) this.#index.add(key);
    this.#infos.set(key, file.description);
    return file.description;
  }

  /** Removes an object, if it is there. */
  delete(key: string, guard: WriteGuard | undefined): void {
    guard?.(this.find(key));
    if (!this.#infos.has(key)) return;
    rmSync(this.pathOf(key), { force: true });
    this.#infos.delete(key);
    this.#index.delete(key);
  }
}

/**
 * Checks the description of an object.
 *
 * @param description - What stood in the file.
 * @returns The object.
 * @internal
 */
export function parseObjectInfo(description: unknown): ObjectInfo {
  return ObjectInfoSchema.parse(description);
}
