import { plainText, shorten } from "../../core/plain-text.js";
import { estimateWidth, wrapText } from "../../core/text-size.js";
import type { ScopeVisit, StateVisit } from "../checks/visit.js";
import { splitArn } from "../definition/split-arn.js";
import { type Drawing, LINE_HEIGHT, move, NAME_SIZE, SMALL_SIZE, type TextLine } from "./drawing.js";
import type { StateSummary } from "./state-summary.js";

const MAX_TEXT = 210;
const PADDING = 12;
const MAX_CAUSE = 400;

/** Everything that the states of a definition are drawn with. @internal */
export interface DrawContext {
  readonly summaries: ReadonlyMap<string, StateSummary> | undefined;
  /** Scopes inside a state, by the state's JSON pointer. */
  readonly inner: ReadonlyMap<string, readonly ScopeVisit[]>;
}

/**
 * Draws a state, with what is inside of it.
 *
 * @param visit - The state.
 * @param inside - Drawings of its branches, or of what it does with an item.
 * @param context - See {@link DrawContext}.
 * @returns The drawing, its first box the state's own.
 * @internal
 */
export function drawState(visit: StateVisit, inside: readonly Drawing[], context: DrawContext): Drawing {
  const summary = context.summaries?.get(visit.name);
  const lines = describeState(visit, summary);
  const textWidth = Math.max(...lines.map((line) => estimateWidth(line.text, line.size)));
  const textHeight = lines.reduce((sum, line) => sum + line.size * LINE_HEIGHT, 0);
  const innerWidth =
    inside.reduce((sum, drawing) => sum + drawing.width + 2 * PADDING, 0) + PADDING * Math.max(0, inside.length - 1);
  const innerHeight = Math.max(0, ...inside.map((drawing) => drawing.height + 2 * PADDING));
  const width = Math.max(120, textWidth + 2 * PADDING, innerWidth + 2 * PADDING);
  const top = textHeight + 2 * PADDING;
  const height = inside.length === 0 ? top : top + innerHeight + PADDING;
  const status = context.summaries === undefined ? {} : { status: summary?.status ?? ("NONE" as const) };
  const title = shorten(plainText(`${visit.name}${summary === undefined ? "" : `: ${summary.text}`}`), MAX_CAUSE);
  const kind = inside.length === 0 ? "state" : "container";
  const boxes = [{ x: 0, y: 0, width, height, kind, lines, title, ...status }] as Drawing["boxes"][number][];
  let x = (width - innerWidth) / 2;
  const moved = inside.map((drawing) => {
    boxes.push({ x, y: top, width: drawing.width + 2 * PADDING, height: innerHeight, kind: "branch", lines: [] });
    const result = move(drawing, x + PADDING, top + PADDING);
    x += drawing.width + 3 * PADDING;
    return result;
  });
  return {
    width,
    height,
    boxes: [...boxes, ...moved.flatMap((drawing) => drawing.boxes)],
    labels: moved.flatMap((drawing) => drawing.labels),
    paths: moved.flatMap((drawing) => drawing.paths),
  };
}

function describeState({ name, state }: StateVisit, summary: StateSummary | undefined): readonly TextLine[] {
  const type = plainText(String(state["Type"] ?? "?"));
  const resource = typeof state["Resource"] === "string" ? shortResource(state["Resource"]) : undefined;
  const what = type === "Task" && resource !== undefined ? resource : type;
  const small = (text: string, isError = false): readonly TextLine[] =>
    wrapText(plainText(text), SMALL_SIZE, MAX_TEXT).lines.map((line) => ({ text: line, size: SMALL_SIZE, isError }));
  return [
    ...wrapText(plainText(name), NAME_SIZE, MAX_TEXT).lines.map((text) => ({ text, size: NAME_SIZE, isBold: true })),
    ...small(shorten(what, 100)),
    ...(summary === undefined ? [] : small(summary.text)),
    ...(summary?.error === undefined ? [] : small(summary.error, true)),
  ];
}

function shortResource(resource: string): string {
  if (/^arn:([a-z-]+|\$\{[^}]+\}):lambda:/.test(resource)) return `lambda ${splitArn(resource).slice(6).join(":")}`;
  return resource.replace(/^arn:[a-z-]+:states:[^:]*:[^:]*:/, "");
}
