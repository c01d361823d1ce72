import { type CaptureKey, parseCaptureKey } from "./capture-keys.js";

/** Bytes of a file: from `start` up to, not including, `end`. @internal */
export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** First byte that is not part of it. */
  readonly end?: number | undefined;
}

/** A file that may hold captures. @internal */
export interface CaptureFile {
  /** Where it is, for people: a path or an `s3://` location. */
  readonly location: string;
  /** What its key tells, where it still has the one that SageMaker gave it. */
  readonly key: CaptureKey | undefined;
  /** Whether it is named as capture files are; others are foreign. */
  readonly isCapture: boolean;
  /** Opens its bytes; with a range, only those. A chunk is valid until the next one is asked for. */
  readonly open: (range?: ByteRange) => Promise<AsyncIterable<Uint8Array>>;
}

const CAPTURE_NAME = /\.jsonl(\.gz)?$/;

/**
 * Describes a file by its name. Hidden folders hold a notebook's copies and checkpoints, never captures.
 *
 * @param location - Where it is, for people.
 * @param key - Its key, or its path with forward slashes.
 * @param below - The part of it that is below the source.
 * @param open - Opens it.
 * @returns The file.
 * @internal
 */
export function describeFile(location: string, key: string, below: string, open: CaptureFile["open"]): CaptureFile {
  const isCapture = below.split("/").every((part) => !part.startsWith(".")) && CAPTURE_NAME.test(key);
  return { location, key: isCapture ? parseCaptureKey(key) : undefined, isCapture, open };
}
