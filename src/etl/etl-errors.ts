import { SconesError } from "../core/errors.js";

/** An archive is damaged, is none, or breaks a safety limit. */
export class ArchiveError extends SconesError<"ARCHIVE_INVALID" | "ARCHIVE_TRUNCATED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "ArchiveError";
  }
}

/** A pickle asks for more than plain CIFAR data, or is not what it claims to be. */
export class PickleError extends SconesError<"PICKLE_UNSAFE" | "PICKLE_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "PickleError";
  }
}

/** A class is not among those of the data set. */
export class ClassUnknownError extends SconesError<"CLASS_UNKNOWN"> {
  /** Literal name of the error. */
  override get name(): string {
    return "ClassUnknownError";
  }
}

/** A download failed, or brought other bytes than the published ones. */
export class DownloadError extends SconesError<"DOWNLOAD_FAILED" | "CHECKSUM_MISMATCH"> {
  /** Literal name of the error. */
  override get name(): string {
    return "DownloadError";
  }
}

/** A `.lst` manifest cannot be read or written. */
export class LstError extends SconesError<"LST_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "LstError";
  }
}

/** Images do not make a data set: a split is empty, or an image cannot be read or does not fit. */
export class DatasetError extends SconesError<
  "DATASET_EMPTY" | "IMAGE_FOLDER_INVALID" | "IMAGE_INVALID" | "IMAGE_NAME_INVALID"
> {
  /** Literal name of the error. */
  override get name(): string {
    return "DatasetError";
  }
}
