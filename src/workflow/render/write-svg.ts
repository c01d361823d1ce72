import { escapeHtml, plainText } from "../../core/plain-text.js";
import { estimateWidth, wrapText } from "../../core/text-size.js";
import { type Box, type Drawing, type Label, LINE_HEIGHT, move, NAME_SIZE, type Path, SMALL_SIZE } from "./drawing.js";

const MARGIN = 24;
const MIN_WIDTH = 240;
const FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif";
const INK = "#16191f";
const EDGE = "#687078";
const TAKEN = "#1d8102";

/** Fill and line of a state; dark text is readable on each of the fills. */
const COLOURS: Readonly<Record<NonNullable<Box["status"]>, readonly [string, string]>> = {
  SUCCEEDED: ["#e6f4e1", "#1d8102"],
  FAILED: ["#fdecea", "#d13212"],
  TIMED_OUT: ["#fdecea", "#d13212"],
  CAUGHT: ["#fff3e0", "#c2570c"],
  RUNNING: ["#e1f0fb", "#0073bb"],
  ABORTED: ["#f1f1f1", "#545b64"],
  NONE: ["#ffffff", "#aab7b8"],
};

/**
 * Writes a drawing as SVG.
 *
 * @param drawing - The drawing.
 * @param name - Name of the picture for screen readers, escaped.
 * @param heading - Text above the drawing.
 * @returns The document.
 * @internal
 */
export function writeSvg(drawing: Drawing, name: string, heading: string | undefined): string {
  const width = Math.ceil(Math.max(MIN_WIDTH, drawing.width + 2 * MARGIN));
  const lines = heading === undefined ? [] : wrapText(plainText(heading), NAME_SIZE, width - 2 * MARGIN).lines;
  const top = MARGIN + (lines.length === 0 ? 0 : lines.length * NAME_SIZE * LINE_HEIGHT + 12);
  const height = Math.ceil(top + drawing.height + MARGIN);
  const { boxes, labels, paths } = move(drawing, (width - drawing.width) / 2, top);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONT}">`,
    `<title>${name}</title>`,
    `<defs>${marker("edge", EDGE)}${marker("taken", TAKEN)}</defs>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...lines.map((line, index) =>
      text(line, width / 2, MARGIN + (index + 1) * NAME_SIZE * LINE_HEIGHT - 4, NAME_SIZE, "bold"),
    ),
    ...boxes.map(writeBox),
    // The way taken lies on top.
    ...[...paths].sort((a, b) => Number(a.isTaken ?? false) - Number(b.isTaken ?? false)).map(writePath),
    ...labels.map(writeLabel),
    "</svg>",
    "",
  ].join("\n");
}

function writeBox(box: Box): string {
  const [fill, stroke] = box.status === undefined ? ["#ffffff", EDGE] : COLOURS[box.status];
  const frame =
    box.kind === "branch"
      ? `fill="#ffffff" stroke="#aab7b8" stroke-dasharray="4 3"`
      : box.kind === "terminal"
        ? `fill="#f2f3f3" stroke="${EDGE}"`
        : `fill="${fill}" stroke="${stroke}" stroke-width="1.5"${box.status === "NONE" ? ` stroke-dasharray="4 3"` : ""}`;
  const radius = box.kind === "terminal" ? box.height / 2 : 6;
  let y = box.y + (box.kind === "terminal" ? (box.height - SMALL_SIZE * LINE_HEIGHT) / 2 : 12);
  const lines = box.lines.map((line) => {
    y += line.size * LINE_HEIGHT;
    const colour = line.isError ? "#a3260d" : line.isBold ? INK : "#414750";
    return text(
      line.text,
      box.x + box.width / 2,
      y - line.size * 0.35,
      line.size,
      line.isBold ? "bold" : undefined,
      colour,
    );
  });
  const title = box.title === undefined ? "" : `<title>${escapeHtml(box.title)}</title>`;
  const rect = `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.width)}" height="${round(box.height)}" rx="${radius}" ${frame}/>`;
  return `<g class="${box.kind}">${title}${rect}${lines.join("")}</g>`;
}

function writePath({ points, isCatch, isTaken }: Path): string {
  // An empty last step would turn the arrow.
  const distinct = points.filter(
    ([x, y], index) => index === 0 || x !== points[index - 1]?.[0] || y !== points[index - 1]?.[1],
  );
  const steps = distinct.map(([x, y], index) => {
    const [fromX, fromY] = distinct[index - 1] ?? [x, y];
    if (index === 0) return `M${round(x)} ${round(y)}`;
    if (x === fromX || y === fromY) return `L${round(x)} ${round(y)}`;
    const middle = round((fromY + y) / 2);
    return `C${round(fromX)} ${middle} ${round(x)} ${middle} ${round(x)} ${round(y)}`;
  });
  const colour = isTaken === true ? TAKEN : EDGE;
  const dash = isCatch ? ` stroke-dasharray="5 4"` : "";
  const faint = isTaken === false ? ` opacity="0.55"` : "";
  return `<path d="${steps.join("")}" fill="none" stroke="${colour}" stroke-width="${isTaken === true ? 2.5 : 1.3}"${dash}${faint} marker-end="url(#scones-${isTaken === true ? "taken" : "edge"})"/>`;
}

/** The ground behind a label lets its edge pass without touching the letters. */
function writeLabel({ x, y, lines, title, isCatch }: Label): string {
  const width = Math.max(...lines.map((line) => estimateWidth(line, SMALL_SIZE))) + 6;
  const height = lines.length * SMALL_SIZE * LINE_HEIGHT;
  const rows = lines.map((line, index) => {
    const baseline = y + (index + 1) * SMALL_SIZE * LINE_HEIGHT - SMALL_SIZE * 0.35;
    return text(line, x, baseline, SMALL_SIZE, undefined, isCatch ? "#a3260d" : "#414750");
  });
  const ground = `<rect x="${round(x - width / 2)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="#ffffff"/>`;
  return `<g class="label"><title>${escapeHtml(title)}</title>${ground}${rows.join("")}</g>`;
}

function text(content: string, x: number, y: number, size: number, weight?: string, fill = INK): string {
  const bold = weight === undefined ? "" : ` font-weight="${weight}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" text-anchor="middle" fill="${fill}"${bold}>${escapeHtml(content)}</text>`;
}

function marker(name: string, colour: string): string {
  return `<marker id="scones-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
