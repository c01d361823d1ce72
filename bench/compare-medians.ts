import type { BenchResult } from "./bench-result.js";

/** Figures of several rounds. */
export interface Measured {
  /** What was measured. */
  readonly name: string;
  /** Its unit. */
  readonly unit: string;
  /** Our figures, one a round. */
  readonly ours: readonly number[];
  /** The peers' figures, by peer. */
  readonly peers: Readonly<Record<string, readonly number[]>>;
}

/** Compares the medians of what was measured in the same rounds. */
export function compareMedians({ name, unit, ours, peers }: Measured): BenchResult {
  const value = median(ours);
  const against = Object.fromEntries(Object.entries(peers).map(([peer, figures]) => [peer, median(figures)]));
  const ratio = Object.fromEntries(Object.entries(against).map(([peer, figure]) => [peer, value / figure]));
  return { name, value, unit, against, ratio };
}

/** The middle one of several figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Compares figures of one side with those of its peers, figure by figure. */
export function compareSides<Side extends { readonly name: string }>(ours: Side, peers: readonly Side[]) {
  return (name: string, unit: string, figures: (side: Side) => readonly number[]): BenchResult =>
    compareMedians({
      name,
      unit,
      ours: figures(ours),
      peers: Object.fromEntries(peers.map((peer) => [peer.name, figures(peer)])),
    });
}
