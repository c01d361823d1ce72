import { Readable } from "node:stream";

/**
 * Reads whatever an SDK client sends as a body piece by piece.
 *
 * @param body - Nothing, text, bytes, a Node stream, a web stream, a Blob or another async iterable of text or bytes.
 * @returns The bytes of the body.
 * @internal
 */
export function toByteStream(body: unknown): AsyncIterable<Uint8Array> {
  if (body === undefined || body === null || body === "") return emptyStream();
  if (typeof body === "string") return new WholeBody(Buffer.from(body));
  if (ArrayBuffer.isView(body)) return new WholeBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  if (body instanceof ArrayBuffer) return new WholeBody(new Uint8Array(body));
  if (body instanceof Readable) return chunksOf(body.iterator({ destroyOnReturn: false }));
  if (body instanceof Blob) return chunksOf(body.stream());
  if (isAsyncIterable(body)) return chunksOf(body);
  throw new TypeError("A request body must be text, bytes, a stream, a Blob or an async iterable of bytes.");
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

async function* emptyStream(): AsyncGenerator<Uint8Array> {}

/** A body that is there already: whoever knows it need not wait for its pieces. @internal */
export class WholeBody implements AsyncIterable<Uint8Array> {
  /** All of the body. */
  readonly bytes: Uint8Array;

  /** @param bytes - All of the body. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.bytes.byteLength > 0) yield this.bytes;
  }
}

async function* chunksOf(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (typeof chunk === "string") yield Buffer.from(chunk);
    else if (ArrayBuffer.isView(chunk)) yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    else throw new TypeError("A request body stream must give text or bytes.");
  }
}
