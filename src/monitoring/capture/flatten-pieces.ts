/**
 * Gives the items of pieces one by one. A generator would cost more for each item than reading it does.
 *
 * @param pieces - The pieces.
 * @param signal - Is looked at between two items.
 * @returns The items.
 * @internal
 */
export function flattenPieces<T>(
  pieces: AsyncGenerator<readonly T[], void, undefined>,
  signal: AbortSignal | undefined,
): AsyncIterator<T, void, undefined> {
  let piece: readonly T[] = [];
  let index = 0;
  let pending: Promise<unknown> = Promise.resolve();

  const take = async (): Promise<IteratorResult<T, void>> => {
    while (index >= piece.length) {
      const next = await pieces.next();
      if (next.done === true) return { done: true, value: undefined };
      piece = next.value;
      index = 0;
    }
    return { done: false, value: piece[index++] as T };
  };
  return {
    next: () => {
      if (signal?.aborted === true) return close().then(() => Promise.reject(signal.reason));
      // What is asked for while a piece is fetched waits for it.
      if (index < piece.length) return Promise.resolve({ done: false, value: piece[index++] as T });
      const result = pending.then(take);
      pending = result.catch(() => undefined);
      return result;
    },
    return: async () => {
      await close();
      return { done: true, value: undefined };
    },
  };

  async function close(): Promise<void> {
    piece = [];
    index = 0;
    await pieces.return();
  }
}
