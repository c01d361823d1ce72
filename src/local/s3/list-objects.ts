import type { ListPage, ObjectInfo } from "./object-store.js";
import { integerParameter, type S3Call, type S3Operation, xmlResponse } from "./s3-call.js";
import { invalidArgument } from "./s3-error.js";

const MAX_KEYS = 1000;

/** ListObjectsV2. @internal */
export const listObjectsV2: S3Operation = async (call) => {
  const token = call.request.query.get("continuation-token");
  const startAfter = call.request.query.get("start-after");
  const { page, encode, common } = await readPage(call, token === undefined ? (startAfter ?? "") : decodeToken(token));
  const owner = call.request.query.get("fetch-owner") === "true" ? { Owner: { ID: call.accountId } } : {};
  return xmlResponse("ListBucketResult", {
    ...common,
    KeyCount: page.objects.length + page.commonPrefixes.length,
    ContinuationToken: token,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    NextContinuationToken: page.next === undefined ? undefined : Buffer.from(page.next).toString("base64url"),
    Contents: page.objects.map((info) => ({ ...contents(info, encode), ...owner })),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
};

/** ListObjects, the older form. @internal */
export const listObjects: S3Operation = async (call) => {
  const marker = call.request.query.get("marker") ?? "";
  const { page, encode, common } = await readPage(call, marker);
  // Without a delimiter, clients of the older form go on from the last key.
  const next = call.request.query.get("delimiter") ? page.next : undefined;
  return xmlResponse("ListBucketResult", {
    ...common,
    Marker: encode(marker),
    NextMarker: next === undefined ? undefined : encode(next),
    Contents: page.objects.map((info) => ({ ...contents(info, encode), Owner: { ID: call.accountId } })),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
};

async function readPage(call: S3Call, startAfter: string) {
  const { query } = call.request;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const encodingType = query.get("encoding-type");
  if (encodingType !== undefined && encodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  }
  const encode = encodingType === "url" ? encodeKey : (text: string) => text;
  const maxKeys = integerParameter(call, "max-keys", { min: 0, max: 2_147_483_647 }, MAX_KEYS);
  const limit = Math.min(maxKeys, MAX_KEYS);
  const page: ListPage = await call.store.list(call.bucket, { prefix, delimiter, startAfter, limit });
  const common = {
    Name: call.bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: limit,
    EncodingType: encodingType,
    IsTruncated: page.next !== undefined,
  };
  return { page, encode, common };
}

function contents(info: ObjectInfo, encode: (text: string) => string) {
  const { checksum, headers } = info.metadata;
  return {
    Key: encode(info.key),
    LastModified: new Date(info.lastModified).toISOString(),
    ETag: `"${info.etag}"`,
    ChecksumAlgorithm: checksum?.algorithm,
    ChecksumType: checksum?.type,
    Size: info.size,
    StorageClass: headers?.["x-amz-storage-class"] ?? "STANDARD",
  };
}

function decodeToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (text === "" || Buffer.from(text).toString("base64url") !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return text;
}

function encodeKey(text: string): string {
  return encodeURIComponent(text).replace(/%2F/g, "/");
}
