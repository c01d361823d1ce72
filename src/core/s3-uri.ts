import { SconesError } from "./errors.js";

/** A place in S3: a bucket, and a key or a key prefix in it. */
export interface S3Location {
  /** The bucket's name. */
  readonly bucket: string;
  /** Key or key prefix, without a leading slash; empty for the whole bucket. */
  readonly key: string;
}

/** An `s3://` location cannot be read. */
export class S3UriError extends SconesError<"S3_URI_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "S3UriError";
  }
}

const S3_URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s;

/**
 * Splits an `s3://bucket/key` location.
 *
 * @param uri - The location.
 * @returns Bucket and key; the key is empty when the location names a whole bucket.
 * @throws {@link S3UriError} `S3_URI_INVALID` when it is not such a location.
 *
 * @example
 * ```ts
 * import { parseS3Uri } from "scones-ml/core";
 *
 * const { bucket, key } = parseS3Uri("s3://scones/models/image_model");
 * console.log(bucket, key); // scones models/image_model
 * ```
 */
export function parseS3Uri(uri: string): S3Location {
  const match = S3_URI.exec(uri);
  if (match?.[1] === undefined) {
    throw new S3UriError({
      code: "S3_URI_INVALID",
      message: `"${uri}" is not an S3 location. Write it as s3://bucket/key, with a bucket name of 3 to 63 lower-case characters.`,
      details: { uri },
    });
  }
  return { bucket: match[1], key: match[2] ?? "" };
}

/**
 * Writes an S3 location as `s3://bucket/key`.
 *
 * @param location - Bucket and key.
 * @returns The location as text.
 *
 * @example
 * ```ts
 * import { formatS3Uri } from "scones-ml/core";
 *
 * console.log(formatS3Uri({ bucket: "scones", key: "train.lst" })); // s3://scones/train.lst
 * ```
 */
export function formatS3Uri(location: S3Location): string {
  return `s3://${location.bucket}/${location.key}`;
}

/**
 * Joins key segments with single slashes and drops empty ones.
 *
 * @param parts - Segments; slashes at their ends do not matter.
 * @returns The key, without a slash at either end.
 * @internal
 */
export function joinS3Key(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ""))
    .filter((part) => part !== "")
    .join("/");
}
