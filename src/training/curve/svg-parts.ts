import { escapeHtml } from "../../core/plain-text.js";

/** Which of the two curves. @internal */
export type CurveKind = "trainAccuracy" | "validationAccuracy";

/** Colours of the picture. The first two colours are told apart by every kind of eye; the lines differ in form too. Source: Okabe and Ito. @internal */
export const CURVE_THEMES = {
  light: {
    paper: "#ffffff",
    ink: "#1f2933",
    muted: "#52606d",
    grid: "#e4e7eb",
    train: "#0072b2",
    validation: "#d55e00",
  },
  dark: {
    paper: "#161b22",
    ink: "#e6edf3",
    muted: "#9aa7b4",
    grid: "#2d3640",
    train: "#4aa8e0",
    validation: "#f0a050",
  },
} as const;

/** Colours of the picture. @internal */
export type CurveTheme = (typeof CURVE_THEMES)[keyof typeof CURVE_THEMES];

/** Writes a coordinate, to a tenth of a pixel. @internal */
export function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Draws a filled rectangle. @internal */
export function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

/** Draws a straight line. @internal */
export function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" stroke="${stroke}"/>`;
}

/** Draws the line of a curve: training is dashed, validation is not. @internal */
export function path(d: string, stroke: string, kind: CurveKind): string {
  const dash = kind === "trainAccuracy" ? ' stroke-dasharray="7 3"' : "";
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="2" stroke-linejoin="round"${dash}/>`;
}

/** Draws the mark of a curve: squares for training, circles for validation. @internal */
export function mark(kind: CurveKind, x: number, y: number, fill: string, radius: number): string {
  if (kind === "validationAccuracy") return `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}"/>`;
  const side = radius * 2 - 1;
  return `<rect x="${round(x - side / 2)}" y="${round(y - side / 2)}" width="${side}" height="${side}" fill="${fill}"/>`;
}

/** Draws a text; a halo keeps it readable over lines. @internal */
export function text(
  content: string,
  at: {
    readonly x: number;
    readonly y: number;
    readonly size: number;
    readonly fill: string;
    readonly weight?: number;
    readonly anchor?: "start" | "middle" | "end";
    readonly halo?: string;
  },
): string {
  const weight = at.weight === undefined ? "" : ` font-weight="${at.weight}"`;
  const anchor = at.anchor === undefined ? "" : ` text-anchor="${at.anchor}"`;
  const halo = at.halo === undefined ? "" : ` stroke="${at.halo}" stroke-width="4" paint-order="stroke"`;
  return `<text x="${round(at.x)}" y="${round(at.y)}" font-size="${at.size}" fill="${at.fill}"${weight}${anchor}${halo}>${escapeHtml(content)}</text>`;
}
