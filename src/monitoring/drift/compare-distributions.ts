import type { Sketch } from "../statistics/sketch.js";
import { chiSquareTail, kolmogorovTail } from "./p-values.js";

/** What a comparison of two samples gives. @internal */
export interface Comparison {
  /** How large the difference is, in the measure of the test. */
  readonly effect: number;
  /** Probability of a difference at least as large by accident; `undefined` where too few answers say nothing. */
  readonly pValue: number | undefined;
}

/** Counts of two samples over the same cells. */
interface Table {
  readonly one: readonly number[];
  readonly other: readonly number[];
}

/** Expected count in a cell below which the chi-square limit is not to be trusted (Cochran, Biometrics 10, 1954). */
const MIN_EXPECTED = 5;

/**
 * Compares how often classes occur: chi-square test of homogeneity, with Cramér's V as the size of the difference.
 * Classes that are expected less than five times are taken together.
 * @internal
 */
export function compareClasses(one: readonly number[], other: readonly number[]): Comparison {
  const cells = joinRare({ one, other });
  const [n, m] = [total(cells.one), total(cells.other)];
  if (cells.one.length < 2 || n === 0 || m === 0) return { effect: 0, pValue: undefined };
  let chiSquare = 0;
  for (const [index, count] of cells.one.entries()) {
    const both = count + (cells.other[index] ?? 0);
    const expected = (both * n) / (n + m);
    const expectedOther = (both * m) / (n + m);
    chiSquare += (count - expected) ** 2 / expected + ((cells.other[index] ?? 0) - expectedOther) ** 2 / expectedOther;
  }
  return { effect: Math.sqrt(chiSquare / (n + m)), pValue: chiSquareTail(chiSquare, cells.one.length - 1) };
}

/**
 * Distance between two mixes of classes: the square root of the Jensen-Shannon divergence to base 2, 0 for the same to 1
 * for nothing in common (Lin, IEEE Transactions on Information Theory 37, 1991). Under the same origin the divergence in
 * nats times 8nm / (n + m) is near chi-square, which its expansion to the second order shows.
 * @internal
 */
export function compareMixes(one: readonly number[], other: readonly number[]): Comparison {
  const [n, m] = [total(one), total(other)];
  if (n === 0 || m === 0) return { effect: 0, pValue: undefined };
  const cells = joinRare({ one, other });
  const divergence = (table: Table) =>
    table.one.reduce((sum, count, index) => {
      const p = count / n;
      const q = (table.other[index] ?? 0) / m;
      return sum + (xlogy(p, (2 * p) / (p + q)) + xlogy(q, (2 * q) / (p + q))) / 2;
    }, 0);
  const effect = Math.sqrt(Math.max(0, divergence({ one, other })) / Math.LN2);
  if (cells.one.length < 2) return { effect, pValue: undefined };
  const statistic = (8 * n * m * Math.max(0, divergence(cells))) / (n + m);
  return { effect, pValue: chiSquareTail(statistic, cells.one.length - 1) };
}

/**
 * Compares two sketches: Kolmogorov-Smirnov, whose effect is the largest distance of the shares below any value. Values
 * of one bucket count as equal, which makes the test no more than a little cautious.
 * @internal
 */
export function compareCurves(one: Sketch, other: Sketch): Comparison {
  if (one.count === 0 || other.count === 0) return { effect: 0, pValue: undefined };
  let [below, belowOther, effect] = [0, 0, 0];
  for (const [count, countOther] of zipBuckets(one, other)) {
    below += count / one.count;
    belowOther += countOther / other.count;
    effect = Math.max(effect, Math.abs(below - belowOther));
  }
  return { effect, pValue: kolmogorovTail(effect, one.count, other.count) };
}

/**
 * Population stability index over about ten cells that hold equal shares of the first sketch, half a count added to each.
 * Under the same origin it is near (1/n + 1/m) times chi-square (Yurdakul, "Statistical properties of population
 * stability index", 2018).
 * @internal
 */
export function compareStability(one: Sketch, other: Sketch): Comparison {
  if (one.count === 0 || other.count === 0) return { effect: 0, pValue: undefined };
  const cells: [number, number][] = [[0, 0]];
  for (const [count, countOther] of zipBuckets(one, other)) {
    const cell = cells[cells.length - 1] as [number, number];
    cell[0] += count;
    cell[1] += countOther;
    if (cell[0] >= one.count / CELLS) cells.push([0, 0]);
  }
  const last = cells[cells.length - 1] as [number, number];
  const before = cells[cells.length - 2];
  // What is left over at the upper end is no cell of its own.
  if (before !== undefined && last[0] < one.count / CELLS / 2) {
    before[0] += last[0];
    before[1] += last[1];
    cells.pop();
  }
  const share = (count: number, of: number) => (count + 0.5) / (of + cells.length / 2);
  const effect = cells.reduce((sum, [count, countOther]) => {
    const [p, q] = [share(count, one.count), share(countOther, other.count)];
    return sum + (p - q) * Math.log(p / q);
  }, 0);
  const scale = 1 / one.count + 1 / other.count;
  return { effect, pValue: cells.length < 2 ? undefined : chiSquareTail(effect / scale, cells.length - 1) };
}

/** Cells of the stability index, as is usual in credit scoring, where it comes from. */
const CELLS = 10;

/** The counts of two sketches, bucket by bucket in ascending order. */
function* zipBuckets(one: Sketch, other: Sketch): Generator<readonly [number, number]> {
  const counts = new Map<number, [number, number]>();
  for (const [bucket, count] of one.buckets) counts.set(bucket, [count, 0]);
  for (const [bucket, count] of other.buckets) {
    const found = counts.get(bucket);
    if (found === undefined) counts.set(bucket, [0, count]);
    else found[1] = count;
  }
  for (const [, both] of [...counts].sort(([a], [b]) => a - b)) yield both;
}

function joinRare({ one, other }: Table): Table {
  const [n, m] = [total(one), total(other)];
  const smaller = Math.min(n, m) / (n + m);
  const cells = one.map((count, index) => ({ count, countOther: other[index] ?? 0 }));
  const isRare = (cell: (typeof cells)[number]) => (cell.count + cell.countOther) * smaller < MIN_EXPECTED;
  const kept = cells.filter((cell) => !isRare(cell));
  const rest = cells
    .filter(isRare)
    .reduce((sum, { count, countOther }) => ({ count: sum.count + count, countOther: sum.countOther + countOther }), {
      count: 0,
      countOther: 0,
    });
  if (rest.count + rest.countOther > 0) {
    const least = kept.reduce<(typeof cells)[number] | undefined>(
      (low, cell) => (low === undefined || cell.count + cell.countOther < low.count + low.countOther ? cell : low),
      undefined,
    );
    if (!isRare(rest) || least === undefined) kept.push(rest);
    else {
      least.count += rest.count;
      least.countOther += rest.countOther;
    }
  }
  return { one: kept.map(({ count }) => count), other: kept.map(({ countOther }) => countOther) };
}

function xlogy(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(y);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
