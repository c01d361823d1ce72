import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { abortable } from "../../core/abort.js";
import { retryTransient } from "./retry.js";
import type { StageProgressEvent } from "./stage-progress.js";

/** The commands of the S3 client, which is loaded only when it is needed: loading it takes longer than most ETL. @internal */
export type S3Commands = typeof import("@aws-sdk/client-s3");

/** What an {@link ObjectWriter} works with. @internal */
export interface ObjectWriterOptions {
  readonly client: S3Client;
  readonly commands: S3Commands;
  readonly bucket: string;
  /** Account that the bucket must belong to. */
  readonly expectedBucketOwner: string | undefined;
  /** Milliseconds before the first retry. */
  readonly retryDelayMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((event: StageProgressEvent) => void) | undefined;
}

/** Most keys of one DeleteObjects call. Source: the S3 API reference. */
const MAX_DELETE = 1000;

/**
 * Stores objects that are not there yet with the same content, keeps count, and can take back what it added. Content is
 * compared by ETag, which is the MD5 checksum unless the bucket encrypts with KMS; there everything is stored again.
 * @internal
 */
export class ObjectWriter {
  readonly #options: ObjectWriterOptions;
  readonly #owner: { readonly ExpectedBucketOwner?: string };
  readonly #etags = new Map<string, string>();
  readonly #added: string[] = [];
  readonly #replaced = new Set<string>();
  readonly #counts = { uploaded: { objects: 0, bytes: 0 }, unchanged: { objects: 0, bytes: 0 } };

  /** @param options - See {@link ObjectWriterOptions}. */
  constructor(options: ObjectWriterOptions) {
    this.#options = options;
    this.#owner = options.expectedBucketOwner === undefined ? {} : { ExpectedBucketOwner: options.expectedBucketOwner };
  }

  /** Notes what is there under a key prefix. */
  async listExisting(prefix: string): Promise<void> {
    const { bucket, client, commands, signal } = this.#options;
    let token: string | undefined;
    do {
      const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token, ...this.#owner };
      const page = await this.retry(prefix, () =>
        abortable(signal, (send) => client.send(new commands.ListObjectsV2Command(input), send)),
      );
      for (const { Key, ETag } of page.Contents ?? []) if (Key !== undefined) this.#etags.set(Key, ETag ?? "");
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Stores an object unless it is there with the same content. */
  async put(key: string, body: Uint8Array, contentType: string): Promise<void> {
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    await this.store(key, { bytes: body.byteLength, etag }, async ({ bucket, client, commands, signal }) => {
      const input = { Bucket: bucket, Key: key, Body: body, ContentType: contentType, ...this.#owner };
      await this.retry(key, () => abortable(signal, (send) => client.send(new commands.PutObjectCommand(input), send)));
    });
  }

  /** Runs an upload unless an object of that ETag is there, and keeps count. */
  async store(
    key: string,
    { bytes, etag }: { readonly bytes: number; readonly etag: string },
    upload: (options: ObjectWriterOptions, owner: { readonly ExpectedBucketOwner?: string }) => Promise<void>,
  ): Promise<void> {
    const isThere = this.#etags.get(key) === etag;
    if (!isThere) {
      // Noted before the answer: an upload whose answer got lost may have stored the object all the same.
      if (this.#etags.has(key)) this.#replaced.add(key);
      else this.#added.push(key);
      await upload(this.#options, this.#owner);
    }
    const type = isThere ? "unchanged" : "uploaded";
    this.#counts[type].objects++;
    this.#counts[type].bytes += bytes;
    this.#options.onProgress?.({ type, key, bytes });
  }

  /** Whether an object of this key was there with other content, and was or may have been written over. */
  hasReplaced(key: string): boolean {
    return this.#replaced.has(key);
  }

  /** Tells what was stored and what was there. */
  reportComplete(): void {
    this.#options.onProgress?.({ type: "complete", ...this.#counts });
  }

  /** Removes again what this writer added; what was written over stays. */
  async removeAdded(): Promise<void> {
    if (this.#added.length === 0) return;
    const { bucket, client, commands, onProgress } = this.#options;
    const left: string[] = [];
    for (let start = 0; start < this.#added.length; start += MAX_DELETE) {
      const batch = this.#added.slice(start, start + MAX_DELETE);
      const Delete = { Objects: batch.map((Key) => ({ Key })), Quiet: true };
      await client.send(new commands.DeleteObjectsCommand({ Bucket: bucket, Delete, ...this.#owner })).then(
        ({ Errors }) => left.push(...(Errors ?? []).flatMap(({ Key }) => Key ?? [])),
        () => left.push(...batch),
      );
    }
    onProgress?.({ type: "cleanup", removed: this.#added.length - left.length, left });
  }

  /** Repeats a call about an object while it fails with what may pass, and tells so. */
  retry<T>(key: string, call: () => Promise<T>): Promise<T> {
    const { retryDelayMs, signal, onProgress } = this.#options;
    const onRetry = (attempt: number, reason: string) => onProgress?.({ type: "retry", key, attempt, reason });
    return retryTransient({ signal, onRetry, delayMs: retryDelayMs }, call);
  }
}
