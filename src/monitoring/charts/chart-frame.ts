import { escapeHtml, plainText, shorten } from "../../core/plain-text.js";
import { estimateWidth, fitText, wrapText } from "../../core/text-size.js";
import type { ChartShape } from "./chart-options.js";
import { CHART_FONT, describeChartStyle } from "./chart-theme.js";
import { rect, text } from "./svg-parts.js";

/** Font sizes in pixels. */
const TITLE_SIZE = 17;
/** @internal */
export const TEXT_SIZE = 12;
/** Space at the edges. @internal */
export const MARGIN = 16;
/** Height of a line of text. @internal */
export const LINE = 18;

/** Where data are drawn, in pixels. @internal */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An entry of the legend. @internal */
export interface LegendEntry {
  readonly label: string;
  /** Draws what stands before the label, 16 pixels wide, about its middle. */
  readonly draw: (x: number, y: number) => string;
}

/** What stands above the plot. @internal */
export interface Head {
  readonly parts: string;
  /** How far it reaches, in pixels from the top. */
  readonly bottom: number;
}

const MAX_TITLE_LINES = 2;
/** A title for those who cannot see the picture may be longer than one on it, but not a book. */
const MAX_NAME = 300;

/**
 * Draws heading, a few words below it, and the legend, all within the width.
 *
 * @param shape - Size and heading.
 * @param words - What is said below the heading, as one text.
 * @param legend - The entries.
 * @returns The parts, and where the rest begins.
 * @internal
 */
export function drawHead({ width, title }: ChartShape, words = "", legend: readonly LegendEntry[] = []): Head {
  const room = width - 2 * MARGIN;
  // Bold letters are a little wider.
  const lines = wrapText(plainText(title), TITLE_SIZE, room * 0.94).lines;
  const heading = lines.slice(0, MAX_TITLE_LINES);
  const last = heading.length - 1;
  if (lines.length > MAX_TITLE_LINES) heading[last] = fitText(`${heading[last]} …`, TITLE_SIZE, room * 0.94);
  const below = words === "" ? [] : wrapText(plainText(words), TEXT_SIZE, room).lines;
  let y = 10;
  const parts = heading.map((content) => {
    y += 22;
    return text(content, { x: MARGIN, y: y - 2, size: TITLE_SIZE, isBold: true });
  });
  for (const content of below) {
    y += LINE;
    parts.push(text(content, { x: MARGIN, y: y - 2, size: TEXT_SIZE, tone: "muted" }));
  }
  const drawn = drawLegend(legend, y + 8, width);
  return { parts: [...parts, drawn.parts].join("\n"), bottom: drawn.bottom };
}

function drawLegend(entries: readonly LegendEntry[], top: number, width: number): Head {
  if (entries.length === 0) return { parts: "", bottom: top };
  const room = width - 2 * MARGIN;
  let [x, row] = [MARGIN, 0];
  const parts = entries.map(({ label, draw }) => {
    const content = fitText(plainText(label), TEXT_SIZE, Math.min(220, room - 22));
    const needed = 22 + estimateWidth(content, TEXT_SIZE);
    if (x > MARGIN && x + needed > width - MARGIN) [x, row] = [MARGIN, row + 1];
    const y = top + 10 + row * 20;
    const part = draw(x + 8, y) + text(content, { x: x + 22, y: y + 4, size: TEXT_SIZE });
    x += needed + 18;
    return part;
  });
  return { parts: parts.join("\n"), bottom: top + 20 + row * 20 };
}

/** What a picture consists of. @internal */
export interface ChartParts {
  /** What the picture shows, for those who cannot see it. */
  readonly description: string;
  readonly parts: readonly string[];
  /** How tall it became, where that depends on the data. */
  readonly height?: number;
  /** Attributes for the script of the report. */
  readonly data?: string;
}

/**
 * Writes a picture as SVG.
 *
 * @param shape - Size, heading and colours.
 * @param chart - What is on it.
 * @returns The document.
 * @internal
 */
export function writeChart(
  shape: ChartShape,
  { description, parts, height = shape.height, data = "" }: ChartParts,
): string {
  const { width, title, theme } = shape;
  const style = theme === "inherit" ? [] : [`<style>${describeChartStyle(theme)}</style>`];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="scones-${theme === "inherit" ? "page" : theme}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${CHART_FONT}"${data}>`,
    `<title>${escapeHtml(shorten(plainText(title), MAX_NAME))}</title>`,
    `<desc>${escapeHtml(description)}</desc>`,
    ...style,
    rect({ x: 0, y: 0, width, height }, "paper"),
    ...parts.filter((part) => part !== ""),
    "</svg>\n",
  ].join("\n");
}

/** Lower plots could not hold their ticks. */
const MIN_PLOT = 96;

/**
 * Makes a picture taller where its heading leaves too little room for the plot.
 *
 * @param shape - The size that was asked for.
 * @param top - Where the plot begins.
 * @param below - Room below the plot.
 * @returns The shape with a height that will do.
 * @internal
 */
export function fitHeight(shape: ChartShape, top: number, below: number): ChartShape {
  return { ...shape, height: Math.max(shape.height, Math.ceil(top + MIN_PLOT + below)) };
}

/** Room between heading and plot, for the name of the upright axis. @internal */
export const AXIS_NAME = 36;

/** Says in the middle of a plot that there is nothing to draw. @internal */
export function drawNothing({ left, right, top, bottom }: Plot, words: string): string {
  const { lines } = wrapText(words, 14, right - left - 8);
  const first = (top + bottom) / 2 - ((lines.length - 1) * 20) / 2;
  return lines
    .map((content, index) =>
      text(content, {
        x: (left + right) / 2,
        y: first + index * 20,
        size: 14,
        tone: "muted",
        anchor: "middle",
        hasRim: true,
      }),
    )
    .join("\n");
}
