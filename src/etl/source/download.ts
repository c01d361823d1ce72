import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DownloadError } from "../etl-errors.js";

/** What {@link downloadFile} needs to know. @internal */
export interface DownloadOptions {
  /** Where the file is. */
  readonly url: URL;
  /** Where it goes; a file that is there already is used as it is. */
  readonly path: string;
  /** What to download with. */
  readonly fetch: typeof fetch;
  /** Published checksum; without one the number of bytes alone is checked. */
  readonly md5: string | undefined;
  /** Ends the download. */
  readonly signal: AbortSignal | undefined;
  /** Is told the bytes received so far, and the announced ones. */
  readonly onBytes: (receivedBytes: number, totalBytes: number | undefined) => void;
}

/**
 * Downloads a file once. It appears under its name only when it is complete and has the published checksum.
 *
 * @param options - See {@link DownloadOptions}.
 * @returns The file's path.
 * @throws {@link DownloadError} `DOWNLOAD_FAILED` when the server refuses or the connection breaks.
 * @throws {@link DownloadError} `CHECKSUM_MISMATCH` when other bytes came; nothing of them is kept.
 * @internal
 */
export async function downloadFile(options: DownloadOptions): Promise<string> {
  const { url, path } = options;
  const source = describeUrl(url);
  if (await isFile(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.part`;
  try {
    const actual = await receive(options, partial);
    if (options.md5 !== undefined && actual !== options.md5) {
      throw new DownloadError({
        code: "CHECKSUM_MISMATCH",
        message: `${source} has the md5 ${actual}, but ${options.md5} is published. Nothing was kept; try again or use another source.`,
        details: { source, expected: options.md5, actual },
      });
    }
    await rename(partial, path);
    return path;
  } finally {
    await rm(partial, { force: true });
  }
}

async function receive({ url, fetch, signal, onBytes }: DownloadOptions, partial: string): Promise<string> {
  const source = describeUrl(url);
  let receivedBytes = 0;
  const failed = (reason: string, status?: number, cause?: unknown) =>
    new DownloadError({
      code: "DOWNLOAD_FAILED",
      message: `${source} could not be downloaded: ${reason}. Try again, or download it otherwise and pass its path.`,
      details: { source, receivedBytes, ...(status === undefined ? {} : { status }) },
      ...(cause === undefined ? {} : { cause }),
    });

  const file = await open(partial, "wx");
  try {
    // Without this a server may unpack a .tar.gz on the way, and another file than the published one arrives.
    const headers = { "accept-encoding": "identity" };
    const response = await fetch(url, signal === undefined ? { headers } : { headers, signal });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw failed(`the server says ${response.status}`, response.status);
    }
    const announced = Number(response.headers.get("content-length") ?? Number.NaN);
    const totalBytes = Number.isInteger(announced) ? announced : undefined;
    const hash = createHash("md5");
    for await (const chunk of response.body) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await file.appendFile(chunk);
      receivedBytes += chunk.byteLength;
      onBytes(receivedBytes, totalBytes);
    }
    if (totalBytes !== undefined && receivedBytes !== totalBytes && !response.headers.has("content-encoding")) {
      throw failed(`${receivedBytes} of ${totalBytes} bytes came`);
    }
    return hash.digest("hex");
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof DownloadError ? error : failed("the connection broke", undefined, error);
  } finally {
    await file.close();
  }
}

/**
 * Names an address in a message, without what may be secret in it: user, password and query.
 *
 * @param url - The address.
 * @returns Its scheme, host and path.
 * @internal
 */
export function describeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
