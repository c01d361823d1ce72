/**
 * Makes a repeatable sequence of numbers from a seed (the mulberry32 generator).
 *
 * @param seed - Any integer.
 * @returns A function that gives the next number, from 0 up to but not including 1.
 * @internal
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
