import type { CapturePoint } from "../statistics/point-sample.js";
import type { LegendEntry, Plot } from "./chart-frame.js";
import { spreadSeconds } from "./place-points.js";
import { mark, rect, type Tone } from "./svg-parts.js";
import { formatCount, formatNumber } from "./ticks.js";
import { formatTime, type TimeRange } from "./time-axis.js";
import type { Scale } from "./value-axis.js";

const COLUMN = 10;
const ROW = 10;
/** What lies on the edge of the plot is seen all the same. */
const MIN_HEIGHT = 3;
const OPACITIES = [0.2, 0.42, 0.68, 1];

/** Cells that are darker the more points they hold. @internal */
export interface DensityCells {
  readonly parts: string;
  readonly legend: readonly LegendEntry[];
}

/** Counts points in cells, and draws the cells. A row never holds points of both sides of the threshold. @internal */
export function drawDensity(
  points: readonly CapturePoint[],
  {
    plot,
    range,
    y,
    threshold,
  }: { readonly plot: Plot; readonly range: TimeRange; readonly y: Scale; readonly threshold: number },
): DensityCells {
  const { left, right, top, bottom } = plot;
  const columns = Math.max(1, Math.floor((right - left) / COLUMN));
  const width = (right - left) / columns;
  const span = (range.to - range.from) / columns;
  const line = Math.min(bottom, Math.max(top, y(threshold)));
  const cells = new Map<
    string,
    { readonly column: number; readonly row: number; readonly below: boolean; count: number }
  >();
  for (const { time, point } of spreadSeconds(points)) {
    const { confidence, belowThreshold: below } = point;
    const column = Math.min(columns - 1, Math.max(0, Math.floor((time - range.from) / span)));
    const rows = Math.max(1, Math.ceil((below ? bottom - line : line - top) / ROW));
    const row = Math.min(rows - 1, Math.floor(Math.abs(y(confidence) - line) / ROW));
    const key = `${column} ${row} ${below}`;
    const cell = cells.get(key) ?? { column, row, below, count: 0 };
    cell.count++;
    cells.set(key, cell);
  }
  const limits = chooseLimits([...cells.values()].map(({ count }) => count));
  // The last level is always the darkest.
  const opacityOf = (level: number) => OPACITIES[OPACITIES.length - limits.length + level] ?? 1;
  const parts = [...cells.values()].map(({ column, row, below, count }) => {
    const level = Math.max(
      0,
      limits.findIndex((limit) => count <= limit),
    );
    const [from, to] = below ? [line + row * ROW, line + (row + 1) * ROW] : [line - (row + 1) * ROW, line - row * ROW];
    const lower = Math.min(bottom, to);
    const upper = Math.min(lower - MIN_HEIGHT, Math.max(top, from));
    const box = { x: left + column * width, y: upper, width: width - 0.6, height: lower - upper - 0.6 };
    const begin = Math.round(range.from + column * span);
    const tip = `${formatCount(count)} ${count === 1 ? "answer" : "answers"} ${below ? "below" : "from"} the threshold of ${formatNumber(threshold)}${below ? "" : " on"}, ${formatTime(begin)}`;
    return mark(rect(box, toneOf(below), opacityOf(level)), tip, { from: begin, to: Math.round(begin + span) });
  });
  const legend = limits.map((limit, level) => ({
    label: level === 0 ? `1${limit === 1 ? "" : ` to ${formatCount(limit)}`} in a cell` : `to ${formatCount(limit)}`,
    draw: (x: number, at: number) => rect({ x: x - 8, y: at - 6, width: 16, height: 12 }, "c0", opacityOf(level)),
  }));
  return { parts: parts.join("\n"), legend };
}

function toneOf(below: boolean): Tone {
  return below ? "alarm" : "c0";
}

/** Highest counts of at most four levels, such that each level is about as much darker than the one before. */
function chooseLimits(counts: readonly number[]): readonly number[] {
  const highest = counts.reduce((most, count) => Math.max(most, count), 1);
  const limits = OPACITIES.map((_, level) => Math.round(highest ** ((level + 1) / OPACITIES.length)));
  return [...new Set(limits)];
}
