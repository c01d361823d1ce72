import type { ChecksumAlgorithm } from "./checksums.js";

/** A bucket. @internal */
export interface BucketInfo {
  readonly name: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A checksum that a client asked for, beside the ETag. @internal */
export interface ObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one ends in `-` and the number of parts. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** What is kept with an object's bytes. @internal */
export interface ObjectMetadata {
  /** Headers that come back on reading, by lower-case name, such as `content-type`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The user's own metadata, without the prefix `x-amz-meta-`. */
  readonly userMetadata?: Readonly<Record<string, string>>;
  readonly checksum?: ObjectChecksum;
}

/** An object without its bytes. @internal */
export interface ObjectInfo {
  readonly key: string;
  /** Hexadecimal, without quotes; with `-N` after a multipart upload of N parts. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch, whole seconds as in S3. */
  readonly lastModified: number;
  readonly metadata: ObjectMetadata;
}

/** An object with its bytes, or the asked part of them. @internal */
export interface ObjectContent {
  readonly info: ObjectInfo;
  /** Must be read to the end or given back with the iterator's `return`. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** First and last byte, both included, within the object. @internal */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What to list. @internal */
export interface ListOptions {
  readonly prefix?: string;
  /** Keys up to the first occurrence after the prefix become one common prefix. */
  readonly delimiter?: string;
  /** Only what comes after this key or common prefix. */
  readonly startAfter?: string;
  /** Most keys and common prefixes together; default 1,000. */
  readonly limit?: number;
}

/** One page of a listing, in UTF-8 byte order. @internal */
export interface ListPage {
  readonly objects: readonly ObjectInfo[];
  readonly commonPrefixes: readonly string[];
  /** The last key or common prefix of the page, when more follow. */
  readonly next?: string;
}

/** What a multipart upload was started with. @internal */
export interface UploadSettings {
  readonly metadata: ObjectMetadata;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: "FULL_OBJECT" | "COMPOSITE";
}

/** One part of a multipart upload. @internal */
export interface PartInfo {
  readonly partNumber: number;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: number;
  /** Base64, in the upload's algorithm. */
  readonly checksum?: string;
}

/**
 * Looks at what a write would replace, in the moment before it does; throws to refuse the write.
 * @internal
 */
export type WriteGuard = (current: ObjectInfo | undefined) => void;

/** Buckets and objects. Writes are atomic: a reader sees the old object or the new one. @internal */
export interface ObjectStore {
  createBucket(name: string, region: string): Promise<BucketInfo>;
  headBucket(name: string): Promise<BucketInfo>;
  deleteBucket(name: string): Promise<void>;
  /** By name. */
  listBuckets(): Promise<readonly BucketInfo[]>;

  /** Stores an object once its body has ended well; a body that throws leaves nothing behind. */
  put(
    bucket: string,
    key: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    /** A function is called after the body's end. */
    metadata?: ObjectMetadata | (() => ObjectMetadata),
    guard?: WriteGuard,
  ): Promise<ObjectInfo>;
  get(bucket: string, key: string, range?: ByteRange): Promise<ObjectContent>;
  head(bucket: string, key: string): Promise<ObjectInfo>;
  /** Deleting what is not there is no error. */
  delete(bucket: string, key: string, guard?: WriteGuard): Promise<void>;
  list(bucket: string, options?: ListOptions): Promise<ListPage>;

  createUpload(bucket: string, key: string, settings: UploadSettings): Promise<string>;
  headUpload(bucket: string, key: string, uploadId: string): Promise<UploadSettings>;
  /** By part number. */
  listParts(bucket: string, key: string, uploadId: string): Promise<readonly PartInfo[]>;
  putPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    /** Called after the body's end. */
    checksum?: () => string | undefined,
  ): Promise<PartInfo>;
  /** Joins the listed parts into the object. */
  completeUpload(
    bucket: string,
    key: string,
    uploadId: string,
    partNumbers: readonly number[],
    metadata: ObjectMetadata,
    guard?: WriteGuard,
  ): Promise<ObjectInfo>;
  abortUpload(bucket: string, key: string, uploadId: string): Promise<void>;
}

/** Why a store did not do what it was asked. @internal */
export type StoreFailureReason =
  | "bucket-exists"
  | "bucket-not-empty"
  | "no-bucket"
  | "no-key"
  | "no-part"
  | "no-upload";

/** A store's refusal; the S3 service turns it into S3's own error. @internal */
export class StoreFailure extends Error {
  readonly reason: StoreFailureReason;
  /** The bucket, key or upload that it is about. */
  readonly subject: string;

  constructor(reason: StoreFailureReason, subject: string) {
    super(`${reason}: ${subject}`);
    this.reason = reason;
    this.subject = subject;
  }

  override get name(): string {
    return "StoreFailure";
  }
}

/**
 * Reads a whole object.
 *
 * @param store - Where it lies.
 * @param bucket - Its bucket.
 * @param key - Its key.
 * @returns The bytes.
 * @throws {@link StoreFailure} `no-bucket` or `no-key`.
 * @internal
 */
export async function readObject(store: ObjectStore, bucket: string, key: string): Promise<Uint8Array> {
  const { body } = await store.get(bucket, key);
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
