import { createHash } from "node:crypto";
import { measureImage } from "./measure-image.js";
import type { Sketch } from "./sketch.js";
import { SketchBuilder } from "./sketch.js";

/** Figures over captured images. */
export interface ImageSummary {
  /** Images that were looked at. */
  readonly count: number;
  /** Images whose pixels could not be read: no PNG, damaged, or too large. They are in no other figure but `bytes` and `fingerprints`. */
  readonly unreadable: number;
  /** Sizes in bytes. */
  readonly bytes: Sketch;
  /** Widths in pixels. */
  readonly width: Sketch;
  /** Heights in pixels. */
  readonly height: Sketch;
  /** Mean brightness of each image, 0 for black to 1 for white. */
  readonly brightness: Sketch;
  /** Standard deviation of the brightness within each image, times 2: 0 for one tone to 1 for black and white in halves. */
  readonly contrast: Sketch;
  /** Mean saturation of each image, 0 for grey to 1. */
  readonly colour: Sketch;
  /** How many different images there are: exact up to 1,024, estimated to about 3 % beyond. */
  readonly distinct: number;
  /** The lowest 1,024 fingerprints of images, from which `distinct` is estimated when summaries are joined. */
  readonly fingerprints: readonly number[];
}

const MAX_FINGERPRINTS = 1024;
/** Fingerprints are whole numbers below this. */
const FINGERPRINTS = 2 ** 48;

const MEASURES = ["width", "height", "brightness", "contrast", "colour"] as const;

/** Gathers the figures of an {@link ImageSummary}. @internal */
export class ImageStatistics {
  readonly #sketches = {
    bytes: new SketchBuilder("size"),
    width: new SketchBuilder("size"),
    height: new SketchBuilder("size"),
    brightness: new SketchBuilder("share"),
    contrast: new SketchBuilder("share"),
    colour: new SketchBuilder("share"),
  };
  #fingerprints = new Set<number>();
  #highest = FINGERPRINTS;
  #count = 0;
  #unreadable = 0;

  /** Adds an image. */
  async add(image: Uint8Array): Promise<void> {
    this.#count++;
    this.#sketches.bytes.add(image.byteLength);
    this.#note(createHash("sha256").update(image).digest().readUIntBE(0, 6));
    const measured = await measureImage(image);
    if (measured === undefined) this.#unreadable++;
    else for (const name of MEASURES) this.#sketches[name].add(measured[name]);
  }

  /** Adds what another one gathered. */
  merge(other: ImageSummary): void {
    this.#count += other.count;
    this.#unreadable += other.unreadable;
    this.#sketches.bytes.merge(other.bytes);
    for (const name of MEASURES) this.#sketches[name].merge(other[name]);
    for (const fingerprint of other.fingerprints) this.#note(fingerprint);
  }

  /** The figures so far. */
  summarize(): ImageSummary {
    this.#cut();
    const fingerprints = [...this.#fingerprints].sort((one, other) => one - other);
    const highest = fingerprints.at(-1) ?? 0;
    // Bar-Yossef et al., "Counting distinct elements in a data stream", 2002: the k-th lowest of n even numbers is near k/n.
    const distinct =
      fingerprints.length < MAX_FINGERPRINTS
        ? fingerprints.length
        : Math.round(((MAX_FINGERPRINTS - 1) * FINGERPRINTS) / highest);
    const { bytes, width, height, brightness, contrast, colour } = this.#sketches;
    return {
      count: this.#count,
      unreadable: this.#unreadable,
      bytes: bytes.build(),
      width: width.build(),
      height: height.build(),
      brightness: brightness.build(),
      contrast: contrast.build(),
      colour: colour.build(),
      distinct,
      fingerprints,
    };
  }

  #note(fingerprint: number): void {
    if (fingerprint > this.#highest) return;
    this.#fingerprints.add(fingerprint);
    if (this.#fingerprints.size >= MAX_FINGERPRINTS * 2) this.#cut();
  }

  #cut(): void {
    if (this.#fingerprints.size <= MAX_FINGERPRINTS) return;
    const lowest = [...this.#fingerprints].sort((one, other) => one - other).slice(0, MAX_FINGERPRINTS);
    this.#fingerprints = new Set(lowest);
    this.#highest = lowest.at(-1) ?? FINGERPRINTS;
  }
}
