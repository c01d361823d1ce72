import { drawText, LETTER_WIDTH, LINE_HEIGHT, toDrawableText } from "./bitmap-font.js";
import type { SheetClass } from "./contact-sheet-classes.js";
import { type Color, type Picture, PixelCanvas } from "./pixel-canvas.js";

/** What {@link layOutSheet} arranges. @internal */
export interface SheetContents {
  /** The classes from top to bottom. */
  readonly classes: readonly SheetClass[];
  /** Whether all images were read, so that the counts are those of the data set. */
  readonly isComplete: boolean;
  /** Images side by side; `undefined` chooses by their width. */
  readonly columns: number | undefined;
  /** Side of a pixel of the images on the sheet. */
  readonly scale: number;
}

/** A class on the sheet. */
interface SheetBlock {
  readonly name: string;
  readonly note: string;
  readonly images: readonly Picture[];
  /** Top of the caption. */
  readonly y: number;
}

/** Where everything on a sheet lies, in pixels. @internal */
export interface SheetLayout {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly scale: number;
  /** Size of a cell, which is that of the largest image. */
  readonly cell: { readonly width: number; readonly height: number };
  readonly blocks: readonly SheetBlock[];
}

const MARGIN = 16;
/** Between two cells. */
const CELL_GAP = 4;
/** Between a caption and its images. */
const CAPTION_GAP = 6;
/** Between two classes. */
const BLOCK_GAP = 22;
/** Side of a dot of the letters. */
const TEXT_SCALE = 2;
const CAPTION_HEIGHT = LINE_HEIGHT * TEXT_SCALE;
const CAPTION_STEP = LETTER_WIDTH * TEXT_SCALE;
/** Letters that a caption may always have, however narrow the images are. */
const CAPTION_LETTERS = 80;
/** Space that is filled with images where no number of columns is given: 16 of CIFAR at scale 2. */
const USUAL_WIDTH = 16 * (64 + CELL_GAP);
const ELLIPSIS = "..";
const SEPARATOR = "  ";
const NOTHING = "no images";

// Light grey shows the edge of white and of black pictures alike.
const PAPER: Color = [236, 236, 236];
const CELL: Color = [216, 216, 216];
const INK: Color = [28, 28, 28];
const PALE_INK: Color = [104, 104, 104];

/** What says that there is nothing to see. */
const EMPTY = {
  width: NOTHING.length * CAPTION_STEP + 2 * MARGIN,
  height: CAPTION_HEIGHT + 2 * MARGIN,
  blocks: [{ name: NOTHING, note: "", images: [], y: MARGIN }],
} satisfies Partial<SheetLayout>;

/** Least height that each class adds to a sheet, in pixels. @internal */
export const LEAST_CLASS_HEIGHT = CAPTION_HEIGHT + BLOCK_GAP;

/**
 * Arranges a sheet: for each class its caption, and below it the images from left to right.
 *
 * @param contents - See {@link SheetContents}.
 * @returns Sizes and places.
 * @internal
 */
export function layOutSheet({ classes, isComplete, columns: wanted, scale }: SheetContents): SheetLayout {
  const cell = { width: 0, height: 0 };
  for (const { width, height } of classes.flatMap(({ images }) => images)) {
    cell.width = Math.max(cell.width, width * scale);
    cell.height = Math.max(cell.height, height * scale);
  }
  const most = classes.reduce((count, { images }) => Math.max(count, images.length), 0);
  const columns = wanted === undefined ? chooseColumns(most, cell.width) : Math.min(wanted, most);
  const gridWidth = Math.max(0, columns * (cell.width + CELL_GAP) - CELL_GAP);
  const letters = Math.max(CAPTION_LETTERS, Math.floor(gridWidth / CAPTION_STEP));
  const blocks: SheetBlock[] = [];
  if (classes.length === 0) return { ...EMPTY, columns, scale, cell };
  let width = gridWidth;
  let y = MARGIN;
  for (const { label, images, count } of classes) {
    const note = describeCount(images.length, count, isComplete);
    const name = shorten(toDrawableText(label), letters - SEPARATOR.length - note.length);
    blocks.push({ name, note, images, y });
    width = Math.max(width, (name.length + SEPARATOR.length + note.length) * CAPTION_STEP);
    const rows = images.length === 0 ? 0 : Math.ceil(images.length / columns);
    y += CAPTION_HEIGHT + (rows === 0 ? 0 : CAPTION_GAP + rows * (cell.height + CELL_GAP) - CELL_GAP) + BLOCK_GAP;
  }
  return { width: width + 2 * MARGIN, height: y - BLOCK_GAP + MARGIN, columns, scale, cell, blocks };
}

/** As many columns as have room, but rows of the same length where the images take several. */
function chooseColumns(images: number, cellWidth: number): number {
  const room = Math.max(1, Math.floor((USUAL_WIDTH + CELL_GAP) / (cellWidth + CELL_GAP)));
  return images === 0 ? 0 : Math.ceil(images / Math.ceil(images / room));
}

function describeCount(shown: number, count: number, isComplete: boolean): string {
  if (count === 0) return NOTHING;
  if (!isComplete) return `first ${shown}`;
  return shown === count ? `all ${count}` : `${shown} shown of ${count}`;
}

/** Leaves out the middle of a name that is too long: similar names often differ at one of their ends. */
function shorten(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const kept = letters - ELLIPSIS.length;
  return `${name.slice(0, Math.ceil(kept / 2))}${ELLIPSIS}${name.slice(name.length - Math.floor(kept / 2))}`;
}

/**
 * Paints a sheet.
 *
 * @param layout - What {@link layOutSheet} returned.
 * @returns The picture.
 * @internal
 */
export function drawSheet(layout: SheetLayout): Picture {
  const { columns, scale, cell, blocks } = layout;
  const canvas = new PixelCanvas(layout.width, layout.height, PAPER);
  for (const { name, note, images, y } of blocks) {
    const line = { y, scale: TEXT_SCALE };
    drawText(canvas, name, { ...line, x: MARGIN, color: INK });
    const indent = (name.length + SEPARATOR.length) * CAPTION_STEP;
    drawText(canvas, note, { ...line, x: MARGIN + indent, color: PALE_INK });
    const top = y + CAPTION_HEIGHT + CAPTION_GAP;
    for (const [index, image] of images.entries()) {
      const left = MARGIN + (index % columns) * (cell.width + CELL_GAP);
      const above = top + Math.floor(index / columns) * (cell.height + CELL_GAP);
      canvas.fill({ x: left, y: above, ...cell }, CELL);
      canvas.draw(image, {
        x: left + Math.floor((cell.width - image.width * scale) / 2),
        y: above + Math.floor((cell.height - image.height * scale) / 2),
        scale,
      });
    }
  }
  return canvas;
}
