import type { CapturePoint } from "../statistics/point-sample.js";
import { SECOND_MS } from "./time-axis.js";
import type { Scale } from "./value-axis.js";

/** A point with its place in pixels. @internal */
export interface PlacedPoint {
  readonly point: CapturePoint;
  readonly x: number;
  readonly y: number;
}

/** Where points may be drawn. @internal */
export interface PointSpace {
  readonly x: Scale;
  readonly y: Scale;
  readonly left: number;
  readonly right: number;
  /** Radius of a point. */
  readonly radius: number;
}

/** How far a point may stand from its time, in pixels, where a second is narrower than that. */
const MAX_SHIFT = 64;

/**
 * Finds a place for each point so that none lies on another. Captures tell the second, so those of one second are spread
 * over it; what would still lie on another is moved a little to the side, never up or down.
 *
 * @param points - The points, by time.
 * @param space - Where they may be.
 * @returns The places; `undefined` when there is no room for all.
 * @internal
 */
export function placePoints(points: readonly CapturePoint[], space: PointSpace): readonly PlacedPoint[] | undefined {
  const { x, y, left, right, radius } = space;
  const second = x(SECOND_MS) - x(0);
  const reach = Math.max(second / 2, MAX_SHIFT);
  const taken = new Map<string, { readonly x: number; readonly y: number }[]>();
  const cell = radius * 2;
  const isFree = (atX: number, atY: number) => {
    const [column, row] = [Math.floor(atX / cell), Math.floor(atY / cell)];
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        const near = taken.get(`${column + dx} ${row + dy}`) ?? [];
        if (near.some((other) => (other.x - atX) ** 2 + (other.y - atY) ** 2 < (cell * 0.95) ** 2)) return false;
      }
    }
    return true;
  };
  const placed: PlacedPoint[] = [];
  for (const { point, time } of spreadSeconds(points)) {
    const [middle, atY] = [x(time), y(point.confidence)];
    const atX = listShifts(reach, radius)
      .map((shift) => middle + shift)
      .find((each) => each >= left + radius && each <= right - radius && isFree(each, atY));
    if (atX === undefined) return undefined;
    const key = `${Math.floor(atX / cell)} ${Math.floor(atY / cell)}`;
    taken.set(key, [...(taken.get(key) ?? []), { x: atX, y: atY }]);
    placed.push({ point, x: atX, y: atY });
  }
  return placed;
}

/** A point with a time within its second. @internal */
export interface SpreadPoint {
  readonly point: CapturePoint;
  readonly time: number;
}

/** Gives the points of each whole second times within it, in equal steps. @internal */
export function spreadSeconds(points: readonly CapturePoint[]): readonly SpreadPoint[] {
  const counts = new Map<string, number>();
  for (const { time } of points) counts.set(time, (counts.get(time) ?? 0) + 1);
  const seen = new Map<string, number>();
  return points.map((point) => {
    const time = Date.parse(point.time);
    if (time % SECOND_MS !== 0) return { point, time };
    const index = seen.get(point.time) ?? 0;
    seen.set(point.time, index + 1);
    return { point, time: time + ((index + 0.5) / (counts.get(point.time) ?? 1)) * SECOND_MS };
  });
}

/** Distances to both sides, the nearest first. */
function listShifts(reach: number, step: number): readonly number[] {
  const count = Math.min(200, Math.floor(reach / step));
  return [0, ...Array.from({ length: count }, (_, index) => [(index + 1) * step, -(index + 1) * step]).flat()];
}
