/** A repeatable source of chance. */
export interface Random {
  /** The next number, from 0 up to but not including 1. */
  next(): number;
  /** A number between two bounds. */
  between(low: number, high: number): number;
  /** One of several items, each as likely as the others. */
  pick<T>(items: readonly T[]): T;
}

/** Makes a source of chance from a seed (the mulberry32 generator). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error("there is nothing to pick from");
      return item;
    },
  };
}
