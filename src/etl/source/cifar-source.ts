import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeUrl, downloadFile } from "./download.js";

/** Where an archive comes from: a file path, a `file:`, `http:` or `https:` URL, its bytes, or a stream of them. */
export type CifarSource = string | URL | Uint8Array | AsyncIterable<Uint8Array>;

/** What is told while an archive is read. */
export type ExtractProgressEvent =
  | {
      /** Bytes of a download arrived. */
      readonly type: "download";
      /** Bytes received so far. */
      readonly receivedBytes: number;
      /** Bytes announced by the server, where it announced them. */
      readonly totalBytes?: number;
    }
  | {
      /** An image was taken out. */
      readonly type: "image";
      /** Images taken out so far. */
      readonly count: number;
    };

/**
 * The published CIFAR-100 archive: its address, size and checksum. Source: the data set's home page; the checksum is
 * the one that torchvision and other loaders use.
 */
export const CIFAR_100_SOURCE = {
  /** Address of the archive. */
  url: "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
  /** Its size. */
  bytes: 169_001_437,
  /** Its checksum. */
  md5: "eb9058c3a382ffc7106e4002c42a8d85",
} as const;

/**
 * The folder that keeps downloads unless another one is chosen: `.cache/scones-ml` in the user's home.
 *
 * @returns The folder's path.
 * @internal
 */
export function defaultCacheDirectory(): string {
  return join(homedir(), ".cache", "scones-ml");
}

/** What {@link openSource} needs to know. @internal */
export interface OpenSourceOptions {
  /** Where the archive comes from. */
  readonly source: CifarSource;
  /** Folder that keeps downloads. */
  readonly cacheDirectory: string;
  /** What to download with. */
  readonly fetch: typeof fetch;
  /** Ends a download. */
  readonly signal?: AbortSignal | undefined;
  /** Is told the bytes of a download. */
  readonly onProgress?: ((event: ExtractProgressEvent) => void) | undefined;
}

/** An archive that can be read. @internal */
export interface OpenedSource {
  /** What to call it in messages. */
  readonly name: string;
  /** Its bytes. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens an archive; one with an `http:` or `https:` address is downloaded into the cache first.
 *
 * @param options - See {@link OpenSourceOptions}.
 * @returns The archive's name and bytes. A path that cannot be read shows when the bytes are.
 * @throws {@link DownloadError} `DOWNLOAD_FAILED` or `CHECKSUM_MISMATCH`.
 * @internal
 */
export async function openSource(options: OpenSourceOptions): Promise<OpenedSource> {
  const { source } = options;
  if (source instanceof Uint8Array) return { name: "(bytes)", chunks: slice(source) };
  if (typeof source === "object" && !(source instanceof URL)) return { name: "(stream)", chunks: source };
  const url = parseUrl(source);
  if (url === undefined)
    return { name: String(source), chunks: createReadStream(String(source), { highWaterMark: READ_BYTES }) };
  if (url.protocol === "file:")
    return { name: url.href, chunks: createReadStream(fileURLToPath(url), { highWaterMark: READ_BYTES }) };
  const isPublished = url.href === CIFAR_100_SOURCE.url;
  const path = await downloadFile({
    url,
    path: join(options.cacheDirectory, chooseCacheName(url, isPublished)),
    fetch: options.fetch,
    signal: options.signal,
    md5: isPublished ? CIFAR_100_SOURCE.md5 : undefined,
    onBytes: (receivedBytes, totalBytes) =>
      options.onProgress?.({ type: "download", receivedBytes, ...(totalBytes === undefined ? {} : { totalBytes }) }),
  });
  return { name: describeUrl(url), chunks: createReadStream(path, { highWaterMark: READ_BYTES }) };
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

const READ_BYTES = 1024 * 1024;

async function* slice(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += READ_BYTES) yield bytes.subarray(start, start + READ_BYTES);
}
