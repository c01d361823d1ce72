import type { LegendEntry } from "./chart-frame.js";
import type { DrawnBins } from "./join-bins.js";
import { area, line, rect, round, stroke } from "./svg-parts.js";
import type { Scale } from "./value-axis.js";

/** Fewer bins than this make no band. */
const MIN_BINS = 3;

interface Step {
  readonly left: number;
  readonly right: number;
  readonly p05: number;
  readonly p50: number;
  readonly p95: number;
}

/** What goes below the points, what goes above them, and what the legend says of it. @internal */
export interface QuantileBand {
  readonly below: string;
  readonly above: string;
  readonly legend: readonly LegendEntry[];
  /** What the legend says of what goes below. */
  readonly belowLegend: readonly LegendEntry[];
}

/**
 * Draws where nine in ten answers lie in each span of time, and the middle one; a gap in time is a gap in the band.
 *
 * @param drawn - The bins.
 * @param scales - Turn times and confidences into pixels.
 * @param bounds - Left and right end of the plot.
 * @returns The band, which is nothing for too few bins.
 * @internal
 */
export function drawBand(
  { bins, binMs }: DrawnBins,
  { x, y }: { readonly x: Scale; readonly y: Scale },
  [left, right]: readonly [number, number],
): QuantileBand {
  if (bins.length < MIN_BINS) return { below: "", above: "", legend: [], belowLegend: [] };
  const steps = bins.flatMap(({ start, quantiles }): readonly Step[] => {
    const from = Math.max(left, x(Date.parse(start)));
    const to = Math.min(right, x(Date.parse(start) + binMs));
    if (quantiles === undefined || to <= from) return [];
    const { p05, p50, p95 } = quantiles;
    return [{ left: from, right: to, p05: y(p05), p50: y(p50), p95: y(p95) }];
  });
  const boxes = steps.map(
    (step) => `M${round(step.left)} ${round(step.p95)}H${round(step.right)}V${round(step.p05)}H${round(step.left)}Z`,
  );
  const edges = traceSteps(steps, ({ p05 }) => p05);
  const medians = traceSteps(steps, ({ p50 }) => p50);
  return {
    below: area(boxes.join(""), "c0", FAINT),
    above: [
      stroke(edges, "muted", EDGE),
      stroke(medians, "paper", { width: 5, opacity: 0.8 }),
      stroke(medians, "ink", { width: 2 }),
    ].join("\n"),
    legend: [
      { label: "median", draw: (atX, atY) => line(atX - 8, atY, atX + 8, atY, "ink", { width: 2 }) },
      { label: "5 % are below", draw: (atX, atY) => line(atX - 8, atY, atX + 8, atY, "muted", EDGE) },
    ],
    belowLegend: [
      {
        label: "nine in ten answers",
        draw: (atX, atY) => rect({ x: atX - 8, y: atY - 6, width: 16, height: 12 }, "c0", FAINT),
      },
    ],
  };
}

/** Share of the colour that is left of it where points lie on it. */
const FAINT = 0.13;
const EDGE = { dash: "2 3", width: 1.5 };

/** A line of steps; where a span begins after the end of the one before, the line begins anew. */
function traceSteps(steps: readonly Step[], heightOf: (step: Step) => number): string {
  return steps
    .map((step, index) => {
      const before = steps[index - 1];
      const isNext = before !== undefined && step.left - before.right < 0.5;
      return `${isNext ? "V" : `M${round(step.left)} `}${round(heightOf(step))}H${round(step.right)}`;
    })
    .join("");
}
