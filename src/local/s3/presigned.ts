import type { WireRequest } from "../wire.js";
import { S3Error } from "./s3-error.js";

const MAX_EXPIRES_SECONDS = 604_800;
const SIGNING = /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token)$/i;

/**
 * Moves what a presigned URL carries as query parameters in place of headers to where operations look for it.
 *
 * @param request - The request.
 * @returns The same request; with further headers when it is presigned.
 * @internal
 */
export function hoistPresigned(request: WireRequest): WireRequest {
  const hoisted: Record<string, string> = {};
  const query = new Map<string, string>();
  for (const [name, value] of request.query) {
    if (/^x-amz-/i.test(name) && !SIGNING.test(name)) hoisted[name.toLowerCase()] = value;
    else query.set(name, value);
  }
  if (query.size === request.query.size) return request;
  return { ...request, query, headers: { ...hoisted, ...request.headers } };
}

/**
 * Refuses presigned URLs that have expired or do not say when; the signature itself is not checked.
 *
 * @param request - The request.
 * @param now - Milliseconds since the epoch.
 * @throws {@link S3Error} `AccessDenied` or `AuthorizationQueryParametersError`.
 * @internal
 */
export function checkPresigned(request: WireRequest, now: number): void {
  const { query } = request;
  if (query.has("X-Amz-Signature") || query.has("X-Amz-Algorithm")) {
    const date = parseBasicDate(query.get("X-Amz-Date") ?? "");
    const expires = query.get("X-Amz-Expires") ?? "";
    if (!/^\d{1,7}$/.test(expires) || Number(expires) > MAX_EXPIRES_SECONDS || Number(expires) < 1) {
      throw badParameters("X-Amz-Expires must be between 1 and 604800 seconds");
    }
    if (date === undefined)
      throw badParameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
    if (now >= date + Number(expires) * 1000) throw expired(expires, date + Number(expires) * 1000, now);
  } else if (query.has("Signature") && query.has("AWSAccessKeyId")) {
    const end = Number(query.get("Expires") ?? "") * 1000;
    if (!(end > 0))
      throw new S3Error(403, "AccessDenied", "Query-string authentication requires the Expires parameter");
    if (now >= end) throw expired("", end, now);
  }
}

function parseBasicDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function badParameters(message: string): S3Error {
  return new S3Error(400, "AuthorizationQueryParametersError", message);
}

function expired(seconds: string, end: number, now: number): S3Error {
  return new S3Error(403, "AccessDenied", "Request has expired", {
    "X-Amz-Expires": seconds,
    Expires: new Date(end).toISOString(),
    ServerTime: new Date(now).toISOString(),
  });
}
