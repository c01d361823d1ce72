import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CIFAR_ARCHIVES, type PublishedArchive } from "../cifar/cifar-archives.js";
import { type DownloadEvent, describeUrl, downloadFile } from "./download.js";

/** Where an archive comes from: a file path, a `file:`, `http:` or `https:` URL, its bytes, or a stream of them. */
export type CifarSource = string | URL | Uint8Array | AsyncIterable<Uint8Array>;

/** What {@link openSource} needs to know. @internal */
export interface OpenSourceOptions {
  /** Where the archive comes from. */
  readonly source: CifarSource;
  /** Other addresses of the same file. */
  readonly mirrors: readonly (string | URL)[];
  /** Checksum of a file that is not one of the published archives. */
  readonly md5?: string | undefined;
  /** Folder that keeps downloads. */
  readonly cacheDirectory?: string | undefined;
  /** What to download with. */
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte after which a connection counts as stalled. */
  readonly stallTimeoutMs: number;
  /** Ends a download. */
  readonly signal?: AbortSignal | undefined;
  /** Is told the bytes of a download. */
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
}

/** An archive that can be read. @internal */
export interface OpenedSource {
  /** What to call it in messages. */
  readonly name: string;
  /** Its bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Whether it is one of the published archives, by its address. */
  readonly isPublished: boolean;
  /** Removes it from the cache, where it came from there. */
  readonly discard?: () => Promise<void>;
}

const READ_BYTES = 1024 * 1024;

/**
 * Opens an archive; one with an `http:` or `https:` address is downloaded into the cache first.
 *
 * @param options - See {@link OpenSourceOptions}.
 * @returns The archive's name and bytes. A path that cannot be read shows when the bytes are.
 * @throws {@link DownloadError} `DOWNLOAD_FAILED` or `CHECKSUM_MISMATCH`.
 * @internal
 */
export async function openSource(options: OpenSourceOptions): Promise<OpenedSource> {
  const { source, signal, onEvent } = options;
  if (source instanceof Uint8Array) return { name: "(bytes)", chunks: slice(source), isPublished: false };
  if (typeof source === "object" && !(source instanceof URL)) {
    return { name: "(stream)", chunks: source, isPublished: false };
  }
  const url = parseUrl(source);
  if (url === undefined) return { name: String(source), chunks: readFile(String(source)), isPublished: false };
  if (url.protocol === "file:") return { name: url.href, chunks: readFile(fileURLToPath(url)), isPublished: false };
  const published: PublishedArchive | undefined = Object.values(CIFAR_ARCHIVES).find((known) => known.url === url.href);
  const path = join(options.cacheDirectory ?? defaultCacheDirectory(), chooseCacheName(url, published !== undefined));
  await downloadFile({
    url,
    path,
    mirrors: options.mirrors.map((mirror) => new URL(mirror)),
    fetch: options.fetch,
    stallTimeoutMs: options.stallTimeoutMs,
    signal,
    md5: published?.md5 ?? options.md5,
    bytes: published?.bytes,
    onEvent,
  });
  return {
    name: describeUrl(url),
    chunks: readFile(path),
    isPublished: published !== undefined,
    discard: () => rm(path, { force: true }),
  };
}

/**
 * The folder that keeps downloads unless another one is chosen: `.cache/scones-ml` in the user's home.
 *
 * @returns The folder's path.
 * @internal
 */
function defaultCacheDirectory(): string {
  return join(homedir(), ".cache", "scones-ml");
}

/** The published archive keeps its name; files of other addresses may share one, so their address goes into it. */
function chooseCacheName(url: URL, isPublished: boolean): string {
  const name = basename(url.pathname)
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .slice(-100);
  if (isPublished) return name;
  return `${createHash("sha256").update(url.href).digest("hex").slice(0, 16)}-${name}`;
}

/**
 * Tells addresses from file paths.
 *
 * @param source - An address, or its text, or a path.
 * @returns The address, or `undefined` for a path.
 * @internal
 */
export function parseUrl(source: string | URL): URL | undefined {
  if (source instanceof URL) return source;
  return /^(https?|file):\/\//i.test(source) ? new URL(source) : undefined;
}

function readFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: READ_BYTES });
}

async function* slice(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += READ_BYTES) yield bytes.subarray(start, start + READ_BYTES);
}
