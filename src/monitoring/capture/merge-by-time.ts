import type { Observation } from "./parse-capture.js";

/** A file with the time of its first record. @internal */
export interface TimedFile {
  /** Milliseconds since 1970 of the first record. */
  readonly start: number;
  /** Reads its records, which are in time order. */
  readonly read: () => AsyncIterable<Observation>;
}

/**
 * Puts the records of several files in time order. One file is open at a time; what it holds beyond the start of the
 * next one is kept until that one has caught up, so memory holds as much as files overlap.
 *
 * @param files - The files, in any order; of equal times the earlier file comes first.
 * @returns The records by time.
 * @internal
 */
export async function* mergeByTime(files: readonly TimedFile[]): AsyncGenerator<Observation, void, undefined> {
  const waiting: Observation[] = [];
  const order = files.toSorted((one, other) => one.start - other.start);
  for (const [index, file] of order.entries()) {
    const nextStart = order[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    for await (const observation of file.read()) {
      insert(waiting, observation);
      yield* takeUntil(waiting, Math.min(observation.time.getTime(), nextStart));
    }
    yield* takeUntil(waiting, nextStart);
  }
}

/** Inserts behind everything that is not later, which is nearly always the end. */
function insert(waiting: Observation[], observation: Observation): void {
  const time = observation.time.getTime();
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiting[middle]?.time.getTime() ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, observation);
}

function takeUntil(waiting: Observation[], time: number): readonly Observation[] {
  const end = waiting.findIndex((observation) => observation.time.getTime() > time);
  return waiting.splice(0, end < 0 ? waiting.length : end);
}
