import { ArchiveError } from "../etl-errors.js";

/** What to do about an archive that cannot be used. */
const REMEDY = "Use a CIFAR archive as it was published, such as cifar-100-python.tar.gz.";

/**
 * Makes the error for an archive that cannot be used.
 *
 * @param failure - What the archive is called, the member it is about, what is wrong, and the error behind it.
 * @returns The error.
 * @internal
 */
export function archiveInvalid(failure: {
  readonly source: string;
  readonly member?: string;
  readonly reason: string;
  readonly cause?: unknown;
}): ArchiveError {
  const { source, member, reason, cause } = failure;
  return new ArchiveError({
    code: "ARCHIVE_INVALID",
    message: `The archive ${source} cannot be used: ${reason}. ${REMEDY}`,
    details: { source, reason, ...(member === undefined ? {} : { member }) },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Makes the error for an archive that ends early.
 *
 * @param source - What the archive is called.
 * @param cause - The error behind it.
 * @returns The error.
 * @internal
 */
export function archiveTruncated(source: string, cause: unknown): ArchiveError {
  return new ArchiveError({
    code: "ARCHIVE_TRUNCATED",
    message: `The archive ${source} ends early: it is incomplete. Download or copy it again.`,
    details: { source },
    cause,
  });
}
