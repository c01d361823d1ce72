/** What is made of the lines of a file. @internal */
export interface LineReader<T> {
  /** Longest line. */
  readonly maxBytes: number;
  /** Is told that other bytes follow, be they in the same buffer. */
  readonly begin: () => void;
  /** Makes something of a line; `undefined` leaves it out. */
  readonly read: (bytes: Buffer, start: number, end: number, place: LinePlace) => T | undefined;
  /** Makes something of a line that is too long to be held. */
  readonly refuse: (place: LinePlace) => T | undefined;
}

/** Where a line is. @internal */
export interface LinePlace {
  /** Number of the line, from 1. */
  number: number;
  /** Where it begins in the file, in bytes. */
  offset: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Makes something of each line of a byte stream, as many at once as a chunk holds. Lines are read where they lie in the
 * chunk, which may be reused afterwards; at most one line is copied, and never more than `maxBytes` of it. Empty lines
 * are left out, but counted.
 *
 * @param chunks - The stream.
 * @param reader - What is made of the lines.
 * @param place - Where the stream begins.
 * @returns What was made, chunk by chunk. When `reader` throws, what was made before is given first.
 * @internal
 */
export async function* readLines<T>(
  chunks: AsyncIterable<Uint8Array>,
  reader: LineReader<T>,
  place: LinePlace = { number: 1, offset: 0 },
): AsyncGenerator<readonly T[], void, undefined> {
  /** The begin of a line whose end has not come yet. */
  let parts: Uint8Array[] = [];
  let held = 0;
  /** Length of the line that is too long, as far as it has come. */
  let tooLong = 0;
  let made: T[] = [];
  const take = (bytes: Buffer, start: number, end: number) => {
    const stop = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    const isTooLong = tooLong > 0 || stop - start > reader.maxBytes;
    let value: T | undefined;
    if (isTooLong) value = reader.refuse(place);
    else if (stop > start) value = reader.read(bytes, start, stop, place);
    if (value !== undefined) made.push(value);
    place.number++;
    place.offset += tooLong + end - start + 1;
    tooLong = 0;
  };
  const split = (bytes: Buffer) => {
    let start = 0;
    reader.begin();
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      if (start === 0 && held > 0) {
        parts.push(bytes.subarray(0, end));
        const joined = join();
        take(joined, 0, joined.length);
        reader.begin();
      } else take(bytes, start, end);
      start = end + 1;
    }
    const left = bytes.length - start;
    if (tooLong > 0) tooLong += left;
    else if (held + left > reader.maxBytes + 1) {
      tooLong = held + left;
      join();
    } else if (left > 0) {
      parts.push(Uint8Array.from(bytes.subarray(start)));
      held += left;
    }
  };
  const join = () => {
    const joined = tooLong > 0 ? Buffer.alloc(0) : Buffer.concat(parts);
    parts = [];
    held = 0;
    return joined;
  };
  const finish = () => {
    const last = join();
    reader.begin();
    if (last.length > 0 || tooLong > 0) take(last, 0, last.length);
  };

  for await (const chunk of chunks) {
    yield* attempt(() => split(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }
  yield* attempt(finish);

  function* attempt(work: () => void): Generator<readonly T[], void, undefined> {
    let failure: { readonly error: unknown } | undefined;
    try {
      work();
    } catch (error) {
      failure = { error };
    }
    const ready = made;
    made = [];
    if (ready.length > 0) yield ready;
    if (failure !== undefined) throw failure.error;
  }
}
