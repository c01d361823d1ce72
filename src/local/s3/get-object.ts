import { isUnmodified, matches } from "./conditions.js";
import { checksumHeaders, objectHeaders } from "./object-headers.js";
import type { ByteRange, ObjectInfo } from "./object-store.js";
import { emptyResponse, type S3Call, type S3Operation } from "./s3-call.js";
import { S3Error } from "./s3-error.js";

/** Query parameters with which a reader chooses headers of the answer. @internal */
export const RESPONSE_OVERRIDES = [
  "response-cache-control",
  "response-content-disposition",
  "response-content-encoding",
  "response-content-language",
  "response-content-type",
  "response-expires",
];

/** GetObject. @internal */
export const getObject: S3Operation = async (call) => {
  const { info, headers, range, unmodified } = await describe(call);
  if (unmodified) return emptyResponse(304, headers);
  const content = await call.store.get(call.bucket, call.key, range);
  if (content.info.etag !== info.etag || content.info.size !== info.size) {
    // Overwritten in between: describe what is being sent, not what was there.
    if (!(content.body instanceof Uint8Array)) await content.body[Symbol.asyncIterator]().return?.();
    return getObject(call);
  }
  return { status: range === undefined ? 200 : 206, headers, body: content.body };
};

/** HeadObject. @internal */
export const headObject: S3Operation = async (call) => {
  const { headers, range, unmodified } = await describe(call);
  if (unmodified) return emptyResponse(304, headers);
  return emptyResponse(range === undefined ? 200 : 206, headers);
};

interface Description {
  readonly info: ObjectInfo;
  readonly headers: Record<string, string>;
  readonly range: ByteRange | undefined;
  readonly unmodified: boolean;
}

async function describe(call: S3Call): Promise<Description> {
  const info = await call.store.head(call.bucket, call.key);
  const headers = objectHeaders(info);
  if (isUnmodified(call, info)) {
    return {
      info,
      headers: { etag: `"${info.etag}"`, "last-modified": headers["last-modified"] ?? "" },
      range: undefined,
      unmodified: true,
    };
  }
  for (const name of RESPONSE_OVERRIDES) {
    const value = call.request.query.get(name);
    if (value !== undefined) headers[name.slice("response-".length)] = value;
  }
  const range = readRange(call, info);
  headers["content-length"] = String(range === undefined ? info.size : range.end - range.start + 1);
  if (range !== undefined) headers["content-range"] = `bytes ${range.start}-${range.end}/${info.size}`;
  // The checksum is of the whole object; a client would hold a part against it.
  else if (call.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED") {
    Object.assign(headers, checksumHeaders(info.metadata.checksum));
  }
  return { info, headers, range, unmodified: false };
}

/** One range; a header that is malformed or asks for several is passed over, as S3 does. */
function readRange(call: S3Call, info: ObjectInfo): ByteRange | undefined {
  const range = parseRange(call.header("range"), info.size);
  const ifRange = call.header("if-range");
  if (range === undefined || ifRange === undefined || matches(ifRange, info.etag)) return range;
  return undefined;
}

/**
 * Reads a `Range` header.
 *
 * @param header - The header's value.
 * @param size - The object's bytes.
 * @returns The range within the object; `undefined` for the whole object.
 * @throws {@link S3Error} `InvalidRange` when no byte of it exists.
 * @internal
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= size) {
    throw new S3Error(
      416,
      "InvalidRange",
      "The requested range is not satisfiable",
      { RangeRequested: header ?? "", ActualObjectSize: String(size) },
      { "content-range": `bytes */${size}` },
    );
  }
  return { start, end };
}
