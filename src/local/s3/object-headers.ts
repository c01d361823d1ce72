import type { ObjectChecksum, ObjectInfo, ObjectMetadata } from "./object-store.js";
import { checksumHeader } from "./request-body.js";
import type { S3Call } from "./s3-call.js";
import { notImplemented, S3Error } from "./s3-error.js";

/** Headers that S3 keeps with an object and gives back. */
const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
  "x-amz-storage-class",
];

const USER_PREFIX = "x-amz-meta-";
const MAX_USER_METADATA_BYTES = 2048;

/** Headers that ask for something that the local S3 does not have; passing over them would be a lie. */
const REFUSED =
  /^x-amz-(tagging$|object-lock-|website-redirect-location$|grant-|write-offset-bytes$|mfa$|server-side-encryption-customer-|copy-source-server-side-encryption-customer-)/;

/**
 * Refuses requests with headers that the local S3 does not know how to honour.
 *
 * @param headers - The request's headers by lower-case name.
 * @throws {@link S3Error} `NotImplemented`.
 * @internal
 */
export function refuseUnknownHeaders(headers: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(headers)) {
    if (REFUSED.test(name)) throw notImplemented(`the header ${name}`);
  }
  const acl = headers["x-amz-acl"];
  if (acl !== undefined && acl !== "private" && acl !== "bucket-owner-full-control") {
    throw notImplemented(`the canned ACL ${acl}`);
  }
}

/**
 * Takes from a request what is kept with an object.
 *
 * @param call - The request.
 * @returns Headers and user metadata.
 * @throws {@link S3Error} `MetadataTooLarge` above 2,048 bytes.
 * @internal
 */
export function readObjectMetadata(call: S3Call): ObjectMetadata {
  const headers: Record<string, string> = {};
  for (const name of KEPT) {
    const value = name === "content-encoding" ? withoutAwsChunked(call.header(name)) : call.header(name);
    if (value !== undefined && value !== "") headers[name] = value;
  }
  headers["content-type"] ??= "binary/octet-stream";
  const userMetadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(call.request.headers)) {
    if (!name.startsWith(USER_PREFIX)) continue;
    const short = name.slice(USER_PREFIX.length);
    size += Buffer.byteLength(short) + Buffer.byteLength(value);
    // Not an assignment: the name may be "__proto__".
    Object.defineProperty(userMetadata, short, { value, enumerable: true, configurable: true });
  }
  if (size > MAX_USER_METADATA_BYTES) {
    throw new S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.", {
      Size: String(size),
      MaxSizeAllowed: String(MAX_USER_METADATA_BYTES),
    });
  }
  return { headers, userMetadata };
}

/**
 * Writes the headers of an answer that carries an object.
 *
 * @param info - The object.
 * @returns Headers by lower-case name, without length and checksum.
 * @internal
 */
export function objectHeaders(info: ObjectInfo): Record<string, string> {
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    "last-modified": new Date(info.lastModified).toUTCString(),
    etag: `"${info.etag}"`,
    ...info.metadata.headers,
  };
  for (const [name, value] of Object.entries(info.metadata.userMetadata ?? {})) {
    headers[USER_PREFIX + name] = encodeHeaderValue(value);
  }
  return headers;
}

/**
 * Writes the headers of a checksum.
 *
 * @param checksum - The checksum, if there is one.
 * @returns Headers by lower-case name.
 * @internal
 */
export function checksumHeaders(checksum: ObjectChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/**
 * Writes the XML elements of a checksum.
 *
 * @param checksum - The checksum, if there is one.
 * @returns Elements by name.
 * @internal
 */
export function checksumElements(checksum: ObjectChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type };
}

function withoutAwsChunked(value: string | undefined): string | undefined {
  return value
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "aws-chunked")
    .join(",");
}

/** S3 gives text beyond ASCII back as an RFC 2047 word. */
function encodeHeaderValue(value: string): string {
  return /^[\t\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
}
