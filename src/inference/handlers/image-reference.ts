import { isRecord, type JsonRecord } from "./json-record.js";
import { invalidPayload } from "./payload.js";

/** Bucket and key as an event names them, not checked yet. @internal */
export interface ImageReference {
  /** Bucket that holds the image. */
  readonly s3_bucket?: unknown;
  /** Key of the image. */
  readonly s3_key: unknown;
}

const S3_URI = /^s3:\/\/([^/]*)\/(.*)$/s;

/**
 * Finds bucket and key in one level of an event: the workflow's own names, an EventBridge event of S3, one record of an
 * S3 notification, an item of a Distributed Map over S3 objects, or a row with bucket and key.
 *
 * @param value - One level of the event.
 * @param path - Where it stands, for errors.
 * @returns The reference, or `undefined` where this level names no key.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID` for a key of a notification that is not URL-encoded, and for an
 * object that was deleted.
 * @internal
 */
export function findReference(value: JsonRecord, path: readonly string[]): ImageReference | undefined {
  if (Object.hasOwn(value, "s3_key")) return reference(value["s3_bucket"], value["s3_key"]);
  if (isDeletion(value)) {
    const message = 'names an object that was deleted; let only "Object Created" events reach the function';
    throw invalidPayload([{ path: path.join("."), message }]);
  }
  const notification = s3Part(value["s3"]);
  if (notification !== undefined) return { ...notification, s3_key: decodeKey(notification.s3_key, path) };
  const event = s3Part(value["detail"]);
  if (event !== undefined) return event;
  // Distributed Map gives S3 objects as { Key, Size, ... }, without the bucket.
  for (const [bucket, key] of [
    ["Bucket", "Key"],
    ["bucket", "key"],
  ] as const) {
    if (typeof value[key] === "string") return reference(value[bucket], value[key]);
  }
  return undefined;
}

/**
 * Reads `s3://bucket/key` text as a reference.
 *
 * @param text - Any text.
 * @returns The reference, or `undefined` where the text is no such location.
 * @internal
 */
export function parseReference(text: string): ImageReference | undefined {
  const match = S3_URI.exec(text);
  return match === null ? undefined : { s3_bucket: match[1], s3_key: match[2] };
}

function reference(bucket: unknown, key: unknown): ImageReference {
  return bucket === undefined || bucket === null ? { s3_key: key } : { s3_bucket: bucket, s3_key: key };
}

/** Whether it is an event of S3 about an object that is gone, by a notification or by EventBridge. */
function isDeletion(value: JsonRecord): boolean {
  const name = value["eventName"];
  if (typeof name === "string" && /^(s3:)?(ObjectRemoved|LifecycleExpiration):/.test(name)) return true;
  return value["source"] === "aws.s3" && value["detail-type"] === "Object Deleted";
}

/** `{ bucket: { name }, object: { key } }`, as both kinds of S3 events have it. */
function s3Part(value: unknown): ImageReference | undefined {
  if (!isRecord(value) || !isRecord(value["object"])) return undefined;
  const bucket = isRecord(value["bucket"]) ? value["bucket"]["name"] : undefined;
  return reference(bucket, value["object"]["key"]);
}

/** Keys of notifications are URL-encoded like a form; those of EventBridge are plain. */
function decodeKey(key: unknown, path: readonly string[]): unknown {
  if (typeof key !== "string") return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    throw invalidPayload([{ path: [...path, "s3", "object", "key"].join("."), message: "is not URL-encoded" }]);
  }
}
