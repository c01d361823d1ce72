import { estimateWidth } from "../../core/text-size.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { type Plot, TEXT_SIZE } from "./chart-frame.js";
import { chooseTimeTicks } from "./time-ticks.js";
import { createScale, drawLevelAxis, type Scale } from "./value-axis.js";

/** A captured time says the second: what has it may have been until the next one begins. @internal */
export const SECOND_MS = 1000;
/** Farthest time that a date can hold. */
const END_OF_TIME = 8.64e15;

/** The time that is drawn. @internal */
export interface TimeRange {
  /** Begin, in milliseconds since 1970. */
  readonly from: number;
  /** End. */
  readonly to: number;
}

/**
 * Chooses the time that is drawn: that of all classified captures, with a little more to both sides.
 *
 * @param summary - The captures.
 * @returns The range; `undefined` when there are none.
 * @internal
 */
export function chooseTimeRange({ points }: CaptureSummary): TimeRange | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { time } of points) {
    first = Math.min(first, Date.parse(time));
    last = Math.max(last, Date.parse(time));
  }
  if (first > last) return undefined;
  const pad = Math.max((last - first) * 0.02, SECOND_MS / 2);
  return { from: Math.max(-END_OF_TIME, first - pad), to: Math.min(END_OF_TIME, last + SECOND_MS + pad) };
}

/** Turns times into pixels. @internal */
export function createTimeScale({ from, to }: TimeRange, { left, right }: Plot): Scale {
  return createScale([from, to], [left, right]);
}

/** Draws the time axis, with the days that it covers in its name. @internal */
export function drawTimeAxis(plot: Plot, range: TimeRange | undefined): string {
  const room = plot.right - plot.left;
  if (range === undefined) return drawLevelAxis(plot, [], () => 0, "Time of capture in UTC");
  const ticks = chooseTimeTicks(range.from, range.to, room, TEXT_SIZE);
  const [first, last] = [range.from, range.to].map((time) => new Date(time).toISOString().slice(0, 10));
  const days = first === last ? first : `${first} to ${last}`;
  const names = [`Time of capture in UTC, ${days}`, `UTC, ${days}`, "UTC"];
  const name = names.find((each) => estimateWidth(each, TEXT_SIZE) <= room + 24) ?? "UTC";
  return drawLevelAxis(plot, ticks, createTimeScale(range, plot), name);
}

/** Tells the script of the report which time stands where. @internal */
export function describeTimeData({ left, right, top, bottom }: Plot, range: TimeRange | undefined): string {
  if (range === undefined) return "";
  const numbers = [range.from, range.to, left, right, top, bottom].map((value) => Math.round(value * 10) / 10);
  return ` data-time="${numbers.join(" ")}"`;
}

/** Writes a time for people, to the second. @internal */
export function formatTime(time: string | number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
