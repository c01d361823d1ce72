import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { isSconesError } from "../core/errors.js";
import { ArchiveError } from "./etl-errors.js";

/** One member of an archive. @internal */
export interface ArchiveMember {
  /** Last part of the member's name; its folder is never used. */
  readonly name: string;
  /** Bytes that the archive announces. */
  readonly size: number;
  /** The member's bytes; what is not read is skipped. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What {@link readMembers} reads. @internal */
export interface ReadMembersOptions {
  /** The archive's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive in messages. */
  readonly source: string;
  /** Names of the members to look for, without a folder. */
  readonly names: readonly string[];
}

/** Most bytes that an archive may unpack to; the genuine one has 186,306,560. */
const MAX_UNPACKED_BYTES = 1024 ** 3;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads known members of a `.tar.gz` or `.tar` one after the other, streaming. No path of the archive is ever used.
 * The archive is read to its end, so that a cut one is noticed.
 *
 * @param options - See {@link ReadMembersOptions}.
 * @returns The wanted members, in the archive's order.
 * @throws {@link ArchiveError} `ARCHIVE_TRUNCATED` when it ends early.
 * @throws {@link ArchiveError} `ARCHIVE_INVALID` when it is no archive, lacks a member or unpacks to too much.
 * @internal
 */
export async function* readMembers(options: ReadMembersOptions): AsyncGenerator<ArchiveMember> {
  const { source, names } = options;
  const tar = extract();
  const feeding = feed(options, tar);
  const missing = new Set(names);
  let seen = 0;
  try {
    for await (const entry of tar) {
      seen++;
      const { type, size = 0 } = entry.header;
      const name = /^(?:\.\/)?(?:[^/]+\/)?([^/]+)$/.exec(entry.header.name)?.[1];
      if (type === "file" && name !== undefined && missing.delete(name)) {
        yield { name, size, body: guard(entry as AsyncIterable<Uint8Array>, source) };
      }
      entry.resume();
    }
    await feeding;
  } catch (error) {
    throw describeFailure(error, source, seen);
  } finally {
    tar.destroy();
    await feeding.catch(() => undefined);
  }
  if (missing.size > 0) {
    const listed = [...missing].map((name) => `"${name}"`).join(" and ");
    throw invalid(source, `it holds no member ${listed}`);
  }
}

/** A failure in the middle of a member reaches whoever reads that member, so it is named there. */
async function* guard(body: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw describeFailure(error, source, 1);
  }
}

type Extract = ReturnType<typeof extract>;

/** Unpacks and writes into the tar reader; a failure ends the reader, which hands it on to whoever reads from it. */
async function feed({ chunks, source }: ReadMembersOptions, tar: Extract): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of decompress(chunks)) {
      size += chunk.byteLength;
      if (size > MAX_UNPACKED_BYTES) throw invalid(source, `it unpacks to more than ${MAX_UNPACKED_BYTES} bytes`);
      if (tar.destroyed) return;
      if (!tar.write(chunk)) await waitForDrain(tar);
    }
    tar.end(undefined);
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function waitForDrain(tar: Extract): Promise<void> {
  return new Promise((resolve) => {
    if (tar.destroyed) return resolve();
    const done = () => {
      tar.off("drain", done);
      tar.off("close", done);
      resolve();
    };
    tar.on("drain", done);
    tar.on("close", done);
  });
}

async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const readable = Readable.from(chunks, { objectMode: false });
  try {
    const first = await readFirst(readable);
    if (first === undefined) return;
    readable.unshift(first);
    if (!GZIP_MAGIC.every((byte, index) => first[index] === byte)) {
      yield* readable;
      return;
    }
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    readable.on("error", (error) => gunzip.destroy(error));
    readable.pipe(gunzip);
    try {
      yield* gunzip;
    } finally {
      gunzip.destroy();
    }
  } finally {
    readable.destroy();
  }
}

function readFirst(readable: Readable): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const onReadable = () => {
      const chunk: Uint8Array | null = readable.read();
      if (chunk !== null) finish(() => resolve(chunk));
    };
    const onEnd = () => finish(() => resolve(undefined));
    const onError = (error: Error) => finish(() => reject(error));
    const finish = (settle: () => void) => {
      readable.off("readable", onReadable).off("end", onEnd).off("error", onError);
      settle();
    };
    readable.on("readable", onReadable).on("end", onEnd).on("error", onError);
  });
}

function describeFailure(error: unknown, source: string, seen: number): unknown {
  if (isSconesError(error) || !(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if ("syscall" in error) return invalid(source, `it cannot be read (${code})`, error);
  const isCut = code === "Z_BUF_ERROR" || /Unexpected end of data|closed prematurely/.test(error.message);
  if (isCut && (seen > 0 || code === "Z_BUF_ERROR")) {
    return new ArchiveError({
      code: "ARCHIVE_TRUNCATED",
      message: `The archive ${source} ends early: it is incomplete. Download or copy it again.`,
      details: { source },
      cause: error,
    });
  }
  if (!isCut && !code.startsWith("Z_") && !error.message.startsWith("Invalid tar header")) return error;
  return invalid(source, seen === 0 ? "it is neither a .tar.gz nor a .tar" : "it is damaged", error);
}

function invalid(source: string, reason: string, cause?: unknown): ArchiveError {
  return new ArchiveError({
    code: "ARCHIVE_INVALID",
    message: `The archive ${source} cannot be used: ${reason}. Use the CIFAR-100 python archive, cifar-100-python.tar.gz.`,
    details: { source, reason },
    ...(cause === undefined ? {} : { cause }),
  });
}
