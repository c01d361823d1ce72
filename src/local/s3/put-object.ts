import { writeGuard } from "./conditions.js";
import { checksumHeaders, readObjectMetadata } from "./object-headers.js";
import { openBody } from "./request-body.js";
import { emptyResponse, type S3Operation } from "./s3-call.js";

/** PutObject. @internal */
export const putObject: S3Operation = async (call) => {
  const metadata = readObjectMetadata(call);
  const guard = writeGuard(call);
  const body = openBody(call, { length: "required" });
  const info = await call.store.put(
    call.bucket,
    call.key,
    body.chunks,
    () => {
      const checksum = body.checksum();
      return checksum === undefined ? metadata : { ...metadata, checksum };
    },
    guard,
  );
  return emptyResponse(200, {
    etag: `"${info.etag}"`,
    ...encryptionHeaders(metadata.headers),
    ...checksumHeaders(info.metadata.checksum),
  });
};

/**
 * Picks the headers that tell how an object is encrypted.
 *
 * @param headers - What is kept with the object.
 * @returns The headers among them.
 * @internal
 */
export function encryptionHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("x-amz-server-side-encryption")),
  );
}
