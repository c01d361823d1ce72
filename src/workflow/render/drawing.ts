import type { TraceStatus } from "./execution-trace.js";

/** A line of text, in the middle of what it stands in. @internal */
export interface TextLine {
  readonly text: string;
  readonly size: number;
  readonly isBold?: boolean;
  readonly isError?: boolean;
}

/** A state, the frame of a map or parallel, or a start or end. @internal */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly kind: "state" | "container" | "branch" | "terminal";
  readonly lines: readonly TextLine[];
  readonly title?: string;
  /** Absent where no execution is drawn; `NONE` where it did not come by. */
  readonly status?: TraceStatus | "NONE";
}

/** A text beside an edge; `x` is its middle, `y` its top. @internal */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
  readonly title: string;
  readonly isCatch: boolean;
}

/** An edge, as points that it goes through: straight down within a layer, curved between layers. @internal */
export interface Path {
  readonly points: readonly (readonly [number, number])[];
  readonly isCatch: boolean;
  /** Absent where no execution is drawn. */
  readonly isTaken?: boolean;
}

/** What is drawn, in pixels. @internal */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly labels: readonly Label[];
  readonly paths: readonly Path[];
}

/** Font sizes, and the height of a line of a size. @internal */
export const NAME_SIZE = 13;
/** @internal */
export const SMALL_SIZE = 11;
/** @internal */
export const LINE_HEIGHT = 1.35;

/** Moves a drawing. @internal */
export function move(drawing: Drawing, dx: number, dy: number): Drawing {
  const shift = <Item extends { readonly x: number; readonly y: number }>(item: Item): Item => ({
    ...item,
    x: item.x + dx,
    y: item.y + dy,
  });
  return {
    ...drawing,
    boxes: drawing.boxes.map(shift),
    labels: drawing.labels.map(shift),
    paths: drawing.paths.map((path) => ({ ...path, points: path.points.map(([x, y]) => [x + dx, y + dy] as const) })),
  };
}
