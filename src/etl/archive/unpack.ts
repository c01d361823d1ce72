import { ReadStream } from "node:fs";
import { Readable } from "node:stream";
import { types } from "node:util";
import { createGunzip, type Gunzip, type ZlibOptions } from "node:zlib";
import { archiveInvalid } from "./archive-failures.js";

/** A running decompression. @internal */
export interface Unpacking {
  /** The plain bytes; as they are when the source is not gzip. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What the source itself failed with, as opposed to what is wrong with its bytes. */
  readonly sourceFailure: () => { readonly error: Error } | undefined;
  /** Whether the source gave fewer bytes than the shortest magic number. */
  readonly isEmpty: () => boolean;
  /** Stops everything, also where a chunk is still being waited for. */
  readonly stop: () => void;
  /** Waits until an opened file is closed. */
  readonly closed: () => Promise<void>;
}

const GZIP_MAGIC = Buffer.of(0x1f, 0x8b);
/** Nothing ever comes of such a stream, not even its end. */
const USED_UP = {
  source: "(stream)",
  reason: "its stream was read or closed before; a stream can be read once: pass a new one, or a path",
};
const CHUNK_BYTES = 1024 * 1024;
/** As many chunks are unpacked ahead while the last one is worked on. */
const CHUNKS_AHEAD = 8;

/**
 * Unpacks a source where it is gzip. Begins at once, before anybody reads.
 *
 * @param source - Bytes of a gzip stream, or of anything else.
 * @returns The plain bytes, and the means to stop.
 * @internal
 */
export function unpack(source: AsyncIterable<Uint8Array>): Unpacking {
  const isByteStream = source instanceof Readable && !source.readableObjectMode && source.readableEncoding === null;
  const readable = isByteStream ? source : Readable.from(requireBytes(source), { objectMode: false });
  let gunzip: Gunzip | undefined;
  let failure: { readonly error: Error } | undefined;
  let isEmpty = false;
  readable.on("error", (error) => {
    failure ??= { error };
    gunzip?.destroy(error);
  });

  const open = async (): Promise<AsyncIterable<Uint8Array>> => {
    if (readable.errored) failure ??= { error: readable.errored };
    if (readable.destroyed || readable.readableEnded) throw readable.errored ?? archiveInvalid(USED_UP);
    const head = await readHead(readable);
    isEmpty = head.length < GZIP_MAGIC.length;
    if (isEmpty || !head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC)) return readable;
    // The stream options stand in no type of zlib. As objects the chunks stay apart: a stream of bytes joins all that it
    // holds, a copy of everything.
    const ahead = { readableObjectMode: true, readableHighWaterMark: CHUNKS_AHEAD };
    const options: ZlibOptions = { chunkSize: CHUNK_BYTES, ...ahead };
    gunzip = createGunzip(options);
    gunzip.on("error", () => undefined);
    return readable.pipe(gunzip);
  };
  const opening = open();
  opening.catch(() => undefined);
  async function* read(): AsyncGenerator<Uint8Array> {
    yield* await opening;
  }

  return {
    chunks: read(),
    sourceFailure: () => failure,
    isEmpty: () => isEmpty,
    stop: () => {
      readable.destroy();
      gunzip?.destroy();
    },
    // Only a file closes for certain: a foreign stream may be waiting for a chunk that never comes.
    closed: async () => {
      if (!(readable instanceof ReadStream) || readable.closed) return;
      await new Promise<void>((resolve) => readable.once("close", () => resolve()));
    },
  };
}

async function* requireBytes(source: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (types.isUint8Array(chunk)) {
      yield chunk;
      continue;
    }
    const reason = `its stream gives a ${typeof chunk} instead of bytes: pass a stream of Uint8Array without an encoding`;
    throw archiveInvalid({ source: "(stream)", reason });
  }
}

/** Looks at the first bytes, at least as many as the magic number has, and leaves them where they are. */
function readHead(readable: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0);
    const onReadable = () => {
      for (let chunk: Buffer | null = readable.read(); chunk !== null; chunk = readable.read()) {
        head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        if (head.length < GZIP_MAGIC.length) continue;
        readable.unshift(head);
        return settle(() => resolve(head));
      }
    };
    const onEnd = () => settle(() => resolve(head));
    const onClose = () => settle(() => reject(readable.errored ?? new Error("the source was closed")));
    const settle = (finish: () => void) => {
      readable.off("readable", onReadable).off("end", onEnd).off("close", onClose).off("error", onClose);
      finish();
    };
    readable.on("readable", onReadable).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}
