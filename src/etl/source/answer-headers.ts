import { describeUrl } from "./describe-url.js";
import type { PartFile } from "./part-file.js";
import { TransferFailure } from "./transfer-failure.js";

/** What the headers of an answer say about its body. @internal */
export interface AnnouncedBody {
  /** The byte of the file with which it begins. */
  readonly offset: number;
  /** Bytes of the whole file. */
  readonly totalBytes: number | undefined;
  /** Whether nothing is missing, so that the body is only the page that says so. */
  readonly isEmpty?: true;
}

/** States of a server that may pass. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const MAX_RETRY_AFTER_SECONDS = 60;

/**
 * Says which bytes are asked for, and in which form.
 *
 * @param url - The address.
 * @param part - What has come so far.
 * @returns The headers of the request.
 * @internal
 */
export function buildRequestHeaders(url: URL, part: PartFile): Record<string, string> {
  // Without this a server may unpack a .tar.gz on the way, and another file than the published one arrives.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (part.size === 0) return headers;
  headers["range"] = `bytes=${part.size}-`;
  // A mark says nothing about the bytes of another server.
  const version = part.versions.get(url.href);
  if (version !== undefined) headers["if-range"] = version;
  return headers;
}

/**
 * Finds out what an answer brings, or why it is of no use. The kept bytes are left alone.
 *
 * @param url - The address that was asked.
 * @param response - Its answer.
 * @param part - What has come so far.
 * @returns What the body is.
 * @throws {@link TransferFailure} when the body must not be used.
 * @internal
 */
export function readAnswerHeaders(url: URL, response: Response, part: PartFile): AnnouncedBody {
  const { status, headers } = response;
  const range = headers.get("content-range")?.trim() ?? "";
  if (status === 416 && part.size > 0) {
    // An earlier request, or run, ended after the last byte.
    const isWhole = range.toLowerCase() === `bytes */${part.size}`;
    if (isWhole) return { offset: part.size, totalBytes: part.size, isEmpty: true };
    throw new TransferFailure({ reason: `the server has no bytes from ${part.size} on`, remedy: "start-over", status });
  }
  if (!response.ok) {
    throw new TransferFailure({
      reason: `the server says ${status}`,
      remedy: PASSING.has(status) ? "retry" : "next-address",
      status,
      retryAfterMs: parseRetryAfter(headers.get("retry-after")),
    });
  }
  const encoding = headers.get("content-encoding")?.trim() ?? "";
  if (encoding !== "" && encoding.toLowerCase() !== "identity") {
    const reason = `the server sends it in the content encoding "${encoding}", although it was asked for the file as it is, so that the bytes would not be those of the file`;
    throw new TransferFailure({ reason, remedy: "next-address", status });
  }
  if (status !== 206) return { offset: 0, totalBytes: parseSize(headers.get("content-length")) };
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/i.exec(range) ?? [];
  const totalBytes = parseSize(total) ?? part.announcedBytes;
  const isOther = part.announcedBytes !== undefined && totalBytes !== part.announcedBytes;
  if (isOtherVersion(part.versions.get(url.href), headers)) {
    throw new TransferFailure({ reason: "the file has changed on the server", remedy: "start-over", status });
  }
  if (Number(first) === part.size && totalBytes !== undefined && !isOther) return { offset: part.size, totalBytes };
  const asked = `bytes ${part.size}- of ${part.announcedBytes ?? "the file"}`;
  throw new TransferFailure({
    reason: `the server sends the range "${range}" where ${asked} were asked for`,
    remedy: "start-over",
    status,
  });
}

/**
 * Finds the mark of the file's version, which tells a later request whether the file is still the same.
 *
 * @param headers - The headers of an answer.
 * @returns Its entity tag, unless a weak one, or its date.
 * @internal
 */
export function readVersion(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  // A weak tag may stand for other bytes, so that If-Range must not have one.
  if (tag?.startsWith('"')) return tag;
  return headers.get("last-modified") ?? undefined;
}

/**
 * Refuses addresses that are of no server.
 *
 * @param url - The address.
 * @throws {@link TransferFailure} when its protocol is neither `http:` nor `https:`.
 * @internal
 */
export function requireWebAddress(url: URL): void {
  if (url.protocol === "http:" || url.protocol === "https:") return;
  const reason = `${describeUrl(url)} is neither an http: nor an https: address`;
  throw new TransferFailure({ reason, remedy: "next-address" });
}

/** Some servers heed a range, but not the condition on it. */
function isOtherVersion(known: string | undefined, headers: Headers): boolean {
  if (known === undefined) return false;
  const sent = headers.get(known.startsWith('"') ? "etag" : "last-modified");
  return sent !== null && sent !== known;
}

function parseSize(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

function parseRetryAfter(text: string | null): number | undefined {
  const seconds = parseSize(text);
  return seconds === undefined ? undefined : Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000;
}
