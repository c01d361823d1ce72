import { escapeHtml } from "../../core/plain-text.js";

/** Name of a colour: see the theme. @internal */
export type Tone = "paper" | "ink" | "muted" | "grid" | "alarm" | `c${number}`;

/** Where and how a text stands. @internal */
export interface TextPlace {
  /** Where it begins, ends or has its middle, in pixels from the left. */
  readonly x: number;
  /** The base line, in pixels from the top. */
  readonly y: number;
  /** Font size in pixels. */
  readonly size: number;
  readonly tone?: Tone;
  readonly anchor?: "start" | "middle" | "end";
  readonly isBold?: boolean;
  /** Whether a rim keeps it readable over lines. */
  readonly hasRim?: boolean;
  /** Whether it runs upwards, turned about its place. */
  readonly isUpright?: boolean;
}

/** Writes a coordinate, to a tenth of a pixel. @internal */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Draws a text, whatever characters are in it. @internal */
export function text(content: string, place: TextPlace): string {
  const { x, y, size, tone = "ink", anchor, isBold, hasRim, isUpright } = place;
  const attributes = [
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
    isBold ? ' font-weight="600"' : "",
    isUpright ? ` transform="rotate(-90 ${round(x)} ${round(y)})"` : "",
    hasRim ? ' stroke-width="4" paint-order="stroke" stroke-linejoin="round"' : "",
  ].join("");
  const classes = hasRim ? `f-${tone} s-paper` : `f-${tone}`;
  return `<text class="${classes}" x="${round(x)}" y="${round(y)}" font-size="${size}"${attributes}>${escapeHtml(content)}</text>`;
}

/** A rectangle, in pixels. @internal */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws a filled rectangle. @internal */
export function rect({ x, y, width, height }: Rect, tone: Tone, opacity = 1): string {
  const faint = opacity === 1 ? "" : ` fill-opacity="${Math.round(opacity * 100) / 100}"`;
  return `<rect class="f-${tone}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${faint}/>`;
}

/** How a line looks. @internal */
export interface LineLook {
  readonly width?: number;
  /** Lengths of strokes and gaps. */
  readonly dash?: string;
  readonly opacity?: number;
}

/** Draws a line along a path. @internal */
export function stroke(d: string, tone: Tone, { width = 1, dash, opacity }: LineLook = {}): string {
  const thick = width === 1 ? "" : ` stroke-width="${width}"`;
  const dashed = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  const faint = opacity === undefined ? "" : ` stroke-opacity="${opacity}"`;
  return `<path class="line s-${tone}" d="${d}"${thick}${dashed}${faint}/>`;
}

/** Draws a straight line. @internal */
export function line(x1: number, y1: number, x2: number, y2: number, tone: Tone, look?: LineLook): string {
  return stroke(`M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`, tone, look);
}

/** Fills the inside of a path. @internal */
export function area(d: string, tone: Tone, opacity = 1): string {
  return `<path class="f-${tone}" d="${d}"${opacity === 1 ? "" : ` fill-opacity="${opacity}"`}/>`;
}

/**
 * Puts parts together under a text that is shown when somebody points at them, and a span of time by which the report
 * finds them.
 * @internal
 */
export function mark(
  parts: string,
  tip: string,
  span?: { readonly from: number; readonly to: number } | undefined,
): string {
  const data = span === undefined ? "" : ` data-from="${span.from}" data-to="${span.to}"`;
  return `<g class="mark"${data}><title>${escapeHtml(tip)}</title>${parts}</g>`;
}
