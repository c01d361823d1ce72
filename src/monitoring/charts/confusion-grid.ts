import { plainText } from "../../core/plain-text.js";
import { estimateWidth, fitText } from "../../core/text-size.js";
import { LINE, MARGIN, type Plot, TEXT_SIZE } from "./chart-frame.js";
import type { ChartShape } from "./chart-options.js";
import { line, text } from "./svg-parts.js";

/** The matrix in pixels. @internal */
export interface ConfusionGrid {
  readonly plot: Plot;
  /** Width and height of a cell. */
  readonly cell: { readonly width: number; readonly height: number };
  /** Names of the rows, which have numbers where the columns have no room for names. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Whether the names of the columns run upwards. */
  readonly isUpright: boolean;
}

/** Rows lower than this could not be named. */
const MIN_ROW = 17;
/** Narrower columns have numbers for names, and still narrower ones nothing. */
const MIN_NAMED = 15;
const MIN_NUMBERED = 8;
const NUMBER_SIZE = 10;
const FRAME = 8;

/**
 * Lays out the matrix: as tall as the picture, or taller where its rows need that.
 *
 * @param labels - The classes.
 * @param shape - Size of the picture.
 * @param top - Where the heading ends.
 * @returns The grid.
 * @internal
 */
export function layOutGrid(labels: readonly string[], { width, height }: ChartShape, top: number): ConfusionGrid {
  const names = labels.map(plainText);
  const widest = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(...texts.map((name) => estimateWidth(name, TEXT_SIZE))));
  const leftOf = (texts: readonly string[]) => MARGIN + widest(texts, width * 0.3) + FRAME;
  const right = width - MARGIN;
  const isNumbered = (right - leftOf(names)) / labels.length < MIN_NAMED;
  const rows = isNumbered ? names.map((name, index) => `${index + 1} ${name}`) : names;
  const left = leftOf(rows);
  const column = (right - left) / labels.length;
  const numbers = column < MIN_NUMBERED ? [] : names.map((_, index) => String(index + 1));
  const columns = isNumbered ? numbers : names;
  const isUpright = isNumbered || names.some((name) => estimateWidth(name, TEXT_SIZE) > column - FRAME);
  const first = top + LINE + FRAME + (isUpright ? widest(["", ...columns], 110) + 6 : LINE);
  const bottom = Math.max(height - MARGIN, first + MIN_ROW * labels.length);
  const cell = { width: column, height: (bottom - first) / labels.length };
  return { plot: { left, right, top: first, bottom }, cell, rows, columns, isUpright };
}

/** Draws the lines of the matrix, with frames for the right answers. @internal */
export function drawGrid({ plot, cell, rows }: ConfusionGrid): string {
  const { left, right, top, bottom } = plot;
  const lines = rows.flatMap((_, index) => [
    line(left, top + index * cell.height, right, top + index * cell.height, "grid"),
    line(left + index * cell.width, top, left + index * cell.width, bottom, "grid"),
  ]);
  const frames = rows.map((_, index) => {
    const [x, y] = [left + index * cell.width, top + index * cell.height];
    const [endX, endY] = [x + cell.width, y + cell.height];
    return [
      line(x, y, endX, y, "ink"),
      line(x, endY, endX, endY, "ink"),
      line(x, y, x, endY, "ink"),
      line(endX, y, endX, endY, "ink"),
    ].join("");
  });
  const ends = [line(left, bottom, right, bottom, "grid"), line(right, top, right, bottom, "grid")];
  return [...lines, ...ends, ...frames].join("\n");
}

/** Writes the names of rows and columns. @internal */
export function drawNames({ plot, cell, rows, columns, isUpright }: ConfusionGrid, top: number): string {
  const { left, right } = plot;
  const words = fitText("Rows: true class, columns: answer", TEXT_SIZE, right - MARGIN);
  const size = isUpright && cell.width < MIN_NAMED ? NUMBER_SIZE : TEXT_SIZE;
  return [
    text(words, { x: MARGIN, y: top + 12, size: TEXT_SIZE, tone: "muted" }),
    ...rows.map((name, index) =>
      text(fitText(name, TEXT_SIZE, left - MARGIN - FRAME), {
        x: left - FRAME,
        y: plot.top + (index + 0.5) * cell.height + 4,
        size: TEXT_SIZE,
        anchor: "end",
      }),
    ),
    ...columns.map((name, index) => {
      const x = left + (index + 0.5) * cell.width;
      return isUpright
        ? text(fitText(name, size, plot.top - top - LINE - FRAME), {
            x: x + size / 3,
            y: plot.top - 5,
            size,
            isUpright,
          })
        : text(name, { x, y: plot.top - FRAME, size, anchor: "middle" });
    }),
  ].join("\n");
}
