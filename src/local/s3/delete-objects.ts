import { writeGuard } from "./conditions.js";
import { readTextBody } from "./request-body.js";
import { emptyResponse, type S3Operation, xmlResponse } from "./s3-call.js";
import { invalidRequest, malformedXml, notImplemented } from "./s3-error.js";
import { parseXml } from "./xml-parser.js";

const MAX_KEYS = 1000;
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** DeleteObject. @internal */
export const deleteObject: S3Operation = async (call) => {
  const condition = writeGuard(call);
  // Deleting what is not there is no error, with a condition either.
  const guard =
    condition === undefined
      ? undefined
      : (current: Parameters<typeof condition>[0]) => {
          if (current !== undefined) condition(current);
        };
  await call.store.delete(call.bucket, call.key, guard);
  return emptyResponse(204);
};

/** DeleteObjects. @internal */
export const deleteObjects: S3Operation = async (call) => {
  const headers = Object.keys(call.request.headers);
  const hasDigest = headers.some(
    (name) => name === "content-md5" || name === "x-amz-trailer" || /^x-amz-checksum-(crc|sha)/.test(name),
  );
  if (!hasDigest) throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  await call.store.headBucket(call.bucket);
  const root = parseXml(await readTextBody(call, MAX_BODY_BYTES), "Delete");
  const keys: string[] = [];
  let quiet = false;
  for (const element of root.children) {
    if (element.name === "Quiet") quiet = element.text.trim() === "true";
    else if (element.name === "Object") keys.push(readKey(element.children));
    else throw malformedXml();
  }
  if (keys.length === 0 || keys.length > MAX_KEYS) throw malformedXml();
  for (const key of keys) await call.store.delete(call.bucket, key);
  return xmlResponse("DeleteResult", quiet ? {} : { Deleted: keys.map((key) => ({ Key: key })) });
};

function readKey(children: readonly { readonly name: string; readonly text: string }[]): string {
  const [first, ...rest] = children;
  for (const { name } of rest) {
    if (name !== "Key") throw notImplemented(`${name} in DeleteObjects`);
  }
  if (first?.name !== "Key" || first.text === "" || rest.length > 0) throw malformedXml();
  return first.text;
}
