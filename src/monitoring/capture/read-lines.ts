/** One line of a file. @internal */
export interface Line {
  /** Number of the line, from 1. */
  readonly number: number;
  /** The line without its end, or `undefined` when it is longer than it may be. */
  readonly bytes: Uint8Array | undefined;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Splits a byte stream into lines. At most one line is held in memory, and never more than `maxBytes` of it; of a
 * longer one only the number is told. Empty lines are left out, but counted.
 *
 * @param chunks - The stream.
 * @param maxBytes - Longest line.
 * @returns The lines.
 * @internal
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let length = 0;

  const add = (part: Uint8Array) => {
    length += part.byteLength;
    if (length > maxBytes) parts = [];
    else if (part.byteLength > 0) parts.push(part);
  };
  const take = (): Line | undefined => {
    const isTooLong = length > maxBytes;
    const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const line = { number: number++, bytes: isTooLong ? undefined : trimEnd(bytes) };
    parts = [];
    length = 0;
    return line.bytes?.byteLength === 0 ? undefined : line;
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = take();
      if (line !== undefined) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = length > 0 ? take() : undefined;
  if (last !== undefined) yield last;
}

function trimEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
