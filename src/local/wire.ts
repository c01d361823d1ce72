import { WholeBody } from "./byte-stream.js";

/**
 * One HTTP request of an AWS client, as the local services see it, whichever way it came in.
 * @internal
 */
export interface WireRequest {
  /** Upper-case HTTP method. */
  readonly method: string;
  /** Path as sent, still percent-encoded, without the query. */
  readonly path: string;
  /** Decoded query parameters; a parameter without a value has the value "". */
  readonly query: ReadonlyMap<string, string>;
  /** Header values by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, piece by piece; it ends early with an error when the sender goes away. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Fires when the sender gives up. */
  readonly signal?: AbortSignal;
}

/** One HTTP answer of a local service. @internal */
export interface WireResponse {
  /** HTTP status code. */
  readonly status: number;
  /** Header values by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, whole or piece by piece. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A local service: answers one request. Service errors are answers; a rejection is a fault of ours. @internal */
export type WireService = (request: WireRequest) => Promise<WireResponse>;

/**
 * Reads a body to its end.
 *
 * @param body - The body.
 * @param limit - Most bytes to take.
 * @returns The bytes, or `undefined` when there are more than `limit`.
 * @internal
 */
export async function readBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  if (body instanceof WholeBody) return body.bytes.byteLength > limit ? undefined : body.bytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/**
 * Writes an answer of the AWS JSON protocols.
 *
 * @param status - HTTP status code.
 * @param value - What becomes the JSON body.
 * @param version - Version of the protocol.
 * @returns The answer.
 * @internal
 */
export function jsonResponse(status: number, value: unknown, version = "1.1"): WireResponse {
  return {
    status,
    headers: { "content-type": `application/x-amz-json-${version}` },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/**
 * Writes a service exception of the AWS JSON protocols, from which the SDK makes a genuine exception instance.
 *
 * @param status - HTTP status code.
 * @param type - Name of the exception in the service model.
 * @param message - The exception's message.
 * @param members - Further members of the exception.
 * @param version - Version of the protocol.
 * @returns The answer.
 * @internal
 */
export function jsonError(
  status: number,
  type: string,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
  version?: string,
): WireResponse {
  const response = jsonResponse(status, { __type: type, message, Message: message, ...members }, version);
  return { ...response, headers: { ...response.headers, "x-amzn-errortype": type } };
}
