/**
 * Mixes whole numbers into one that looks random: the same numbers always give the same one.
 *
 * @param values - Any 32-bit integers.
 * @returns An unsigned 32-bit integer.
 * @internal
 */
export function hashIntegers(...values: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) {
    hash = Math.imul(hash ^ value, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/**
 * Makes a repeatable sequence of numbers.
 *
 * @param seed - Whole numbers that name the sequence.
 * @returns A function that gives the next number, from 0 up to but not including 1.
 * @internal
 */
export function createSequence(...seed: readonly number[]): () => number {
  const base = hashIntegers(...seed);
  let index = 0;
  return () => hashIntegers(base, index++) / 2 ** 32;
}

/**
 * Puts the numbers from 0 on in a repeatable random order.
 *
 * @param count - How many.
 * @param seed - Whole numbers that name the order.
 * @returns The numbers.
 * @internal
 */
export function shuffleIndices(count: number, ...seed: readonly number[]): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const next = createSequence(...seed);
  for (let last = count - 1; last > 0; last--) {
    const chosen = Math.floor(next() * (last + 1));
    const kept = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = kept;
  }
  return order;
}

/**
 * Draws normally distributed numbers (Box-Muller).
 *
 * @param count - How many.
 * @param deviation - Their standard deviation.
 * @param seed - Whole numbers that name the sequence.
 * @returns The numbers.
 * @internal
 */
export function drawNormal(count: number, deviation: number, ...seed: readonly number[]): Float32Array {
  const next = createSequence(...seed);
  return Float32Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return deviation * radius * Math.cos(2 * Math.PI * next());
  });
}
