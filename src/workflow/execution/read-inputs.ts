/** An input with its place in the source. @internal */
export interface NumberedInput<Input> {
  readonly index: number;
  readonly input: Input;
}

/**
 * Numbers the inputs, and stops waiting for the next one as soon as the signal fires, also where the source is silent.
 *
 * @param source - The inputs.
 * @param signal - Ends the reading.
 * @returns The inputs, from 0.
 * @internal
 */
export async function* readInputs<Input>(
  source: Iterable<Input> | AsyncIterable<Input>,
  signal: AbortSignal,
): AsyncGenerator<NumberedInput<Input>, void, undefined> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isPending = false;
  let isOver = false;
  try {
    for (let index = 0; ; index++) {
      isPending = true;
      const next = await orAborted(iterator.next(), signal);
      isPending = false;
      if (next.done === true) {
        isOver = true;
        return;
      }
      yield { index, input: next.value };
    }
  } catch (error) {
    // A source that failed itself needs no end; one that is silent gets it when it speaks again.
    if (!signal.aborted) isOver = true;
    throw error;
  } finally {
    const closing = isOver ? undefined : iterator.return?.();
    if (isPending) void Promise.resolve(closing).catch(() => undefined);
    else await closing;
  }
}

async function orAborted<T>(next: T | Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([next, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
