import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { abortable, throwIfAborted } from "../../core/abort.js";
import type { ObjectWriter, ObjectWriterOptions } from "./object-writer.js";

/** Size of a part of a larger object; S3 takes 5 MiB to 5 GiB, and 10,000 parts. Source: the S3 User Guide. */
const PART_BYTES = 16 * 1024 * 1024;

/** What {@link uploadFile} stores. @internal */
export interface UploadFileOptions {
  readonly writer: ObjectWriter;
  /** Path of the file. */
  readonly path: string;
  readonly key: string;
  readonly contentType: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Stores a file unless it is there with the same content; one of several parts in parts, of which one is held. A
 * failed upload of parts is given up, so that S3 does not go on billing for them.
 *
 * @param options - See {@link UploadFileOptions}.
 * @internal
 */
export async function uploadFile(options: UploadFileOptions): Promise<void> {
  const { writer, key, contentType, signal } = options;
  const file = await open(options.path);
  try {
    const { size } = await file.stat();
    if (size <= PART_BYTES) return await writer.put(key, await file.readFile(), contentType);
    const etag = await computeEtag(file, size, signal);
    await writer.store(key, { bytes: size, etag }, (target, owner) =>
      uploadParts(file, size, { ...options, target, owner }),
    );
  } finally {
    await file.close();
  }
}

interface UploadPartsOptions extends UploadFileOptions {
  readonly target: ObjectWriterOptions;
  readonly owner: { readonly ExpectedBucketOwner?: string };
}

async function uploadParts(file: FileHandle, size: number, options: UploadPartsOptions): Promise<void> {
  const { writer, key, contentType, signal, owner } = options;
  const { bucket, client, commands } = options.target;
  const place = { Bucket: bucket, Key: key, ...owner };
  const create = new commands.CreateMultipartUploadCommand({ ...place, ContentType: contentType });
  const { UploadId } = await abortable(signal, (send) => client.send(create, send));
  try {
    const Parts: CompletedPart[] = [];
    for await (const Body of readParts(file, size)) {
      const PartNumber = Parts.length + 1;
      const part = new commands.UploadPartCommand({ ...place, UploadId, PartNumber, Body });
      const { ETag } = await writer.retry(key, () => abortable(signal, (send) => client.send(part, send)));
      Parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
    }
    const complete = new commands.CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } });
    await abortable(signal, (send) => client.send(complete, send));
  } catch (error) {
    await client.send(new commands.AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
    throw error;
  }
}

/** The ETag that S3 gives an object of several parts: the checksum of their checksums, and their number. */
async function computeEtag(file: FileHandle, size: number, signal: AbortSignal | undefined): Promise<string> {
  const all = createHash("md5");
  let parts = 0;
  for await (const part of readParts(file, size)) {
    throwIfAborted(signal);
    all.update(createHash("md5").update(part).digest());
    parts++;
  }
  return `"${all.digest("hex")}-${parts}"`;
}

async function* readParts(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < size; position += PART_BYTES) {
    const part = Buffer.alloc(Math.min(PART_BYTES, size - position));
    await file.read(part, 0, part.length, position);
    yield part;
  }
}
