import type { EpochMetrics } from "../../core/training-record.js";
import type { CurveLayout } from "./curve-layout.js";

/** Where a text begins, ends or has its middle. @internal */
export interface LabelPlace {
  /** The point, in pixels from the left. */
  readonly x: number;
  /** The base line, in pixels from the top. */
  readonly y: number;
  /** What the point is to the text. */
  readonly anchor: "start" | "end";
}

const GAP = 8;

/**
 * Finds a place beside an upright line where the curves leave room for a text, and where the text is not cut.
 *
 * @param layout - The plot.
 * @param epochs - What is drawn.
 * @param x - Where the line is.
 * @param width - Width of the text, in pixels.
 * @returns The place that is farthest from every curve.
 * @internal
 */
export function placeLabel(layout: CurveLayout, epochs: readonly EpochMetrics[], x: number, width: number): LabelPlace {
  const { left, right, top, bottom } = layout;
  const sides = [
    { anchor: "end", from: x - GAP - width, to: x - GAP },
    { anchor: "start", from: x + GAP, to: x + GAP + width },
  ] as const;
  const heights = Array.from({ length: 9 }, (_, index) => top + 14 + (index / 8) * (bottom - top - 22));
  const places = sides
    .filter(({ from, to }) => from >= left && to <= right)
    .flatMap(({ anchor, from, to }) => {
      const covered = findCovered(layout, epochs, from, to);
      return heights.map((y) => {
        const room = Math.min(...covered.map((height) => Math.abs(height - (y - 4))), 1e6);
        return { x: anchor === "end" ? to : from, y, anchor, room };
      });
    });
  // Where both sides are too narrow the text begins at the edge.
  const fallback: LabelPlace & { readonly room: number } = {
    x: left + GAP,
    y: bottom - GAP,
    anchor: "start",
    room: -1,
  };
  const { room: _, ...best } = places.reduce<typeof fallback>(
    (one, other) => (other.room > one.room ? other : one),
    fallback,
  );
  return best;
}

/** Heights of the curves between two places, and a little beside them, so that the lines in between count too. */
function findCovered({ x, y }: CurveLayout, epochs: readonly EpochMetrics[], from: number, to: number) {
  const step = epochs.length > 1 ? x(epochs[1]?.epoch ?? 1) - x(epochs[0]?.epoch ?? 0) : 0;
  return epochs
    .filter(({ epoch }) => x(epoch) >= from - step && x(epoch) <= to + step)
    .flatMap(({ trainAccuracy, validationAccuracy }) => [
      ...(trainAccuracy === undefined ? [] : [y(trainAccuracy)]),
      ...(validationAccuracy === undefined ? [] : [y(validationAccuracy)]),
    ]);
}
