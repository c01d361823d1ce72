import { throwIfAborted } from "../../core/abort.js";
import { CaptureError, captureInvalid, locateCaptureError } from "./capture-errors.js";
import type { ByteRange, CaptureFile } from "./capture-file.js";
import { CaptureParser } from "./capture-parser.js";
import { gunzipChunks, isGzip } from "./gunzip-chunks.js";
import { type ImageMode, MAX_LINE_BYTES, type Observation } from "./parse-capture.js";
import { type LinePlace, type LineReader, readLines } from "./read-lines.js";
import type { SkippedCapture } from "./skipped-capture.js";

/** How a file is read. @internal */
export interface ReadFileOptions {
  /** What becomes of captured images. */
  readonly images: ImageMode;
  /** Whether a line that is no capture ends the reading. */
  readonly onMalformed: "skip" | "throw";
  /** Is told what is left out. */
  readonly onSkip?: ((skipped: SkippedCapture) => void) | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** A part of a file that begins at a line. @internal */
export interface FilePart extends ByteRange {
  /** Number of its first line, from 1. */
  readonly line: number;
}

/** An observation whose place can still be written down. */
type Placed = { -readonly [Key in keyof Observation]: Observation[Key] };

/**
 * Reads the records of a file, packed or plain, in pieces.
 *
 * @param file - The file.
 * @param options - See {@link ReadFileOptions}.
 * @param part - The part to read; absent for the whole file.
 * @param onLine - Is told each record with the byte that its line begins at; with it, the time of a line is all that matters.
 * @returns The observations with their place, in the order of the file.
 * @throws {@link CaptureError} `CAPTURE_INVALID` with file and line, unless malformed lines are skipped.
 * @internal
 */
export async function* readCaptureFile(
  file: CaptureFile,
  options: ReadFileOptions,
  part?: FilePart,
  onLine?: (observation: Observation, place: LinePlace) => void,
): AsyncGenerator<readonly Observation[], void, undefined> {
  const { images, onMalformed, onSkip, signal } = options;
  const { location, key } = file;
  const parser = new CaptureParser(images, file);
  const place: LinePlace = { number: part?.line ?? 1, offset: part?.start ?? 0 };
  const refuse = (error: unknown): undefined => {
    if (!(error instanceof CaptureError)) throw error;
    const located = locateCaptureError(error, location, place.number);
    if (onMalformed === "throw") throw located;
    onSkip?.({ reason: "malformed", file: location, line: place.number, message: located.message });
  };
  const reader: LineReader<Observation> = {
    maxBytes: MAX_LINE_BYTES,
    begin: () => parser.begin(),
    refuse: () => refuse(captureInvalid(`it has more than ${MAX_LINE_BYTES} bytes`)),
    read: (bytes, start, end) => {
      let observation: Placed;
      try {
        observation = parser.parse(bytes, start, end);
      } catch (error) {
        return refuse(error);
      }
      observation.file = location;
      observation.line = place.number;
      if (key !== undefined) {
        observation.endpointName = key.endpointName;
        observation.variantName = key.variantName;
      }
      onLine?.(observation, place);
      return observation;
    },
  };
  try {
    yield* readLines(await openPlain(file, part), reader, place);
  } catch (error) {
    // A stream that is broken off fails with its own AbortError.
    throwIfAborted(signal);
    if (isLocated(error)) throw error;
    refuse(error);
  }
}

function isLocated(error: unknown): boolean {
  return error instanceof CaptureError && "line" in error.details && error.details.line !== undefined;
}

/** The bytes of a file, unpacked where they are packed, whatever the file is called. */
async function openPlain(file: CaptureFile, part: FilePart | undefined): Promise<AsyncIterable<Uint8Array>> {
  const chunks = await file.open(part);
  return unpack(chunks);
}

async function* unpack(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done === true) return;
    const all = chain(first.value, iterator);
    yield* isGzip(first.value) ? gunzipChunks(all) : all;
  } finally {
    await iterator.return?.();
  }
}

async function* chain(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
