import type { ByteRange, CaptureFile } from "./capture-file.js";

/** Files that are opened before their turn. @internal */
export interface OpenedAhead {
  /** The same files; opening one of them also begins to open those that follow. */
  readonly files: readonly CaptureFile[];
  /** Closes what was opened and not read. */
  readonly close: () => Promise<void>;
}

/**
 * Lets a request for the next files be under way while one is read. A stream that nobody reads holds no more than its
 * small buffer.
 *
 * @param files - The files, in the order in which they will be opened.
 * @param count - How many are opened ahead.
 * @returns The files, and how to end it.
 * @internal
 */
export function openAhead(files: readonly CaptureFile[], count: number): OpenedAhead {
  const opening = new Map<number, Promise<AsyncIterable<Uint8Array>>>();
  let begun = 0;
  const begin = (until: number) => {
    for (; begun < Math.min(until, files.length); begun++) {
      const stream = files[begun]?.open();
      if (stream === undefined) continue;
      // A failure is seen when the file's turn comes.
      stream.catch(() => undefined);
      opening.set(begun, stream);
    }
  };
  const open = (index: number) => async (range?: ByteRange) => {
    if (range !== undefined) return (files[index] as CaptureFile).open(range);
    begin(index + 1 + count);
    const stream = opening.get(index) ?? (files[index] as CaptureFile).open();
    opening.delete(index);
    return stream;
  };
  return {
    files: count === 0 ? files : files.map((file, index) => ({ ...file, open: open(index) })),
    close: async () => {
      const rest = [...opening.values()];
      opening.clear();
      for (const stream of rest) await stream.then(discard, () => undefined);
    },
  };
}

function discard(stream: AsyncIterable<Uint8Array>): void {
  if ("destroy" in stream && typeof stream.destroy === "function") stream.destroy();
}
