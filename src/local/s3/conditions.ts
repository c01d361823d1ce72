import type { ObjectInfo, WriteGuard } from "./object-store.js";
import type { S3Call } from "./s3-call.js";
import { notImplemented, S3Error } from "./s3-error.js";

/** Names of the four condition headers; a copy looks at its source with others. */
interface ConditionHeaders {
  readonly match: string;
  readonly noneMatch: string;
  readonly modifiedSince: string;
  readonly unmodifiedSince: string;
}

const READ: ConditionHeaders = {
  match: "if-match",
  noneMatch: "if-none-match",
  modifiedSince: "if-modified-since",
  unmodifiedSince: "if-unmodified-since",
};

const COPY_SOURCE: ConditionHeaders = {
  match: "x-amz-copy-source-if-match",
  noneMatch: "x-amz-copy-source-if-none-match",
  modifiedSince: "x-amz-copy-source-if-modified-since",
  unmodifiedSince: "x-amz-copy-source-if-unmodified-since",
};

/**
 * Looks at the conditions of a read; where both kinds are given, the ETag decides (RFC 9110).
 *
 * @param call - The request.
 * @param info - The object.
 * @returns Whether the client has the object already (304).
 * @throws {@link S3Error} `PreconditionFailed`.
 * @internal
 */
export function isUnmodified(call: S3Call, info: ObjectInfo): boolean {
  return evaluate(call, info, READ);
}

/**
 * Looks at the conditions that a copy makes for its source.
 *
 * @param call - The request.
 * @param source - The source object.
 * @throws {@link S3Error} `PreconditionFailed`.
 * @internal
 */
export function checkCopySource(call: S3Call, source: ObjectInfo): void {
  if (evaluate(call, source, COPY_SOURCE)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
}

/**
 * Makes the guard of a write from `If-None-Match: *` or `If-Match`.
 *
 * @param call - The request.
 * @returns The guard; none without a condition.
 * @throws {@link S3Error} `NotImplemented` for `If-None-Match` with an ETag, which S3 does not know for writes.
 * @internal
 */
export function writeGuard(call: S3Call): WriteGuard | undefined {
  const match = call.header("if-match");
  const noneMatch = call.header("if-none-match");
  if (noneMatch !== undefined && noneMatch.trim() !== "*")
    throw notImplemented("If-None-Match with an ETag for writes");
  if (match === undefined && noneMatch === undefined) return undefined;
  return (current) => {
    if (noneMatch !== undefined && current !== undefined) throw preconditionFailed("If-None-Match");
    if (match === undefined) return;
    if (current === undefined) {
      throw new S3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: call.key });
    }
    if (!matches(match, current.etag)) throw preconditionFailed("If-Match");
  };
}

/**
 * Compares an ETag with what a condition header lists.
 *
 * @param header - `*` or one or more ETags, quoted or not.
 * @param etag - The object's ETag, without quotes.
 * @returns Whether one of them is it.
 * @internal
 */
export function matches(header: string, etag: string): boolean {
  return header.split(",").some((item) => {
    const value = item.trim();
    return value === "*" || value.replace(/^W\//, "").replace(/^"(.*)"$/, "$1") === etag;
  });
}

function evaluate(call: S3Call, info: ObjectInfo, names: ConditionHeaders): boolean {
  const match = call.header(names.match);
  const unmodifiedSince = dateOf(call.header(names.unmodifiedSince));
  if (match !== undefined) {
    if (!matches(match, info.etag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && info.lastModified > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const noneMatch = call.header(names.noneMatch);
  if (noneMatch !== undefined) return matches(noneMatch, info.etag);
  const modifiedSince = dateOf(call.header(names.modifiedSince));
  return modifiedSince !== undefined && info.lastModified <= modifiedSince;
}

/** A date that cannot be read is passed over, as HTTP asks. */
function dateOf(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}
