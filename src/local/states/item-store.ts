/** An object as a listing shows it. @internal */
export interface StoredItem {
  readonly key: string;
  /** Hexadecimal, without quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** What a Distributed Map reads its items from and writes its results to: the local S3. @internal */
export interface ItemStore {
  /** Objects under a prefix, in order of their keys. */
  list(bucket: string, prefix: string): AsyncIterable<StoredItem>;
  /** Reads an object; `undefined` when bucket or key is not there. */
  read(bucket: string, key: string): Promise<Uint8Array | undefined>;
  /** Writes an object; `false` when the bucket is not there. */
  write(bucket: string, key: string, bytes: Uint8Array, contentType: string): Promise<boolean>;
  /** Whether a bucket is there. */
  hasBucket(bucket: string): Promise<boolean>;
}
