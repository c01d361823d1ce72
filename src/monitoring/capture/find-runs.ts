import type { CaptureFile } from "./capture-file.js";
import { isGzip } from "./gunzip-chunks.js";
import type { TimedFile } from "./merge-by-time.js";
import type { Observation } from "./parse-capture.js";
import { type FilePart, type ReadFileOptions, readCaptureFile } from "./read-capture-file.js";

/** A run of records in time order. */
interface Run extends FilePart {
  /** Time of its first record. */
  readonly time: number;
  end?: number;
}

/**
 * Looks through a file whose name tells nothing, such as several capture files in one, and finds the parts in which the
 * records are in time order. Each of them is then read for itself, so the file need not be held in memory. What is
 * packed cannot be read from the middle: such a file is sorted in memory where it is not in order.
 *
 * @param file - The file.
 * @param options - How it will be read.
 * @param onRead - Is told when the first part is opened.
 * @returns Its parts; one for a file without any record, so that its malformed lines are told.
 * @internal
 */
export async function findRuns(
  file: CaptureFile,
  options: ReadFileOptions,
  onRead: () => void,
): Promise<readonly TimedFile[]> {
  const quiet: ReadFileOptions = { signal: options.signal, images: "omit", onMalformed: "skip" };
  const runs: Run[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  const records = readCaptureFile(file, quiet, undefined, ({ time }, { number, offset }) => {
    const at = time.getTime();
    const last = runs.at(-1);
    if (last === undefined || at < latest) {
      if (last !== undefined) last.end = offset;
      // What stands before the first record belongs to the first part.
      runs.push(last === undefined ? { time: at, start: 0, line: 1 } : { time: at, start: offset, line: number });
    }
    latest = at;
  });
  for await (const _ of records);
  const whole = { start: runs[0]?.time ?? 0, read: () => readCaptureFile(file, options) };
  let isTold = false;
  const tell = <T>(value: T): T => {
    if (!isTold) onRead();
    isTold = true;
    return value;
  };
  if (runs.length <= 1) return [{ ...whole, read: () => tell(whole.read()) }];
  if (await isPacked(file)) {
    const start = runs.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
    return [{ start, read: () => tell(sorted(whole.read())) }];
  }
  return runs.map((run) => ({ start: run.time, read: () => tell(readCaptureFile(file, options, run)) }));
}

async function isPacked(file: CaptureFile): Promise<boolean> {
  for await (const chunk of await file.open({ start: 0, end: 2 })) return isGzip(chunk);
  return false;
}

async function* sorted(pieces: AsyncIterable<readonly Observation[]>): AsyncGenerator<readonly Observation[]> {
  const all: Observation[] = [];
  for await (const piece of pieces) for (const observation of piece) all.push(observation);
  if (all.length > 0) yield all.sort((one, other) => one.time.getTime() - other.time.getTime());
}
