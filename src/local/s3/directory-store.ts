import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { damagedFile } from "../local-directory-error.js";
import { BucketDirectory, parseObjectInfo } from "./bucket-directory.js";
import { encodeFileName } from "./file-names.js";
import { multipartEtag, resolveMetadata, wholeSecond } from "./memory-store.js";
import { openObjectFile, streamFile, writeObjectFile } from "./object-file.js";
import { type BucketInfo, type ObjectInfo, type ObjectStore, StoreFailure } from "./object-store.js";
import { UploadDirectory } from "./upload-directory.js";

/** Where a store lies. @internal */
export interface DirectoryStoreOptions {
  /** The folder; made when it is not there. One process at a time may use it. */
  readonly directory: string;
  /** The clock; the system's when absent. */
  readonly now?: () => Date;
}

const BucketSchema = z.strictObject({ name: z.string(), region: z.string(), createdAt: z.number() });
const BUCKET_FILE = "bucket.json";
const OBJECTS = "objects";

/**
 * Opens a store that survives the process. Every write goes to a temporary file first and gets its name when it is whole, so an
 * end at any moment leaves the old object or the new one.
 *
 * @param options - See {@link DirectoryStoreOptions}.
 * @returns The store with what lies in the folder already.
 * @throws {@link LocalDirectoryError} when a file is not ours; the file system's own errors.
 * @internal
 */
export async function createDirectoryStore(options: DirectoryStoreOptions): Promise<ObjectStore> {
  const now = options.now ?? (() => new Date());
  const root = join(options.directory, "buckets");
  const temporary = join(options.directory, "temporary");
  await rm(temporary, { recursive: true, force: true });
  for (const folder of [root, temporary, join(options.directory, "uploads")]) await mkdir(folder, { recursive: true });
  const uploads = new UploadDirectory({ directory: join(options.directory, "uploads"), temporary, now });
  const buckets = await openBuckets(root);

  const bucketOf = (name: string): BucketDirectory => {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw new StoreFailure("no-bucket", name);
    return bucket;
  };
  return {
    async createBucket(name, region) {
      const info = { name, region, createdAt: wholeSecond(now()) };
      const made = await createBucketFolder(info, temporary);
      if (buckets.has(name)) {
        await rm(made, { recursive: true });
        throw new StoreFailure("bucket-exists", name);
      }
      const folder = join(root, encodeFileName(name));
      renameSync(made, folder);
      buckets.set(name, new BucketDirectory(info, join(folder, OBJECTS)));
      return info;
    },
    async headBucket(name) {
      return bucketOf(name).info;
    },
    async deleteBucket(name) {
      if (bucketOf(name).size > 0) throw new StoreFailure("bucket-not-empty", name);
      // Out of sight in one step: an end in the middle must not leave half a bucket.
      const doomed = join(temporary, randomUUID());
      renameSync(join(root, encodeFileName(name)), doomed);
      bucketOf(name).close();
      buckets.delete(name);
      await rm(doomed, { recursive: true, force: true });
      await uploads.removeAll(name);
    },
    async listBuckets() {
      return [...buckets.values()].map(({ info }) => info).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async put(bucketName, key, body, metadata = {}, guard) {
      const bucket = bucketOf(bucketName);
      const file = await writeObjectFile(temporary, body, ({ md5, size }): ObjectInfo => {
        return { key, etag: md5, size, lastModified: wholeSecond(now()), metadata: resolveMetadata(metadata) };
      });
      return bucket.commit(file, guard);
    },
    async get(bucketName, key, range) {
      const bucket = bucketOf(bucketName);
      bucket.get(key);
      // The open file decides: it may be newer than what we know, and stays readable when it is replaced.
      const { handle, description: info } = await openObjectFile(bucket.pathOf(key), parseObjectInfo).catch(
        (error: unknown) => {
          bucket.get(key);
          throw error;
        },
      );
      return { info, body: streamFile(handle, range ?? { start: 0, end: info.size - 1 }) };
    },
    async head(bucketName, key) {
      return bucketOf(bucketName).get(key);
    },
    async delete(bucketName, key, guard) {
      bucketOf(bucketName).delete(key, guard);
    },
    async list(bucketName, listOptions = {}) {
      const bucket = bucketOf(bucketName);
      const { keys, ...page } = bucket.list(listOptions);
      return { ...page, objects: keys.map((key) => bucket.get(key)) };
    },
    async createUpload(bucketName, key, settings) {
      bucketOf(bucketName);
      return uploads.create(bucketName, key, settings);
    },
    async headUpload(bucketName, key, uploadId) {
      bucketOf(bucketName);
      return uploads.settings({ bucket: bucketName, key, uploadId });
    },
    async listParts(bucketName, key, uploadId) {
      bucketOf(bucketName);
      return uploads.parts({ bucket: bucketName, key, uploadId });
    },
    async putPart(bucketName, key, uploadId, partNumber, body, checksum) {
      bucketOf(bucketName);
      return uploads.putPart({ bucket: bucketName, key, uploadId }, partNumber, body, checksum);
    },
    async completeUpload(bucketName, key, uploadId, partNumbers, metadata, guard) {
      const bucket = bucketOf(bucketName);
      const address = { bucket: bucketName, key, uploadId };
      const known = new Map((await uploads.parts(address)).map((part) => [part.partNumber, part]));
      const parts = partNumbers.map((partNumber) => {
        const part = known.get(partNumber);
        if (part === undefined) throw new StoreFailure("no-part", String(partNumber));
        return part;
      });
      const etag = multipartEtag(parts.map((part) => part.etag));
      const file = await writeObjectFile(temporary, uploads.read(address, parts), ({ size }): ObjectInfo => {
        return { key, etag, size, lastModified: wholeSecond(now()), metadata };
      });
      const info = bucket.commit(file, guard);
      await uploads.remove(address);
      return info;
    },
    async abortUpload(bucketName, key, uploadId) {
      bucketOf(bucketName);
      await uploads.remove({ bucket: bucketName, key, uploadId });
    },
  };
}

async function createBucketFolder(info: BucketInfo, temporary: string): Promise<string> {
  const folder = join(temporary, randomUUID());
  await mkdir(join(folder, OBJECTS), { recursive: true });
  await writeFile(join(folder, BUCKET_FILE), JSON.stringify(info));
  return folder;
}

async function openBuckets(root: string): Promise<Map<string, BucketDirectory>> {
  const buckets = new Map<string, BucketDirectory>();
  for (const folder of await readdir(root)) {
    // What other programs leave there is not ours.
    if (!/^[hk]=/.test(folder)) continue;
    const info = await readBucketInfo(join(root, folder, BUCKET_FILE));
    buckets.set(info.name, await BucketDirectory.open(info, join(root, folder, OBJECTS)));
  }
  return buckets;
}

async function readBucketInfo(path: string): Promise<BucketInfo> {
  try {
    return BucketSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw damagedFile(path, "the description of a bucket", cause);
  }
}
