/** Where an axis is marked, and what stands there. @internal */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** Steps that are easy to count in. */
const NICE = [1, 2, 2.5, 5, 10];

/**
 * Chooses round values within a range.
 *
 * @param min - Lower end.
 * @param max - Upper end.
 * @param most - How many there may be, at least two.
 * @returns The values in ascending order.
 * @internal
 */
export function chooseTicks(min: number, max: number, most: number): readonly number[] {
  if (!(max > min)) return [min];
  const least = (max - min) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * (NICE.find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  // Whole multiples, divided by a whole number where the step is small, so that 0.3 is not 0.30000000000000004.
  return Array.from({ length: count }, (_, index) =>
    step < 1 ? (first + index) / Math.round(1 / step) : (first + index) * step,
  );
}

/**
 * Chooses whole values from 0 to a highest count, or a little more: the last one is the end of the axis.
 *
 * @param highest - The highest count.
 * @param most - How many there may be, at least two.
 * @returns The values in ascending order, at least 0 and 1.
 * @internal
 */
export function chooseCountTicks(highest: number, most: number): readonly number[] {
  const least = Math.max(1, highest) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = Math.max(1, power * ([1, 2, 5].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10));
  return Array.from({ length: Math.ceil(Math.max(1, highest) / step) + 1 }, (_, index) => index * step);
}

/** Writes a count with thin gaps between thousands. @internal */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/** Writes a share as per cent, with a digit behind the point where that tells something. @internal */
export function formatPercent(share: number): string {
  return `${Math.round(share * 1000) / 10}\u00a0%`;
}

/** Writes a number with three digits at most behind the point, and no needless ones. @internal */
export function formatNumber(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
