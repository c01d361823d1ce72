import { estimateWidth } from "../../core/text-size.js";
import type { Tick } from "./ticks.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Beyond weeks, ticks stand at the begins of months. */
const MONTHS = [
  1,
  2,
  3,
  6,
  ...[1, 10, 100, 1000, 10_000, 100_000].flatMap((power) => [12, 24, 60].map((step) => step * power)),
];
const SHORTEST_MONTH = 28 * DAY;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];

/**
 * Chooses the ticks of a time axis: round times in UTC, as many as have room for their labels.
 *
 * @param min - Begin, in milliseconds since 1970.
 * @param max - End.
 * @param width - Width of the axis in pixels.
 * @param size - Font size of the labels in pixels.
 * @returns The ticks.
 * @internal
 */
export function chooseTimeTicks(min: number, max: number, width: number, size: number): readonly Tick[] {
  const fits = (values: readonly number[], format: (time: number) => string) => {
    const widest = Math.max(0, ...values.map((value) => estimateWidth(format(value), size)));
    return values.length <= 1 || ((values[1] ?? max) - (values[0] ?? min)) * (width / (max - min)) >= widest + 14;
  };
  const isOneDay = new Date(min).toISOString().slice(0, 10) === new Date(max).toISOString().slice(0, 10);
  // What is much too fine is not even tried: there would be millions of ticks.
  for (const step of STEPS.filter((each) => (max - min) / each <= width / 20)) {
    const first = Math.ceil(min / step);
    const values = Array.from(
      { length: Math.max(0, Math.floor(max / step) - first + 1) },
      (_, index) => (first + index) * step,
    );
    const format = chooseFormat(step, isOneDay);
    if (fits(values, format)) return values.map((value) => ({ value, label: format(value) }));
  }
  const format = (time: number) => new Date(time).toISOString().slice(0, 7);
  for (const months of MONTHS.filter((each) => (max - min) / (each * SHORTEST_MONTH) <= width / 20)) {
    const values = listMonths(min, max, months);
    if (fits(values, format)) return values.map((value) => ({ value, label: format(value) }));
  }
  return [];
}

function listMonths(min: number, max: number, step: number): readonly number[] {
  const monthOf = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
  const first = Math.floor(monthOf(min) / step);
  const count = Math.floor(monthOf(max) / step) - first + 1;
  return Array.from({ length: count }, (_, index) => beginOfMonth((first + index) * step)).filter(
    (value) => value >= min && value <= max,
  );
}

/** `Date.UTC` would take the years 0 to 99 for those of the twentieth century. */
function beginOfMonth(monthsSinceYearZero: number): number {
  return new Date(0).setUTCFullYear(Math.floor(monthsSinceYearZero / 12), monthsSinceYearZero % 12, 1);
}

function chooseFormat(step: number, isOneDay: boolean): (time: number) => string {
  return (time) => {
    const iso = new Date(time).toISOString();
    if (step >= DAY) return iso.slice(5, 10);
    const clock = iso.slice(11, step < MINUTE ? 19 : 16);
    return isOneDay ? clock : `${iso.slice(5, 10)} ${clock}`;
  };
}
