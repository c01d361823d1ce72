import { DatasetError } from "../etl-errors.js";
import type { CifarImage, Split } from "../images/cifar-image.js";
import { findFault } from "./dataset-tally.js";
import { isSafeName } from "./image-names.js";
import { formatLst, type LstRow, requireNewIndex } from "./lst.js";

/** An image with the name that it gets on disk and in S3. @internal */
export interface PlannedImage {
  readonly image: CifarImage;
  readonly filename: string;
}

/**
 * Collects the manifests while images pass by, and gives each image a name that is safe and unique in its split. The
 * first image of a name keeps it; a later one gets its row added, `name-36874.png`. Names that differ only in case
 * count as the same.
 * @internal
 */
export class DatasetPlan {
  readonly #labels: readonly string[];
  readonly #rows: Readonly<Record<Split, LstRow[]>> = { train: [], test: [] };
  readonly #indexes: Readonly<Record<Split, Set<number>>> = { train: new Set(), test: new Set() };
  readonly #names: Readonly<Record<Split, Set<string>>> = { train: new Set(), test: new Set() };
  #shape: { readonly height: number; readonly width: number } | undefined;

  /** @param labels - Class names in label order. */
  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  /** Height and width of the images in pixels. */
  get shape(): { readonly height: number; readonly width: number } {
    return this.#shape ?? { height: 0, width: 0 };
  }

  /** Number of images of a split. */
  count(split: Split): number {
    return this.#rows[split].length;
  }

  /** Checks an image, names it, and writes it into its manifest. */
  add(image: CifarImage): PlannedImage {
    this.#check(image);
    const { split, row, labelId } = image;
    const rows = this.#rows[split];
    // The new names are unique because the rows are.
    requireNewIndex(row, rows.length + 1, this.#indexes[split]);
    const filename = this.#chooseName(image);
    rows.push({ row, labelId, filename });
    return { image, filename };
  }

  /** Gives every image of a source its name. */
  async *follow(images: Iterable<CifarImage> | AsyncIterable<CifarImage>): AsyncGenerator<PlannedImage> {
    for await (const image of images) yield this.add(image);
  }

  /** The manifest of a split. */
  manifest(split: Split): string {
    return formatLst(this.#rows[split]);
  }

  /** Refuses a data set of which a split is empty. */
  requireBothSplits(): void {
    for (const split of ["train", "test"] as const) {
      if (this.count(split) > 0) continue;
      throw new DatasetError({
        code: "DATASET_EMPTY",
        message: `The data set has no ${split} image. Training needs both splits: pass the images of train and of test.`,
        details: { split },
      });
    }
  }

  #check(image: CifarImage): void {
    const reason = findFault(image) ?? this.#findMisfit(image);
    if (reason === undefined) return;
    const name = String(image?.filename).slice(0, 100);
    throw new DatasetError({
      code: "IMAGE_INVALID",
      message: `The image ${JSON.stringify(name)} does not fit the data set: ${reason}. Leave it out or correct it.`,
      details: { filename: name, reason },
    });
  }

  #findMisfit({ label, labelId, width, height }: CifarImage): string | undefined {
    if (this.#labels[labelId] !== label)
      return `its label ${labelId} is not ${JSON.stringify(label.slice(0, 100))} in the given labels`;
    this.#shape ??= { width, height };
    if (this.#shape.width === width && this.#shape.height === height) return undefined;
    return `it has ${width} x ${height} pixels, others have ${this.#shape.width} x ${this.#shape.height}`;
  }

  #chooseName({ filename, split, row }: CifarImage): string {
    if (!isSafeName(filename)) {
      throw new DatasetError({
        code: "IMAGE_NAME_INVALID",
        message: `Row ${row} of ${split} has a file name that must not become a file or a key. Only letters, digits, dot, hyphen and underscore are taken, 200 characters at most.`,
        details: { row, reason: `not a plain file name: ${JSON.stringify(String(filename).slice(0, 60))}` },
      });
    }
    const names = this.#names[split];
    const [, stem = "", extension = ""] = /^(.+?)(\.[^.]*)?$/.exec(filename) ?? [];
    let name = filename;
    while (names.has(name.toLowerCase())) name = name === filename ? `${stem}-${row}${extension}` : `_${name}`;
    names.add(name.toLowerCase());
    return name;
  }
}
