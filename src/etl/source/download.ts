import { throwIfAborted } from "../../core/abort.js";
import { describeUrl } from "./describe-url.js";
import type { DownloadOptions } from "./download-options.js";
import { hasFile, openPart, type PartFile } from "./part-file.js";
import { MAX_FILE_BYTES } from "./receive-body.js";
import { type FailedDownload, TransferFailure, toDownloadError } from "./transfer-failure.js";
import { announceRetry, tryAddress } from "./try-address.js";

export { describeUrl } from "./describe-url.js";
export type { DownloadEvent, DownloadOptions } from "./download-options.js";

/**
 * Downloads a file once, through broken connections, stalls and busy servers: requests resume where the last one ended,
 * and other addresses step in. The file appears under its name only when it is complete and has the published checksum.
 * Where that checksum is known, an abort or a failure leaves `<path>.part` beside it, and the next call, in this or
 * another process, goes on from there; else nothing is left.
 *
 * @param options - See {@link DownloadOptions}.
 * @returns The file's path.
 * @throws {@link DownloadError} `DOWNLOAD_FAILED` when no address brings the file, or it cannot be written.
 * @throws {@link DownloadError} `CHECKSUM_MISMATCH` when other bytes came; nothing of them is kept.
 * @throws The signal's reason after an abort.
 * @internal
 */
export async function downloadFile(options: DownloadOptions): Promise<string> {
  const { url, mirrors = [], path, md5, bytes, signal } = options;
  throwIfAborted(signal);
  const isKept = md5 !== undefined;
  const unopened = { source: describeUrl(url), addresses: 1, receivedBytes: 0, isKept };
  const isThere = await orDownloadError(unopened, () => hasFile(path, bytes));
  if (isThere) return path;
  const openPartOptions = { path, isKept, maxBytes: bytes ?? MAX_FILE_BYTES, signal };
  const part = await orDownloadError(unopened, () => openPart(openPartOptions));
  try {
    await tryAddresses([url, ...mirrors], part, options);
    throwIfAborted(signal);
    await orDownloadError({ ...unopened, receivedBytes: part.size }, () => part.commit());
    return path;
  } catch (error) {
    await part.release();
    throw error;
  }
}

/** Asks one address after the other, until the part is the whole file. */
async function tryAddresses(addresses: readonly URL[], part: PartFile, options: DownloadOptions): Promise<void> {
  const isKept = options.md5 !== undefined;
  let last: FailedDownload | undefined;
  for (const [index, url] of addresses.entries()) {
    if (last !== undefined) announceRetry(url, last.failure, part, 0, options.onEvent);
    const failure = await tryAddress(url, part, options);
    if (failure === undefined) return;
    last = { failure, source: describeUrl(url), addresses: index + 1, receivedBytes: part.size, isKept };
    if (failure.parts.remedy === "none") break;
    // Without a checksum nobody could tell whether the halves of two servers fit.
    if (!isKept && index + 1 < addresses.length) await part.restart();
  }
  if (last !== undefined) throw toDownloadError(last);
}

async function orDownloadError<T>(download: Omit<FailedDownload, "failure">, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TransferFailure ? toDownloadError({ ...download, failure: error }) : error;
  }
}
