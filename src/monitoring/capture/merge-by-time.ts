import type { Observation } from "./parse-capture.js";

/** Part of a file whose records are in time order. @internal */
export interface TimedFile {
  /** Milliseconds since 1970 of the first record. */
  readonly start: number;
  /** Reads its records, in pieces. */
  readonly read: () => AsyncIterable<readonly Observation[]>;
}

/** A file that is being read. */
interface Cursor {
  readonly order: number;
  readonly pieces: AsyncIterator<readonly Observation[]>;
  piece: readonly Observation[];
  index: number;
  /** Time of the next record. */
  time: number;
}

/**
 * Puts the records of several files in time order. A file is opened when its turn comes, and is read by pieces, so
 * memory holds one piece of each file that overlaps in time with others.
 *
 * @param files - The files; of equal times the earlier file comes first.
 * @returns The records by time, in pieces.
 * @internal
 */
export async function* mergeByTime(
  files: readonly TimedFile[],
): AsyncGenerator<readonly Observation[], void, undefined> {
  const order = files.toSorted((one, other) => one.start - other.start);
  const open: Cursor[] = [];
  let next = 0;
  try {
    for (;;) {
      const head = earliest(open);
      const following = order[next];
      if (following !== undefined && (head === undefined || following.start < head.time)) {
        const pieces = following.read()[Symbol.asyncIterator]();
        open.push({ order: next++, pieces, piece: [], index: 0, time: following.start });
        await advance(open, open.length - 1);
      } else if (head === undefined) return;
      else {
        yield takeRun(head, limitFor(head, open, following));
        if (head.index >= head.piece.length) await advance(open, open.indexOf(head));
      }
    }
  } finally {
    for (const { pieces } of open) await pieces.return?.();
  }
}

/** Reads the next piece of a file, or forgets the file at its end. */
async function advance(open: Cursor[], at: number): Promise<void> {
  const cursor = open[at];
  if (cursor === undefined) return;
  const { done, value } = await cursor.pieces.next();
  if (done === true) {
    open.splice(at, 1);
    return;
  }
  cursor.piece = value;
  cursor.index = 0;
  cursor.time = value[0]?.time.getTime() ?? cursor.time;
}

function earliest(open: readonly Cursor[]): Cursor | undefined {
  let best: Cursor | undefined;
  for (const cursor of open) if (best === undefined || isBefore(cursor, best)) best = cursor;
  return best;
}

function isBefore(one: Cursor, other: Cursor): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}

/** Time from which on another file has its turn. */
function limitFor(head: Cursor, open: readonly Cursor[], following: TimedFile | undefined): number {
  let limit = following === undefined ? Number.POSITIVE_INFINITY : following.start + 1;
  for (const cursor of open) {
    if (cursor !== head) limit = Math.min(limit, cursor.order < head.order ? cursor.time : cursor.time + 1);
  }
  return limit;
}

function takeRun(cursor: Cursor, limit: number): readonly Observation[] {
  const { piece, index } = cursor;
  let end = index + 1;
  let time = piece[end]?.time.getTime();
  while (time !== undefined && time < limit) time = piece[++end]?.time.getTime();
  cursor.index = end;
  cursor.time = time ?? cursor.time;
  return index === 0 && end === piece.length ? piece : piece.slice(index, end);
}
