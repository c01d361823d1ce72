import type { CaptureSummary } from "../statistics/capture-summary.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A time axis with as much to both sides that no point lies on its end. @internal */
export interface TimeAxis {
  readonly min: number;
  readonly max: number;
  /** Writes a tick's time in UTC, as precisely as the span needs. */
  readonly format: (time: number) => string;
}

/**
 * Chooses the time axis. Captures of one second, or one alone, still get a minute.
 *
 * @param summary - The captures.
 * @returns The axis.
 * @internal
 */
export function chooseTimeAxis({ points, firstTime }: CaptureSummary): TimeAxis {
  const fallback = firstTime === undefined ? 0 : Date.parse(firstTime);
  const times = points.length === 0 ? [fallback] : points.map(({ time }) => Date.parse(time));
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const last = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
  const pad = first === last ? MINUTE_MS / 2 : Math.max((last - first) * 0.03, SECOND_MS);
  const [min, max] = [first - pad, last + pad];
  return { min, max, format: chooseFormat(min, max) };
}

function chooseFormat(min: number, max: number): (time: number) => string {
  const span = max - min;
  const isOneDay = new Date(min).getUTCDate() === new Date(max).getUTCDate() && span < DAY_MS;
  return (time) => {
    const iso = new Date(time).toISOString();
    const clock = iso.slice(11, span < 10 * MINUTE_MS ? 19 : 16);
    if (isOneDay) return clock;
    return span > 8 * DAY_MS ? iso.slice(0, 10) : `${iso.slice(5, 10)}\n${clock}`;
  };
}

/**
 * Says which days the axis covers, for its title.
 *
 * @param axis - The axis.
 * @returns Such as `2025-10-04`, or first and last day.
 * @internal
 */
export function describeDays({ min, max }: TimeAxis): string {
  const [first, last] = [min, max].map((time) => new Date(time).toISOString().slice(0, 10));
  return first === last ? `${first}` : `${first} to ${last}`;
}

/**
 * Chooses the lower end of the confidence axis: a round number below everything that is drawn.
 *
 * @param summary - The captures.
 * @returns A tenth or a half of a tenth, 0 to 0.95.
 * @internal
 */
export function chooseLowestConfidence({ points, threshold }: CaptureSummary): number {
  if (points.length === 0) return 0;
  const lowest = points.reduce((least, { confidence }) => Math.min(least, confidence), threshold);
  const room = Math.max(0, lowest - (1 - lowest) * 0.1 - 0.01);
  return room < 0.8 ? Math.floor(room * 10) / 10 : Math.min(0.95, Math.floor(room * 20) / 20);
}
