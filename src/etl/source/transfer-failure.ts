import { DownloadError } from "../etl-errors.js";

/** What {@link TransferFailure} consists of. @internal */
export interface TransferFailureParts {
  /** What went wrong, as the end of a sentence. */
  readonly reason: string;
  /**
   * What may help: to ask the same address again, to ask it again from the first byte, to ask another address, or
   * nothing.
   */
  readonly remedy: "retry" | "start-over" | "next-address" | "none";
  /** The status that was answered. */
  readonly status?: number;
  /** Milliseconds that the server asks to wait for. */
  readonly retryAfterMs?: number | undefined;
  /** The checksums, where they differ. */
  readonly checksum?: { readonly expected: string; readonly actual: string };
  /** What was caught. */
  readonly cause?: unknown;
}

/** Why one request did not bring the file. It never leaves the download, except as the cause of its error. @internal */
export class TransferFailure extends Error {
  /** What it consists of. */
  readonly parts: TransferFailureParts;

  /** @param parts - What it consists of. */
  constructor(parts: TransferFailureParts) {
    super(parts.reason, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.parts = parts;
  }
}

/** What {@link toDownloadError} needs to know. @internal */
export interface FailedDownload {
  /** The last failure. */
  readonly failure: TransferFailure;
  /** The address that was asked last. */
  readonly source: string;
  /** How many addresses were asked. */
  readonly addresses: number;
  /** Bytes that had come. */
  readonly receivedBytes: number;
  /** Whether they are kept. */
  readonly isKept: boolean;
}

/**
 * Makes the error that the caller gets.
 *
 * @param download - See {@link FailedDownload}.
 * @returns `CHECKSUM_MISMATCH` where other bytes came than the published ones, else `DOWNLOAD_FAILED`.
 * @internal
 */
export function toDownloadError(download: FailedDownload): DownloadError {
  const { failure, source, addresses, receivedBytes, isKept } = download;
  const { reason, status, checksum, cause } = failure.parts;
  const last = addresses > 1 ? ` (the last of ${addresses} addresses)` : "";
  if (checksum !== undefined) {
    return new DownloadError({
      code: "CHECKSUM_MISMATCH",
      message: `${source}${last} has the md5 ${checksum.actual}, but ${checksum.expected} is published. Nothing was kept; try again or use another source.`,
      details: { source, ...checksum },
    });
  }
  const again = isKept && receivedBytes > 0 ? "Try again, which resumes after these bytes" : "Try again";
  return new DownloadError({
    code: "DOWNLOAD_FAILED",
    message: `${source}${last} could not be downloaded: ${reason}; ${receivedBytes} bytes had come. ${again}, pass other addresses as mirrors, or download it otherwise and pass its path.`,
    details: { source, receivedBytes, ...(status === undefined ? {} : { status }) },
    cause: cause ?? failure,
  });
}

/**
 * Names the system's code of an error, which tells a full disk or an unknown host apart from the rest.
 *
 * @param error - What was caught.
 * @returns The code in brackets, such as ` (ENOSPC)`, or nothing.
 * @internal
 */
export function describeCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "string" && /^[A-Z0-9_]+$/.test(code)) return ` (${code})`;
  return describeCode(error.cause);
}
