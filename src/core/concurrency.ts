import { throwIfAborted } from "./abort.js";

/** Bounds of {@link forEachConcurrent}. @internal */
export interface ConcurrencyOptions {
  /** How many items are worked on at once. */
  readonly limit: number;
  /** Stops taking items. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Works through a source with a bounded number of items under way. The first failure stops the intake, the items
 * under way are waited for, the source is closed, and then the failure is raised: nothing runs on afterwards.
 *
 * @param source - The items; an async source is read only as fast as they are worked off.
 * @param options - See {@link ConcurrencyOptions}.
 * @param work - What to do with one item.
 * @throws The signal's reason, or the first failure of the source or of `work`.
 * @internal
 */
export async function forEachConcurrent<T>(
  source: Iterable<T> | AsyncIterable<T>,
  options: ConcurrencyOptions,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  let isExhausted = false;
  let intake: Promise<unknown> = Promise.resolve();

  // An async generator queues overlapping next() calls; a hand-written iterator need not, so they are chained here.
  const take = (): Promise<IteratorResult<T>> => {
    const next = intake.then(async (): Promise<IteratorResult<T>> => {
      if (isExhausted || failure) return { done: true, value: undefined };
      const result = await iterator.next();
      isExhausted = result.done === true;
      return result;
    });
    intake = next.catch(() => undefined);
    return next;
  };

  const lane = async (): Promise<void> => {
    try {
      for (;;) {
        throwIfAborted(options.signal);
        const next = await take();
        if (next.done) return;
        await work(next.value);
      }
    } catch (error) {
      failure ??= { error };
    }
  };

  await Promise.all(Array.from({ length: options.limit }, lane));
  if (failure) {
    if (!isExhausted) await iterator.return?.();
    throw failure.error;
  }
}

/**
 * Waits for several things at once, like `Promise.all`; but when one fails, it waits for the others all the same, so that
 * nothing runs on afterwards.
 *
 * @param promises - What to wait for.
 * @returns What they resolve to.
 * @throws The failure of the first of them that failed.
 * @internal
 */
export async function waitForAll<const T extends readonly unknown[]>(
  promises: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
