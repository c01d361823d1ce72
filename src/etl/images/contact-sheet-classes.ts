import { findFault } from "../dataset/dataset-tally.js";
import { DatasetError } from "../etl-errors.js";
import type { CifarImage } from "./cifar-image.js";
import type { Picture } from "./pixel-canvas.js";

/** One class of a contact sheet. @internal */
export interface SheetClass {
  readonly labelId: number;
  /** Its name. */
  readonly label: string;
  /** The images to draw. */
  readonly images: readonly Picture[];
  /** Number of images that were read, drawn or not. */
  readonly count: number;
}

/** What {@link SheetClasses} needs to know. @internal */
export interface SheetClassesOptions {
  /** Class names in label order; `undefined` takes the classes that occur. */
  readonly labels: readonly string[] | undefined;
  /** Images to keep of each class. */
  readonly imagesPerClass: number;
}

interface GrowingClass extends SheetClass {
  readonly images: Picture[];
  count: number;
}

/** Sorts images by class while they pass by, and keeps copies of those to draw. @internal */
export class SheetClasses {
  readonly #classes = new Map<string, GrowingClass>();
  readonly #labels: readonly string[] | undefined;
  readonly #imagesPerClass: number;
  /** Classes that still want images; without class names there may always come one more. */
  #wanting: number;
  #pixels = 0;

  /** @param options - See {@link SheetClassesOptions}. */
  constructor(options: SheetClassesOptions) {
    this.#labels = options.labels;
    this.#imagesPerClass = options.imagesPerClass;
    this.#wanting = options.labels?.length ?? Number.POSITIVE_INFINITY;
    for (const [labelId, label] of options.labels?.entries() ?? []) this.#classOf(labelId, label);
  }

  /** Whether no further image would be drawn. */
  get isFull(): boolean {
    return this.#wanting === 0;
  }

  /** Number of classes. */
  get size(): number {
    return this.#classes.size;
  }

  /** Pixels of all kept images together. */
  get pixels(): number {
    return this.#pixels;
  }

  /**
   * Counts an image, and keeps a copy of its pixels where its class has too few.
   *
   * @param image - Any image.
   * @throws {@link DatasetError} `IMAGE_INVALID` when it is none, or is of no class of the sheet.
   */
  add(image: CifarImage): void {
    const fault = findFault(image) ?? this.#findStrangeLabel(image);
    if (fault !== undefined) throw invalid(image, fault);
    const { labelId, label, width, height, rgb } = image;
    const group = this.#classOf(labelId, label);
    group.count++;
    if (group.count > this.#imagesPerClass) return;
    // A copy: the source may use its buffer again, or the pixels may be a view into a much larger one.
    group.images.push({ width, height, rgb: new Uint8Array(rgb) });
    this.#pixels += width * height;
    if (group.count === this.#imagesPerClass) this.#wanting--;
  }

  /** The classes in label order; those that share a label by name. */
  list(): readonly SheetClass[] {
    return [...this.#classes.values()].sort((a, b) => a.labelId - b.labelId || (a.label < b.label ? -1 : 1));
  }

  #classOf(labelId: number, label: string): GrowingClass {
    const key = `${labelId} ${label}`;
    const group = this.#classes.get(key) ?? { labelId, label, images: [], count: 0 };
    this.#classes.set(key, group);
    return group;
  }

  #findStrangeLabel({ labelId, label }: CifarImage): string | undefined {
    if (this.#labels === undefined || this.#labels[labelId] === label) return undefined;
    return `its label ${labelId} is not ${JSON.stringify(label.slice(0, 100))} in the given labels`;
  }
}

/** An image that cannot be drawn; what a program handed over may be anything. */
function invalid(image: CifarImage | null | undefined, reason: string): DatasetError {
  const filename = String(image?.filename).slice(0, 100);
  return new DatasetError({
    code: "IMAGE_INVALID",
    message: `The image ${JSON.stringify(filename)} cannot be drawn: ${reason}. Leave it out or correct it.`,
    details: { filename, reason },
  });
}
