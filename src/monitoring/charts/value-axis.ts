import { estimateWidth } from "../../core/text-size.js";
import { type Plot, TEXT_SIZE } from "./chart-frame.js";
import { line, text } from "./svg-parts.js";
import type { Tick } from "./ticks.js";

/** Turns values into pixels. @internal */
export type Scale = (value: number) => number;

/** A scale that takes a range of values to a range of pixels. @internal */
export function createScale([min, max]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const factor = max === min ? 0 : (to - from) / (max - min);
  return (value) => from + (value - min) * factor;
}

/** How many ticks an axis of a height has room for. @internal */
export function countTicks(height: number, each = 48): number {
  return Math.max(2, Math.min(11, Math.floor(height / each) + 1));
}

/** How much room the labels of an upright axis need on its left. @internal */
export function measureTicks(ticks: readonly Tick[]): number {
  return Math.max(0, ...ticks.map(({ label }) => estimateWidth(label, TEXT_SIZE))) + 10;
}

/**
 * Draws an upright axis on the left: lines across the plot, a label at each, and above them what they measure.
 *
 * @param plot - Where data are drawn.
 * @param ticks - The ticks.
 * @param scale - Turns values into pixels.
 * @param name - What is measured.
 * @returns The parts.
 * @internal
 */
export function drawValueAxis(plot: Plot, ticks: readonly Tick[], scale: Scale, name: string): string {
  const { left, right, top } = plot;
  return [
    ...ticks.map(({ value }) => line(left, scale(value), right, scale(value), "grid")),
    ...ticks.map(({ value, label }) =>
      text(label, { x: left - 8, y: scale(value) + 4, size: TEXT_SIZE, tone: "muted", anchor: "end" }),
    ),
    text(name, { x: 16, y: top - 12, size: TEXT_SIZE, tone: "muted" }),
  ].join("\n");
}

/** Draws a level axis at the bottom: a line, ticks with labels, and below them what they measure. @internal */
export function drawLevelAxis(plot: Plot, ticks: readonly Tick[], scale: Scale, name: string): string {
  const { left, right, bottom } = plot;
  let end = Number.NEGATIVE_INFINITY;
  const labels = ticks.map(({ value, label }) => {
    const half = estimateWidth(label, TEXT_SIZE) / 2;
    // At the ends of the axis a label moves inwards rather than being cut.
    const x = Math.min(right + 14 - half, Math.max(half + 2, scale(value)));
    if (x - half < end + 6) return "";
    end = x + half;
    return text(label, { x, y: bottom + 19, size: TEXT_SIZE, tone: "muted", anchor: "middle" });
  });
  return [
    line(left, bottom, right, bottom, "muted"),
    ...ticks.map(({ value }) => line(scale(value), bottom, scale(value), bottom + 4, "muted")),
    ...labels.filter((label) => label !== ""),
    text(name, { x: (left + right) / 2, y: bottom + 40, size: TEXT_SIZE, tone: "muted", anchor: "middle" }),
  ].join("\n");
}

/** Room that a level axis needs below the plot. @internal */
export const LEVEL_AXIS = 52;
