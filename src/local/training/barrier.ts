/** Words of the control area. */
const COUNT = 0;
const GENERATION = 1;
/** Spins before a thread goes to sleep: the other one usually arrives within microseconds. */
const SPINS = 2000;

/**
 * Makes a meeting point for threads that share a memory: each waits until all have arrived.
 *
 * @param control - Shared words, all zero at first.
 * @param threads - How many threads meet.
 * @returns A function that waits.
 * @internal
 */
export function createBarrier(control: Int32Array, threads: number): () => void {
  if (threads === 1) return () => {};
  return () => {
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, COUNT, 1) === threads - 1) {
      Atomics.store(control, COUNT, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, GENERATION) !== generation) return;
    while (Atomics.load(control, GENERATION) === generation) Atomics.wait(control, GENERATION, generation);
  };
}

/** One of the threads that train together. @internal */
export interface ThreadPosition {
  readonly index: number;
  readonly threads: number;
  /** Waits until all threads have arrived. */
  readonly meet: () => void;
  /** Shared numbers, two for each shard: losses or right answers. */
  readonly results: Float64Array;
}
