import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { DownloadError } from "./etl-errors.js";

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
  if (await isFile(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.part`;
  try {
    const actual = await receive(options, partial);
    if (options.md5 !== undefined && actual !== options.md5) {
      throw new DownloadError({
        code: "CHECKSUM_MISMATCH",
        message: `${url.href} has the md5 ${actual}, but ${options.md5} is published. Nothing was kept; try again or use another source.`,
        details: { source: url.href, expected: options.md5, actual },
      });
    }
    await rename(partial, path);
    return path;
  } finally {
    await rm(partial, { force: true });
  }
}

async function receive({ url, fetch, signal, onBytes }: DownloadOptions, partial: string): Promise<string> {
  let receivedBytes = 0;
  const failed = (reason: string, status?: number, cause?: unknown) =>
    new DownloadError({
      code: "DOWNLOAD_FAILED",
      message: `${url.href} could not be downloaded: ${reason}. Try again, or download it otherwise and pass its path.`,
      details: { source: url.href, receivedBytes, ...(status === undefined ? {} : { status }) },
      ...(cause === undefined ? {} : { cause }),
    });

  const file = await open(partial, "wx");
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (!response.ok || response.body === null) throw failed(`the server says ${response.status}`, response.status);
    const announced = Number(response.headers.get("content-length") ?? Number.NaN);
    const totalBytes = Number.isInteger(announced) ? announced : undefined;
    const hash = createHash("md5");
    for await (const chunk of response.body) {
      hash.update(chunk);
      await file.write(chunk);
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

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
