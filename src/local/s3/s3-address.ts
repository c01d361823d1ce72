import type { WireRequest } from "../wire.js";
import { S3Error } from "./s3-error.js";

const MAX_KEY_BYTES = 1024;

/** Bucket and key of a request; empty where the request names none. @internal */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Finds bucket and key: the bucket in the host name (`bucket.s3.region.amazonaws.com`, `bucket.localhost`), else in the path.
 *
 * @param request - The request.
 * @returns Bucket and key, decoded.
 * @throws {@link S3Error} `InvalidURI` for an encoding that cannot be read, `KeyTooLongError` above 1,024 bytes.
 * @internal
 */
export function parseS3Address(request: WireRequest): S3Address {
  const path = request.path.replace(/^\//, "");
  const hosted = bucketInHost(request.headers["host"] ?? "");
  if (hosted !== undefined) return { bucket: hosted, key: checkKey(decode(path)) };
  const slash = path.indexOf("/");
  if (slash === -1) return { bucket: decode(path), key: "" };
  return { bucket: decode(path.slice(0, slash)), key: checkKey(decode(path.slice(slash + 1))) };
}

function bucketInHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const match =
    /^(.+)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.exec(name) ?? /^(.+)\.localhost$/.exec(name) ?? undefined;
  return match?.[1] === "s3" ? undefined : match?.[1];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}

function checkKey(key: string): string {
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return key;
  throw new S3Error(400, "KeyTooLongError", "Your key is too long", {
    Size: String(size),
    MaxSizeAllowed: String(MAX_KEY_BYTES),
  });
}
