import type { Extract, Header } from "tar-stream";
import { isSconesError } from "../../core/errors.js";
import { archiveInvalid, archiveTruncated } from "./archive-failures.js";
import { type Unpacking, unpack } from "./unpack.js";

/** One member of an archive. @internal */
export interface ArchiveMember {
  /** Last part of the member's name; its folder is never used. */
  readonly name: string;
  /** The member's bytes; what is not read is skipped. */
  readonly body: AsyncGenerator<Uint8Array>;
}

/** What {@link readMembers} reads. @internal */
export interface ReadMembersOptions {
  /** The archive's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What to call the archive in messages. */
  readonly source: string;
  /** Sets of members to look for, without a folder. The first one found decides for its set, which has to be complete. */
  readonly sets: readonly (readonly string[])[];
  /** Ends the reading, also while a chunk is being waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** Most bytes that an archive may unpack to; the genuine one has 186,306,560. */
const MAX_UNPACKED_BYTES = 1024 ** 3;

/**
 * Reads known members of a `.tar.gz` or `.tar` one after the other, streaming. No path of the archive is ever used.
 * The archive is read to its end, so that a cut one is noticed. However the reading ends, the source is closed.
 *
 * @param options - See {@link ReadMembersOptions}.
 * @returns The wanted members, in the archive's order.
 * @throws {@link ArchiveError} `ARCHIVE_TRUNCATED` when it ends early.
 * @throws {@link ArchiveError} `ARCHIVE_INVALID` when it is no archive, lacks a member, has one twice, or unpacks to too
 * much.
 * @throws The signal's reason, or what a foreign stream fails with, unchanged.
 * @internal
 */
export async function* readMembers(options: ReadMembersOptions): AsyncGenerator<ArchiveMember> {
  const { source, sets, signal } = options;
  signal?.throwIfAborted();
  const unpacking = unpack(options.chunks);
  let tar: Extract | undefined;
  let entries = 0;
  let names: readonly string[] | undefined;
  const found = new Set<string>();
  const explain = (error: unknown) => {
    signal?.throwIfAborted();
    return describeFailure(error, source, unpacking, entries);
  };
  const stop = () => {
    unpacking.stop();
    tar?.destroy(new Error("stopped"));
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    // Loaded while the first bytes are unpacked.
    const { extract } = await import("tar-stream");
    tar = extract();
    tar.on("error", () => undefined);
    const feeding = feed(unpacking, tar, source);
    for await (const entry of tar) {
      entries++;
      requireSize(entry.header, source);
      const name = entry.header.name.split("/").at(-1) ?? "";
      if (entry.header.type === "file") names ??= sets.find((set) => set.includes(name));
      if (entry.header.type === "file" && names?.includes(name)) {
        if (found.has(name)) throw archiveInvalid({ source, reason: `it holds two members "${name}"` });
        found.add(name);
        const body = guard(entry as AsyncIterable<Uint8Array>, explain);
        yield { name, body };
        while (!(await body.next()).done);
      }
      entry.resume();
    }
    await feeding;
  } catch (error) {
    throw explain(error);
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
    await unpacking.closed();
  }
  signal?.throwIfAborted();
  if (unpacking.isEmpty()) throw archiveInvalid({ source, reason: "it is empty" });
  if (entries === 0) throw archiveInvalid({ source, reason: NO_ARCHIVE });
  const missing = (names ?? sets[0] ?? []).filter((name) => !found.has(name));
  if (missing.length === 0) return;
  const listed = missing.map((name) => `"${name}"`).join(" and ");
  throw archiveInvalid({ source, reason: `it holds no member ${listed}` });
}

/** A size that is none makes the tar reader wait forever for the member's end. */
function requireSize({ name, size }: Header, source: string): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  throw archiveInvalid({ source, reason: `the member ${JSON.stringify(name.slice(0, 100))} has no size` });
}

/** A failure in the middle of a member reaches whoever reads that member, so it is named there. */
async function* guard(
  body: AsyncIterable<Uint8Array>,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

/** Writes the plain bytes into the tar reader; a failure ends that, and so reaches whoever reads from it. */
async function feed(unpacking: Unpacking, tar: Extract, source: string): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of unpacking.chunks) {
      size += chunk.byteLength;
      if (size > MAX_UNPACKED_BYTES)
        throw archiveInvalid({ source, reason: `it unpacks to more than ${MAX_UNPACKED_BYTES} bytes` });
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

const NO_ARCHIVE = "it is neither a .tar.gz nor a .tar";

function describeFailure(error: unknown, source: string, unpacking: Unpacking, entries: number): unknown {
  if (isSconesError(error)) return error;
  const failure = unpacking.sourceFailure();
  if (failure) {
    if (isSconesError(failure.error) || !("syscall" in failure.error)) return failure.error;
    const code = "code" in failure.error ? String(failure.error.code) : "";
    return archiveInvalid({ source, reason: `it cannot be read (${code})`, cause: failure.error });
  }
  const gzipCode = error instanceof Error && "code" in error ? String(error.code) : "";
  const isGzipCut = gzipCode === "Z_BUF_ERROR";
  const isTarCut = error instanceof Error && error.message === "Unexpected end of data";
  if (isGzipCut || (isTarCut && entries > 0)) return archiveTruncated(source, error);
  const isDamaged = entries > 0 || gzipCode === "Z_DATA_ERROR";
  return archiveInvalid({ source, reason: isDamaged ? "it is damaged" : NO_ARCHIVE, cause: error });
}
