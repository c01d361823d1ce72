import { createHash } from "node:crypto";
import { decodeAwsChunked } from "./aws-chunked.js";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, type ChecksumHasher, createChecksum } from "./checksums.js";
import type { ObjectChecksum } from "./object-store.js";
import type { S3Call } from "./s3-call.js";
import { invalidArgument, invalidRequest, malformedXml, S3Error } from "./s3-error.js";

/** The largest object that one request may write: 5 GiB, as in S3. @internal */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** A body without framing; reading it checks length, digests and checksums, and throws at the end when one does not fit. @internal */
export interface RequestBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The checksum that was asked for; known after the end. */
  checksum(): ObjectChecksum | undefined;
}

/** How to open a body. @internal */
export interface OpenBodyOptions {
  /** Whether the request must say how long its body is. */
  readonly length: "required" | "optional";
  /** A checksum to compute even where the request brings none. */
  readonly compute?: ChecksumAlgorithm | undefined;
}

/**
 * Opens the body of a request.
 *
 * @param call - The request.
 * @param options - See {@link OpenBodyOptions}.
 * @returns The body.
 * @throws {@link S3Error} `MissingContentLength`, `EntityTooLarge`, `InvalidDigest` or `InvalidRequest` at once; reading throws
 * `BadDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody` or `InvalidRequest`.
 * @internal
 */
export function openBody(call: S3Call, options: OpenBodyOptions): RequestBody {
  const sha256 = call.header("x-amz-content-sha256");
  const chunked =
    sha256?.startsWith("STREAMING-") === true || /\baws-chunked\b/.test(call.header("content-encoding") ?? "");
  const length = readLength(call, chunked ? "x-amz-decoded-content-length" : "content-length", options.length);
  const trailers = new Map<string, string>();
  const announced = announcedChecksum(call);
  const algorithm = announced?.algorithm ?? options.compute;
  const hasher = algorithm === undefined ? undefined : createChecksum(algorithm);
  const digests = wholeDigests(call, sha256);
  const source = chunked ? decodeAwsChunked(call.request.body, trailers) : call.request.body;
  let checksum: ObjectChecksum | undefined;

  async function* read(): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > (length ?? MAX_PUT_BYTES)) throw invalidRequest("The body is longer than its header says.");
      hasher?.update(chunk);
      for (const digest of digests) digest.hasher.update(chunk);
      yield chunk;
    }
    if (length !== undefined && size < length) {
      throw new S3Error(
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
      );
    }
    for (const digest of digests) {
      if (!digest.hasher.digest().equals(digest.expected)) throw digest.error;
    }
    if (algorithm === undefined || hasher === undefined) return;
    const value = hasher.digest().toString("base64");
    checksum = { algorithm, value, type: "FULL_OBJECT" };
    if (announced === undefined) return;
    const expected = announced.value ?? trailers.get(checksumHeader(algorithm));
    if (expected === undefined) {
      throw new S3Error(400, "MalformedTrailerError", "The request contained trailing data that was not well-formed.");
    }
    if (expected !== value) {
      throw new S3Error(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
  return { chunks: read(), checksum: () => checksum };
}

/**
 * Reads the whole body of a request that carries XML.
 *
 * @param call - The request.
 * @param limit - Most bytes to take.
 * @returns The text; empty without a body.
 * @throws {@link S3Error} `MalformedXML` for a body that is too long or not UTF-8, else as {@link openBody}.
 * @internal
 */
export async function readTextBody(call: S3Call, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of openBody(call, { length: "optional" }).chunks) {
    size += chunk.byteLength;
    if (size > limit) throw malformedXml();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformedXml();
  }
}

/**
 * Names the header of a checksum.
 *
 * @param algorithm - The algorithm.
 * @returns The lower-case name.
 * @internal
 */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function readLength(call: S3Call, header: string, need: "required" | "optional"): number | undefined {
  const text = call.header(header);
  if (text === undefined) {
    if (need === "optional") return undefined;
    throw new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (!/^\d{1,15}$/.test(text)) throw invalidArgument("The length must be a whole number.", header, text);
  const length = Number(text);
  if (length > MAX_PUT_BYTES) {
    throw new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: text,
      MaxSizeAllowed: String(MAX_PUT_BYTES),
    });
  }
  return length;
}

/** The checksum that the request brings: in a header, or, without a value yet, in a trailer. */
function announcedChecksum(call: S3Call): { algorithm: ChecksumAlgorithm; value?: string } | undefined {
  const trailer = call.header("x-amz-trailer")?.toLowerCase() ?? "";
  const found: { algorithm: ChecksumAlgorithm; value?: string }[] = [];
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const name = checksumHeader(algorithm);
    const value = call.header(name);
    if (value !== undefined) {
      if (Buffer.from(value, "base64").length !== createChecksum(algorithm).digest().length) {
        throw invalidRequest(`Value for ${name} header is invalid.`);
      }
      found.push({ algorithm, value });
    } else if (trailer.split(",").some((part) => part.trim() === name)) found.push({ algorithm });
  }
  if (found.length > 1) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  return found[0];
}

interface WholeDigest {
  readonly hasher: ChecksumHasher;
  readonly expected: Buffer;
  readonly error: S3Error;
}

function wholeDigests(call: S3Call, sha256: string | undefined): readonly WholeDigest[] {
  const digests: WholeDigest[] = [];
  const md5 = call.header("content-md5");
  if (md5 !== undefined) {
    const expected = Buffer.from(md5, "base64");
    if (expected.length !== 16) throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
    const error = new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    digests.push({ hasher: createHash("md5"), expected, error });
  }
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) {
    const error = new S3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
    digests.push({ hasher: createHash("sha256"), expected: Buffer.from(sha256, "hex"), error });
  }
  return digests;
}
