import { createHash } from "node:crypto";
import type { CifarImage, Split } from "../images/cifar-image.js";
import type { DatasetFigures } from "./dataset-report.js";
import { type ImagePlace, MAX_LISTED } from "./dataset-report-parts.js";

/** What occurs again is followed up to this number of places in each split. */
const PLACES_OF_SPLIT = MAX_LISTED / 2;

/** A picture that occurs more than once. */
class Recurrence {
  readonly counts: Record<Split, number> = { train: 0, test: 0 };
  readonly places: Readonly<Record<Split, ImagePlace[]>> = { train: [], test: [] };
  /** The first place under each class name. */
  readonly labelled = new Map<string, ImagePlace>();

  /** How often it occurs. */
  get count(): number {
    return this.counts.train + this.counts.test;
  }

  /** Notes one more place. */
  add(place: ImagePlace): this {
    this.counts[place.split]++;
    const places = this.places[place.split];
    if (places.length < PLACES_OF_SPLIT) places.push(place);
    if (!this.labelled.has(place.label)) this.labelled.set(place.label, place);
    return this;
  }
}

/**
 * Finds images with the same pixels. An image is remembered by the SHA-256 of its size and pixels and by its place, never
 * by its pixels.
 * @internal
 */
export class ImageIdentities {
  readonly #seen = new Map<string, ImagePlace | Recurrence>();

  /** Number of different pictures. */
  get distinct(): number {
    return this.#seen.size;
  }

  /** Notes an image. */
  add({ width, height, rgb }: CifarImage, place: ImagePlace): void {
    const size = new Uint8Array(Uint32Array.of(width, height).buffer);
    const digest = createHash("sha256").update(size).update(rgb).digest("binary");
    const known = this.#seen.get(digest);
    if (known instanceof Recurrence) known.add(place);
    else this.#seen.set(digest, known === undefined ? place : new Recurrence().add(known).add(place));
  }

  /** What the images have in common. */
  summarize(): Pick<DatasetFigures, "repeated" | "leaked" | "conflicting"> & {
    readonly mostRepeated: Record<Split, number>;
  } {
    const all = [...this.#seen.values()].filter((known) => known instanceof Recurrence);
    const repeated = (["train", "test"] as const).flatMap((split) =>
      all
        .filter(({ counts }) => counts[split] > 1)
        .map(({ counts, places }) => ({ split, count: counts[split], where: places[split] })),
    );
    const leaked = all
      .filter(({ counts }) => counts.train > 0 && counts.test > 0)
      .map(({ counts, places }) => ({ ...counts, where: [...places.train, ...places.test] }));
    const conflicting = all
      .filter(({ labelled }) => labelled.size > 1)
      .map(({ count, labelled }) => ({ count, where: [...labelled.values()].slice(0, MAX_LISTED) }));
    const mostOf = (split: Split) =>
      repeated.reduce((most, group) => (group.split === split ? Math.max(most, group.count) : most), 1);
    return {
      mostRepeated: { train: mostOf("train"), test: mostOf("test") },
      repeated: {
        groups: repeated.length,
        surplus: sumOf(repeated, ({ count }) => count - 1),
        list: largest(repeated, ({ count }) => count),
      },
      leaked: {
        groups: leaked.length,
        testImages: sumOf(leaked, ({ test }) => test),
        list: largest(leaked, ({ train, test }) => train + test),
      },
      conflicting: {
        groups: conflicting.length,
        images: sumOf(conflicting, ({ count }) => count),
        list: largest(conflicting, ({ count }) => count),
      },
    };
  }
}

function sumOf<Group>(groups: readonly Group[], size: (group: Group) => number): number {
  return groups.reduce((sum, group) => sum + size(group), 0);
}

function largest<Group>(groups: readonly Group[], size: (group: Group) => number): Group[] {
  return groups.toSorted((a, b) => size(b) - size(a)).slice(0, MAX_LISTED);
}
