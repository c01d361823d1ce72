import type { BenchResult } from "./bench-result.js";

/** Makes a figure that nothing is compared with. */
export function figure(name: string, value: number, unit: string): BenchResult {
  return { name, value, unit, against: {}, ratio: {} };
}

/** Makes a figure beside that of one peer, measured in the same run. */
export function compared(name: string, value: number, unit: string, peer: string, theirs: number): BenchResult {
  return { name, value, unit, against: { [peer]: theirs }, ratio: { [peer]: value / theirs } };
}

/** Runs something `count` times, at most `concurrency` of them at once, and tells how many ran per second. */
export async function ratePerSecond(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (count * 1000) / (performance.now() - startedAt);
}

/** The value that a share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The best of some rounds: what other programs on the machine take away only makes a round slower. */
export async function bestOf(rounds: number, measure: () => Promise<number>): Promise<number> {
  let best = 0;
  for (let round = 0; round < rounds; round++) best = Math.max(best, await measure());
  return best;
}
