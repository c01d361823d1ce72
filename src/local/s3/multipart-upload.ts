import { type ChecksumAlgorithm, joinChecksums } from "./checksums.js";
import { writeGuard } from "./conditions.js";
import { checked, parseCopySource, readAlgorithm, withCopySource } from "./copy-object.js";
import { parseRange } from "./get-object.js";
import { checksumElements, readObjectMetadata } from "./object-headers.js";
import type { ObjectChecksum, ObjectContent, ObjectInfo, PartInfo, UploadSettings } from "./object-store.js";
import { encryptionHeaders } from "./put-object.js";
import { checksumHeader, openBody, readTextBody } from "./request-body.js";
import { emptyResponse, integerParameter, type S3Call, type S3Operation, xmlResponse } from "./s3-call.js";
import { invalidArgument, invalidRequest, malformedXml, S3Error } from "./s3-error.js";
import { childText, parseXml, type XmlElement } from "./xml-parser.js";

const MAX_PARTS = 10_000;
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** CreateMultipartUpload. @internal */
export const createMultipartUpload: S3Operation = async (call) => {
  const settings = readSettings(call);
  const UploadId = await call.store.createUpload(call.bucket, call.key, settings);
  const headers: Record<string, string> = { ...encryptionHeaders(settings.metadata.headers) };
  if (settings.checksumAlgorithm !== undefined) headers["x-amz-checksum-algorithm"] = settings.checksumAlgorithm;
  if (settings.checksumType !== undefined) headers["x-amz-checksum-type"] = settings.checksumType;
  return xmlResponse("InitiateMultipartUploadResult", { Bucket: call.bucket, Key: call.key, UploadId }, headers);
};

/** UploadPart. @internal */
export const uploadPart: S3Operation = async (call) => {
  const { uploadId, partNumber } = readPartAddress(call);
  const settings = await call.store.headUpload(call.bucket, call.key, uploadId);
  const { checksumAlgorithm: algorithm } = settings;
  const body = openBody(call, { length: "required", compute: algorithm });
  const checksum = () => {
    const found = body.checksum();
    if (algorithm !== undefined && found !== undefined && found.algorithm !== algorithm) {
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${found.algorithm.toLowerCase()}`,
      );
    }
    return found?.value;
  };
  const part = await call.store.putPart(call.bucket, call.key, uploadId, partNumber, body.chunks, checksum);
  const sent = body.checksum();
  return emptyResponse(200, {
    etag: `"${part.etag}"`,
    ...encryptionHeaders(settings.metadata.headers),
    ...(sent === undefined ? {} : { [checksumHeader(sent.algorithm)]: sent.value }),
  });
};

/** UploadPartCopy. @internal */
export const uploadPartCopy: S3Operation = async (call) => {
  const { uploadId, partNumber } = readPartAddress(call);
  const settings = await call.store.headUpload(call.bucket, call.key, uploadId);
  const { checksumAlgorithm: algorithm } = settings;
  const header = call.header("x-amz-copy-source-range");
  const rangeOf = ({ size }: ObjectInfo) => {
    const range = parseRange(header, size);
    const isExact = range !== undefined && header === `bytes=${range.start}-${range.end}`;
    if (header !== undefined && !isExact) {
      throw invalidArgument(
        "The x-amz-copy-source-range value must be bytes=first-last within the source.",
        "x-amz-copy-source-range",
        header,
      );
    }
    return range;
  };
  const copy = ({ body }: ObjectContent) => {
    const { chunks, checksum } = checked(body, algorithm);
    return call.store.putPart(call.bucket, call.key, uploadId, partNumber, chunks, () => checksum()?.value);
  };
  const part = await withCopySource(call, parseCopySource(call), copy, rangeOf);
  return xmlResponse("CopyPartResult", { ...describePart(part, algorithm), PartNumber: undefined, Size: undefined });
};

/** ListParts. @internal */
export const listParts: S3Operation = async (call) => {
  const uploadId = readUploadId(call);
  const settings = await call.store.headUpload(call.bucket, call.key, uploadId);
  const marker = integerParameter(call, "part-number-marker", { min: 0, max: MAX_PARTS }, 0);
  const limit = Math.min(integerParameter(call, "max-parts", { min: 0, max: 2_147_483_647 }, 1000), 1000);
  const { checksumAlgorithm, checksumType, metadata } = settings;
  const parts = await call.store.listParts(call.bucket, call.key, uploadId);
  const following = parts.filter((part) => part.partNumber > marker);
  const page = following.slice(0, limit);
  const truncated = following.length > page.length && limit > 0;
  return xmlResponse("ListPartsResult", {
    Bucket: call.bucket,
    Key: call.key,
    UploadId: uploadId,
    Initiator: { ID: call.accountId },
    Owner: { ID: call.accountId },
    StorageClass: metadata.headers?.["x-amz-storage-class"] ?? "STANDARD",
    PartNumberMarker: marker,
    NextPartNumberMarker: truncated ? page.at(-1)?.partNumber : undefined,
    MaxParts: limit,
    IsTruncated: truncated,
    ChecksumAlgorithm: checksumAlgorithm,
    ChecksumType: checksumType,
    Part: page.map((part) => describePart(part, checksumAlgorithm)),
  });
};

/** AbortMultipartUpload. @internal */
export const abortMultipartUpload: S3Operation = async (call) => {
  await call.store.abortUpload(call.bucket, call.key, readUploadId(call));
  return emptyResponse(204);
};

/** CompleteMultipartUpload. @internal */
export const completeMultipartUpload: S3Operation = async (call) => {
  const uploadId = readUploadId(call);
  const settings = await call.store.headUpload(call.bucket, call.key, uploadId);
  const uploaded = await call.store.listParts(call.bucket, call.key, uploadId);
  const guard = writeGuard(call);
  const root = parseXml(await readTextBody(call, MAX_BODY_BYTES), "CompleteMultipartUpload");
  const parts = chooseParts(root.children, { uploaded, settings });
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const announcedSize = call.header("x-amz-mp-object-size");
  if (announcedSize !== undefined && announcedSize !== String(size)) {
    throw invalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed.");
  }
  const checksum = joinPartChecksums(call, settings, parts);
  const { metadata } = settings;
  const info = await call.store.completeUpload(
    call.bucket,
    call.key,
    uploadId,
    parts.map(({ partNumber }) => partNumber),
    checksum === undefined ? metadata : { ...metadata, checksum },
    guard,
  );
  return xmlResponse(
    "CompleteMultipartUploadResult",
    {
      Location: `http://${call.request.headers["host"] ?? "localhost"}${call.request.path}`,
      Bucket: call.bucket,
      Key: call.key,
      ETag: `"${info.etag}"`,
      ...checksumElements(checksum),
    },
    encryptionHeaders(metadata.headers),
  );
};

function readSettings(call: S3Call): UploadSettings {
  const metadata = readObjectMetadata(call);
  const checksumAlgorithm = readAlgorithm(call, "x-amz-checksum-algorithm");
  const type = call.header("x-amz-checksum-type")?.toUpperCase();
  if (checksumAlgorithm === undefined) {
    if (type !== undefined) throw invalidRequest("The x-amz-checksum-type header needs x-amz-checksum-algorithm.");
    return { metadata };
  }
  const checksumType = type ?? (checksumAlgorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const allowed =
    checksumType === "FULL_OBJECT" ? checksumAlgorithm.startsWith("CRC") : checksumAlgorithm !== "CRC64NVME";
  if ((checksumType !== "FULL_OBJECT" && checksumType !== "COMPOSITE") || !allowed) {
    throw invalidRequest(
      `The ${checksumType} checksum type cannot be used with the ${checksumAlgorithm} checksum algorithm.`,
    );
  }
  return { metadata, checksumAlgorithm, checksumType };
}

function readUploadId(call: S3Call): string {
  return call.request.query.get("uploadId") ?? "";
}

function readPartAddress(call: S3Call): { readonly uploadId: string; readonly partNumber: number } {
  const text = call.request.query.get("partNumber") ?? "";
  const partNumber = integerParameter(call, "partNumber", { min: 1, max: MAX_PARTS }, 0);
  if (partNumber === 0)
    throw invalidArgument("Part number must be an integer between 1 and 10000.", "partNumber", text);
  return { uploadId: readUploadId(call), partNumber };
}

function describePart(part: PartInfo, algorithm: ChecksumAlgorithm | undefined) {
  return {
    PartNumber: part.partNumber,
    LastModified: new Date(part.lastModified).toISOString(),
    ETag: `"${part.etag}"`,
    Size: part.size,
    ...(algorithm === undefined || part.checksum === undefined ? {} : { [`Checksum${algorithm}`]: part.checksum }),
  };
}

function chooseParts(
  elements: readonly XmlElement[],
  { uploaded, settings }: { readonly uploaded: readonly PartInfo[]; readonly settings: UploadSettings },
): readonly PartInfo[] {
  if (elements.length === 0 || elements.length > MAX_PARTS) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  let previous = 0;
  const parts = elements.map((element) => {
    const number = childText(element, "PartNumber") ?? "";
    if (element.name !== "Part" || !/^\d{1,5}$/.test(number)) throw malformedXml();
    const partNumber = Number(number);
    if (partNumber <= previous) {
      throw new S3Error(
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      );
    }
    previous = partNumber;
    const part = byNumber.get(partNumber);
    const etag = childText(element, "ETag")?.replace(/^"(.*)"$/, "$1");
    const checksum = childText(element, `Checksum${settings.checksumAlgorithm ?? ""}`);
    if (part === undefined || part.etag !== etag || (checksum !== undefined && checksum !== part.checksum)) {
      throw new S3Error(
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { PartNumber: number, ETag: etag ?? "" },
      );
    }
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size >= MIN_PART_BYTES) continue;
    throw new S3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(part.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(part.partNumber),
      ETag: part.etag,
    });
  }
  return parts;
}

function joinPartChecksums(
  call: S3Call,
  settings: UploadSettings,
  parts: readonly PartInfo[],
): ObjectChecksum | undefined {
  const { checksumAlgorithm: algorithm, checksumType: type } = settings;
  if (algorithm === undefined || type === undefined) return undefined;
  const value = joinChecksums(
    algorithm,
    type,
    parts.map(({ checksum = "", size }) => ({ checksum, size })),
  );
  const expected = call.header(checksumHeader(algorithm));
  if (expected !== undefined && expected !== value) {
    throw new S3Error(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { algorithm, value, type };
}
