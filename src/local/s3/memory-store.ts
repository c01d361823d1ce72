import { createHash, randomUUID } from "node:crypto";
import { KeyIndex } from "./key-index.js";
import {
  type BucketInfo,
  type ByteRange,
  type ObjectInfo,
  type ObjectMetadata,
  type ObjectStore,
  type PartInfo,
  StoreFailure,
  type UploadSettings,
} from "./object-store.js";

interface StoredObject {
  readonly info: ObjectInfo;
  readonly chunks: readonly Uint8Array[];
}

interface StoredPart {
  readonly info: PartInfo;
  readonly chunks: readonly Uint8Array[];
}

interface Upload {
  readonly key: string;
  readonly settings: UploadSettings;
  readonly parts: Map<number, StoredPart>;
}

interface Bucket {
  readonly info: BucketInfo;
  readonly objects: Map<string, StoredObject>;
  readonly index: KeyIndex;
  readonly uploads: Map<string, Upload>;
}

/**
 * Makes a store that lives as long as the process.
 *
 * @param options - `now` is the clock; the system's when absent.
 * @returns An empty store.
 * @internal
 */
export function createMemoryStore(options: { readonly now?: () => Date } = {}): ObjectStore {
  const now = options.now ?? (() => new Date());
  const buckets = new Map<string, Bucket>();

  const bucketOf = (name: string): Bucket => {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw new StoreFailure("no-bucket", name);
    return bucket;
  };
  const objectOf = (bucketName: string, key: string): StoredObject => {
    const object = bucketOf(bucketName).objects.get(key);
    if (object === undefined) throw new StoreFailure("no-key", key);
    return object;
  };
  const uploadOf = (bucketName: string, key: string, uploadId: string): Upload => {
    const upload = bucketOf(bucketName).uploads.get(uploadId);
    if (upload === undefined || upload.key !== key) throw new StoreFailure("no-upload", uploadId);
    return upload;
  };
  const keep = (bucketName: string, object: StoredObject): ObjectInfo => {
    const bucket = bucketOf(bucketName);
    const { key } = object.info;
    if (!bucket.objects.has(key)) bucket.index.add(key);
    bucket.objects.set(key, object);
    return object.info;
  };

  return {
    async createBucket(name, region) {
      if (buckets.has(name)) throw new StoreFailure("bucket-exists", name);
      const info = { name, region, createdAt: wholeSecond(now()) };
      buckets.set(name, { info, objects: new Map(), index: new KeyIndex(), uploads: new Map() });
      return info;
    },
    async headBucket(name) {
      return bucketOf(name).info;
    },
    async deleteBucket(name) {
      if (bucketOf(name).objects.size > 0) throw new StoreFailure("bucket-not-empty", name);
      buckets.delete(name);
    },
    async listBuckets() {
      return [...buckets.values()].map(({ info }) => info).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async put(bucketName, key, body, metadata = {}, guard) {
      bucketOf(bucketName);
      const { chunks, etag, size } = await collect(body);
      guard?.(bucketOf(bucketName).objects.get(key)?.info);
      const info = { key, etag, size, lastModified: wholeSecond(now()), metadata: resolveMetadata(metadata) };
      return keep(bucketName, { info, chunks });
    },
    async get(bucketName, key, range) {
      const { info, chunks } = objectOf(bucketName, key);
      const [only] = chunks;
      const body = only !== undefined && chunks.length === 1 ? slice(only, 0, range) : streamChunks(chunks, range);
      return { info, body };
    },
    async head(bucketName, key) {
      return objectOf(bucketName, key).info;
    },
    async delete(bucketName, key, guard) {
      const bucket = bucketOf(bucketName);
      guard?.(bucket.objects.get(key)?.info);
      if (bucket.objects.delete(key)) bucket.index.delete(key);
    },
    async list(bucketName, listOptions = {}) {
      const bucket = bucketOf(bucketName);
      const { keys, ...page } = bucket.index.list(listOptions);
      return { ...page, objects: keys.map((key) => objectOf(bucketName, key).info) };
    },
    async createUpload(bucketName, key, settings) {
      const uploadId = randomUUID();
      bucketOf(bucketName).uploads.set(uploadId, { key, settings, parts: new Map() });
      return uploadId;
    },
    async headUpload(bucketName, key, uploadId) {
      return uploadOf(bucketName, key, uploadId).settings;
    },
    async listParts(bucketName, key, uploadId) {
      const infos = [...uploadOf(bucketName, key, uploadId).parts.values()].map(({ info }) => info);
      return infos.sort((a, b) => a.partNumber - b.partNumber);
    },
    async putPart(bucketName, key, uploadId, partNumber, body, checksum) {
      uploadOf(bucketName, key, uploadId);
      const { chunks, etag, size } = await collect(body);
      const value = checksum?.();
      const lastModified = wholeSecond(now());
      const info = { partNumber, etag, size, lastModified, ...(value === undefined ? {} : { checksum: value }) };
      uploadOf(bucketName, key, uploadId).parts.set(partNumber, { info, chunks });
      return info;
    },
    async completeUpload(bucketName, key, uploadId, partNumbers, metadata, guard) {
      const upload = uploadOf(bucketName, key, uploadId);
      const parts = partNumbers.map((partNumber) => {
        const part = upload.parts.get(partNumber);
        if (part === undefined) throw new StoreFailure("no-part", String(partNumber));
        return part;
      });
      guard?.(bucketOf(bucketName).objects.get(key)?.info);
      const size = parts.reduce((sum, part) => sum + part.info.size, 0);
      const etag = multipartEtag(parts.map((part) => part.info.etag));
      const info = { key, etag, size, lastModified: wholeSecond(now()), metadata };
      keep(bucketName, { info, chunks: parts.flatMap((part) => part.chunks) });
      bucketOf(bucketName).uploads.delete(uploadId);
      return info;
    },
    async abortUpload(bucketName, key, uploadId) {
      uploadOf(bucketName, key, uploadId);
      bucketOf(bucketName).uploads.delete(uploadId);
    },
  };
}

async function collect(
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ chunks: readonly Uint8Array[]; etag: string; size: number }> {
  const hash = createHash("md5");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    hash.update(chunk);
    size += chunk.byteLength;
    // A copy: the sender may use the memory again.
    chunks.push(Uint8Array.prototype.slice.call(chunk));
  }
  return { chunks, etag: hash.digest("hex"), size };
}

async function* streamChunks(chunks: readonly Uint8Array[], range?: ByteRange): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const chunk of chunks) {
    const piece = slice(chunk, offset, range);
    if (piece.byteLength > 0) yield piece;
    offset += chunk.byteLength;
  }
}

function slice(chunk: Uint8Array, offset: number, range?: ByteRange): Uint8Array {
  // Copies both ways: neither side may change the other's bytes.
  if (range === undefined) return Uint8Array.prototype.slice.call(chunk);
  const start = Math.max(0, range.start - offset);
  return Uint8Array.prototype.slice.call(chunk, start, Math.max(0, range.end + 1 - offset));
}

/**
 * Settles what is kept with an object.
 *
 * @param metadata - The metadata, or what gives it after the body's end.
 * @returns The metadata.
 * @internal
 */
export function resolveMetadata(metadata: ObjectMetadata | (() => ObjectMetadata)): ObjectMetadata {
  return typeof metadata === "function" ? metadata() : metadata;
}

/**
 * Cuts a time to whole seconds, as S3 keeps it.
 *
 * @param time - The time.
 * @returns Milliseconds since the epoch.
 * @internal
 */
export function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}

/**
 * Makes the ETag of a multipart upload: the MD5 of the parts' MD5s, and their number.
 *
 * @param etags - The parts' ETags in order.
 * @returns Hexadecimal with `-N`.
 * @internal
 */
export function multipartEtag(etags: readonly string[]): string {
  const hash = createHash("md5");
  for (const etag of etags) hash.update(etag, "hex");
  return `${hash.digest("hex")}-${etags.length}`;
}
