import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, createChecksum } from "./checksums.js";
import { checkCopySource, writeGuard } from "./conditions.js";
import { checksumElements, readObjectMetadata } from "./object-headers.js";
import type { ByteRange, ObjectChecksum, ObjectContent, ObjectInfo, ObjectMetadata } from "./object-store.js";
import { encryptionHeaders } from "./put-object.js";
import { MAX_PUT_BYTES } from "./request-body.js";
import { type S3Call, type S3Operation, xmlResponse } from "./s3-call.js";
import { invalidArgument, invalidRequest, notImplemented, S3Error } from "./s3-error.js";

/** CopyObject. @internal */
export const copyObject: S3Operation = async (call) => {
  const location = parseCopySource(call);
  const directive = call.header("x-amz-metadata-directive") ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
  }
  const onItself = location.bucket === call.bucket && location.key === call.key;
  const changes = directive === "REPLACE" || call.header("x-amz-storage-class") !== undefined;
  if (onItself && !changes && Object.keys(encryptionHeaders(call.request.headers)).length === 0) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const guard = writeGuard(call);
  const info = await withCopySource(call, location, async ({ info: source, body }) => {
    if (source.size > MAX_PUT_BYTES) {
      throw invalidRequest("The specified copy source is larger than the maximum allowable size for a copy source.");
    }
    const metadata = directive === "REPLACE" ? readObjectMetadata(call) : keptMetadata(call, source);
    const { chunks, checksum } = checked(body, checksumFor(call, source));
    return call.store.put(call.bucket, call.key, chunks, () => withChecksum(metadata, checksum()), guard);
  });
  const result = {
    ETag: `"${info.etag}"`,
    LastModified: new Date(info.lastModified).toISOString(),
    ...checksumElements(info.metadata.checksum),
  };
  return xmlResponse("CopyObjectResult", result, encryptionHeaders(info.metadata.headers));
};

/**
 * Reads where a copy comes from.
 *
 * @param call - The request with `x-amz-copy-source`.
 * @returns Bucket and key.
 * @throws {@link S3Error} `InvalidArgument`, `NotImplemented` for versions, `AccessDenied` for another owner's bucket.
 * @internal
 */
export function parseCopySource(call: S3Call): { readonly bucket: string; readonly key: string } {
  const header = call.header("x-amz-copy-source") ?? "";
  const [path = "", query] = header.replace(/^\//, "").split("?", 2);
  if (query !== undefined) throw notImplemented("copying a version");
  const owner = call.header("x-amz-source-expected-bucket-owner");
  if (owner !== undefined && owner !== call.accountId) throw new S3Error(403, "AccessDenied", "Access Denied");
  let decoded = "";
  try {
    decoded = decodeURIComponent(path).replace(/^\//, "");
  } catch {
    // Falls through to the refusal below.
  }
  const slash = decoded.indexOf("/");
  if (slash <= 0 || slash === decoded.length - 1) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      header,
    );
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
}

/**
 * Opens the source of a copy once its conditions hold, and closes it whatever becomes of the copy.
 *
 * @param call - The request.
 * @param location - Where the source lies.
 * @param copy - Copies it.
 * @param rangeOf - Picks a part of the source.
 * @returns What the copying returns.
 * @throws {@link S3Error} `PreconditionFailed`.
 * @internal
 */
export async function withCopySource<Result>(
  call: S3Call,
  location: { readonly bucket: string; readonly key: string },
  copy: (source: ObjectContent) => Promise<Result>,
  rangeOf?: (info: ObjectInfo) => ByteRange | undefined,
): Promise<Result> {
  const info = await call.store.head(location.bucket, location.key);
  checkCopySource(call, info);
  const source = await call.store.get(location.bucket, location.key, rangeOf?.(info));
  try {
    return await copy(source);
  } finally {
    // A copy that is refused never begins to read, and nothing else would close the file.
    if (!(source.body instanceof Uint8Array)) await source.body[Symbol.asyncIterator]().return?.();
  }
}

/**
 * Computes a checksum over bytes that pass by.
 *
 * @param body - The bytes.
 * @param algorithm - The algorithm; without one nothing is computed.
 * @returns The same bytes, and the checksum once they have ended.
 * @internal
 */
export function checked(
  body: Uint8Array | AsyncIterable<Uint8Array>,
  algorithm: ChecksumAlgorithm | undefined,
): { readonly chunks: AsyncIterable<Uint8Array>; readonly checksum: () => ObjectChecksum | undefined } {
  const hasher = algorithm === undefined ? undefined : createChecksum(algorithm);
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      hasher?.update(chunk);
      yield chunk;
    }
  }
  const checksum = (): ObjectChecksum | undefined => {
    if (algorithm === undefined || hasher === undefined) return undefined;
    return { algorithm, value: hasher.digest().toString("base64"), type: "FULL_OBJECT" };
  };
  return { chunks: read(), checksum };
}

/**
 * Reads the name of a checksum algorithm.
 *
 * @param call - The request.
 * @param header - The header with the name.
 * @returns The algorithm; none without the header.
 * @throws {@link S3Error} `InvalidRequest` for a name that S3 does not know.
 * @internal
 */
export function readAlgorithm(call: S3Call, header: string): ChecksumAlgorithm | undefined {
  const name = call.header(header)?.toUpperCase();
  if (name === undefined) return undefined;
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name);
  if (algorithm === undefined) throw invalidRequest(`Checksum algorithm provided is unsupported: ${name}.`);
  return algorithm;
}

/** A copy keeps the source's algorithm, but its checksum is of the whole, whatever the source's parts were. */
function checksumFor(call: S3Call, source: ObjectInfo): ChecksumAlgorithm | undefined {
  return readAlgorithm(call, "x-amz-checksum-algorithm") ?? source.metadata.checksum?.algorithm;
}

/** Metadata of the source; storage class and encryption are always the request's. */
function keptMetadata(call: S3Call, source: ObjectInfo): ObjectMetadata {
  const { headers = {}, userMetadata = {} } = source.metadata;
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("x-amz-")));
  const asked = Object.entries(readObjectMetadata(call).headers ?? {}).filter(([name]) => name.startsWith("x-amz-"));
  return { headers: { ...kept, ...Object.fromEntries(asked) }, userMetadata };
}

function withChecksum(metadata: ObjectMetadata, checksum: ObjectChecksum | undefined): ObjectMetadata {
  const { headers = {}, userMetadata = {} } = metadata;
  return checksum === undefined ? { headers, userMetadata } : { headers, userMetadata, checksum };
}
