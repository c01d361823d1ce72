import type { WireRequest, WireResponse } from "../wire.js";
import type { ObjectStore } from "./object-store.js";
import { S3Error } from "./s3-error.js";
import { formatXml, type XmlContent } from "./xml.js";

/** One request to S3 with all that an operation needs. @internal */
export interface S3Call {
  /** The request; what a presigned URL carries as query parameters in place of headers is among its headers. */
  readonly request: WireRequest;
  readonly store: ObjectStore;
  readonly region: string;
  readonly accountId: string;
  /** Empty for operations on all buckets. */
  readonly bucket: string;
  /** Decoded; empty for operations on a bucket. */
  readonly key: string;
  /** Gives a header by lower-case name. */
  header(name: string): string | undefined;
}

/** One operation of S3. @internal */
export type S3Operation = (call: S3Call) => Promise<WireResponse>;

/**
 * Answers without a body.
 *
 * @param status - HTTP status code.
 * @param headers - Headers by lower-case name.
 * @returns The answer.
 * @internal
 */
export function emptyResponse(status: number, headers: Readonly<Record<string, string>> = {}): WireResponse {
  return { status, headers, body: NOTHING };
}

const NOTHING = new Uint8Array(0);

/**
 * Answers with an XML document.
 *
 * @param root - Name of the outermost element.
 * @param content - What it holds.
 * @param headers - Further headers.
 * @returns The answer.
 * @internal
 */
export function xmlResponse(
  root: string,
  content: XmlContent,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body: formatXml(root, content) };
}

/**
 * Reads a query parameter that must be a whole number.
 *
 * @param call - The request.
 * @param name - The parameter.
 * @param range - Smallest and largest value.
 * @param fallback - The value when the parameter is absent or empty.
 * @returns The number.
 * @throws {@link S3Error} `InvalidArgument`.
 * @internal
 */
export function integerParameter(
  call: S3Call,
  name: string,
  range: { readonly min: number; readonly max: number },
  fallback: number,
): number {
  const text = call.request.query.get(name);
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < range.min || value > range.max) {
    throw new S3Error(
      400,
      "InvalidArgument",
      `Argument ${name} must be an integer between ${range.min} and ${range.max}.`,
      { ArgumentName: name, ArgumentValue: text },
    );
  }
  return value;
}
