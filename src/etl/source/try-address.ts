import { sleep } from "../../core/abort.js";
import { describeUrl } from "./describe-url.js";
import type { DownloadEvent, DownloadOptions } from "./download-options.js";
import type { PartFile } from "./part-file.js";
import { receiveBody } from "./receive-body.js";
import { TransferFailure } from "./transfer-failure.js";

/** Retries in a row that bring nothing before an address is given up. */
const MAX_RETRIES = 3;
const MAX_DELAY_MS = 10_000;
const DEFAULT_DELAY_MS = 250;
const DEFAULT_STALL_MS = 30_000;

/**
 * Downloads from one address, as often as it breaks, for as long as each few requests bring the file forward.
 *
 * @param url - The address.
 * @param part - Where the bytes go.
 * @param options - Options of the download.
 * @returns Why the address was given up; `undefined` when the part is the whole file, with the published checksum.
 * @throws The signal's reason after an abort.
 * @internal
 */
export async function tryAddress(
  url: URL,
  part: PartFile,
  options: DownloadOptions,
): Promise<TransferFailure | undefined> {
  let mostBytes = part.size;
  let retries = 0;
  let mayStartOver = true;
  for (;;) {
    const before = part.size;
    const failure = await tryOnce(url, part, options);
    if (failure === undefined) return undefined;
    const { remedy, retryAfterMs } = failure.parts;
    if (remedy === "none" || remedy === "next-address") return failure;
    if (remedy === "start-over") {
      if (!mayStartOver) return failure;
      await part.restart();
    }
    // After the first fresh start the bytes count anew. After further ones they do not, or it might never end.
    if (part.size < before && mayStartOver) {
      mayStartOver = false;
      mostBytes = 0;
      retries = 0;
    }
    if (part.size > mostBytes) retries = 0;
    mostBytes = Math.max(mostBytes, part.size);
    if (++retries > MAX_RETRIES) return failure;
    announceRetry(url, failure, part, retries, options.onEvent);
    const delay = (options.retryDelayMs ?? DEFAULT_DELAY_MS) * 2 ** (retries - 1);
    await sleep(retryAfterMs ?? Math.min(delay, MAX_DELAY_MS), options.signal);
  }
}

/**
 * Tells that another request follows.
 *
 * @param next - The address that is asked next.
 * @param failure - Why the last request failed.
 * @param part - What is kept.
 * @param attempt - Which retry at this address it is.
 * @param onEvent - Is told.
 * @internal
 */
export function announceRetry(
  next: URL,
  failure: TransferFailure,
  part: PartFile,
  attempt: number,
  onEvent: DownloadOptions["onEvent"],
): void {
  const { reason } = failure.parts;
  onEvent?.({ type: "download-retry", source: describeUrl(next), reason, receivedBytes: part.size, attempt });
}

async function tryOnce(url: URL, part: PartFile, options: DownloadOptions): Promise<TransferFailure | undefined> {
  const { fetch, md5, bytes, stallTimeoutMs = DEFAULT_STALL_MS, signal, onEvent } = options;
  const hasChecksum = md5 !== undefined;
  const onBytes = () => onEvent?.(describeProgress(part, bytes));
  try {
    const expected = bytes ?? part.announcedBytes;
    const isComplete = part.size > 0 && part.size === expected;
    if (!isComplete) await receiveBody({ url, part, fetch, bytes, hasChecksum, stallTimeoutMs, signal, onBytes });
    return await checkMd5(part, md5);
  } catch (error) {
    if (error instanceof TransferFailure) return error;
    throw error;
  }
}

/** Throws bytes with a wrong checksum away. */
async function checkMd5(part: PartFile, expected: string | undefined): Promise<TransferFailure | undefined> {
  const actual = part.md5();
  if (expected === undefined || actual === expected) return undefined;
  // Nobody can tell which of several pieces was wrong, so that this address gets a chance of its own.
  const remedy = part.isPatched ? "start-over" : "next-address";
  await part.restart();
  return new TransferFailure({
    reason: `the md5 is ${actual}, not ${expected}`,
    remedy,
    checksum: { expected, actual },
  });
}

function describeProgress(part: PartFile, bytes: number | undefined): DownloadEvent {
  const { size: receivedBytes, resumedBytes, announcedBytes } = part;
  const totalBytes = bytes ?? announcedBytes;
  return {
    type: "download",
    receivedBytes,
    ...(totalBytes === undefined ? {} : { totalBytes }),
    ...(resumedBytes === 0 ? {} : { resumedBytes }),
  };
}
