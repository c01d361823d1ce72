import type { CifarImage, Split } from "../images/cifar-image.js";
import type { DatasetFigures } from "./dataset-report.js";
import { type ImagePlace, MAX_LISTED } from "./dataset-report-parts.js";
import { isSafeName } from "./image-names.js";

/** Longest side that PNG encoding takes. */
const MAX_SIDE = 65_535;
const MAX_NAME = 200;

/**
 * Tells why an image cannot be used, whatever a program handed over in its place.
 *
 * @param value - Supposedly an image.
 * @returns The reason, or `undefined` for a usable image.
 * @internal
 */
export function findFault(value: CifarImage | null | undefined): string | undefined {
  if (typeof value !== "object" || value === null) return "it is no object";
  const { filename, split, label, labelId, row, width, height, rgb } = value;
  if (split !== "train" && split !== "test") return "its split is neither train nor test";
  if (typeof filename !== "string") return "its file name is no text";
  if (typeof label !== "string" || label === "") return "it has no class name";
  if (!Number.isSafeInteger(labelId)) return "its label is no whole number";
  if (!Number.isSafeInteger(row) || row < 0) return "its row is no whole number from 0";
  if (!isSide(width) || !isSide(height)) return `its width or height is no whole number from 1 to ${MAX_SIDE}`;
  if (!(rgb instanceof Uint8Array)) return "its pixels are no Uint8Array";
  const needed = width * height * 3;
  if (rgb.length !== needed) return `it has ${rgb.length} bytes, but ${width} x ${height} RGB pixels are ${needed}`;
  return undefined;
}

function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_SIDE;
}

/**
 * Shortens what a report says of an image.
 *
 * @param image - A usable image.
 * @returns Its place.
 * @internal
 */
export function placeOf({ split, row, filename, label }: CifarImage): ImagePlace {
  return { split, row, filename: filename.slice(0, MAX_NAME), label };
}

interface Counted {
  readonly labelId: number;
  readonly label: string;
  train: number;
  test: number;
}

/** Counts images by class, split and size, and notes rows and names that a manifest does not take. @internal */
export class DatasetTally {
  readonly #classes = new Map<string, Counted>();
  readonly #sizes = new Map<string, { readonly width: number; readonly height: number; count: number }>();
  readonly #rows: Readonly<Record<Split, Set<number>>> = { train: new Set(), test: new Set() };
  readonly #repeatedRows = new BoundedList<ImagePlace>();
  readonly #unsafeNames = new BoundedList<ImagePlace>();
  readonly #invalid = new BoundedList<DatasetFigures["invalid"]["list"][number]>();

  /** @param labels - Class names in label order, which are listed even without images. */
  constructor(labels: readonly string[] = []) {
    for (const [labelId, label] of labels.entries()) this.#classOf(labelId, label);
  }

  /** Counts a usable image. */
  add(image: CifarImage, place: ImagePlace): void {
    const { split, row, label, labelId, width, height } = image;
    this.#classOf(labelId, label)[split]++;
    const size = this.#sizes.get(`${width} ${height}`) ?? { width, height, count: 0 };
    size.count++;
    this.#sizes.set(`${width} ${height}`, size);
    if (this.#rows[split].has(row)) this.#repeatedRows.add(place);
    this.#rows[split].add(row);
    if (!isSafeName(image.filename)) this.#unsafeNames.add(place);
  }

  /** Counts an image that cannot be used. */
  addInvalid(image: CifarImage | null | undefined, position: number, reason: string): void {
    const filename = typeof image?.filename === "string" ? { filename: image.filename.slice(0, MAX_NAME) } : {};
    this.#invalid.add({ position, ...filename, reason });
  }

  /** What was counted. */
  summarize(): Pick<DatasetFigures, "classes" | "sizes" | "repeatedRows" | "unsafeNames" | "invalid"> {
    const sizes = [...this.#sizes.values()].sort((a, b) => b.count - a.count);
    return {
      classes: [...this.#classes.values()].sort((a, b) => a.labelId - b.labelId),
      sizes: { distinct: sizes.length, list: sizes.slice(0, MAX_LISTED) },
      repeatedRows: this.#repeatedRows.report(),
      unsafeNames: this.#unsafeNames.report(),
      invalid: this.#invalid.report(),
    };
  }

  #classOf(labelId: number, label: string): Counted {
    const key = `${labelId} ${label}`;
    const known = this.#classes.get(key) ?? { labelId, label, train: 0, test: 0 };
    this.#classes.set(key, known);
    return known;
  }
}

/** Counts everything and keeps the first entries. @internal */
export class BoundedList<Item> {
  readonly #list: Item[] = [];
  #count = 0;

  /** Counts an entry. */
  add(item: Item): void {
    this.#count++;
    if (this.#list.length < MAX_LISTED) this.#list.push(item);
  }

  /** The count and the first entries. */
  report(): { readonly count: number; readonly list: readonly Item[] } {
    return { count: this.#count, list: this.#list };
  }
}
