import type { Split } from "../images/cifar-image.js";
import type { DatasetFigures } from "./dataset-report.js";
import { HISTOGRAM_BINS } from "./dataset-report-parts.js";

/** What one image is like. @internal */
export interface ImageTraits {
  /** Red, green and blue are equal everywhere. */
  readonly isGrey: boolean;
  /** All pixels have one colour. */
  readonly isConstant: boolean;
  /** All pixels are 0. */
  readonly isBlack: boolean;
}

const VALUES = 256;
/** How often each value occurs: of red, then of green, then of blue. */
const COUNTS = 3 * VALUES;
/** A 32-bit count is emptied before it could overflow. */
const FLUSH_PIXELS = 2 ** 31;

/** Counts how often each value of each channel occurs; mean, deviation and range follow from that exactly. @internal */
export class PixelCounts {
  // Counting in 32 bits is faster; doubles hold the sums.
  readonly #fresh = { train: new Uint32Array(COUNTS), test: new Uint32Array(COUNTS) };
  readonly #sums = { train: new Float64Array(COUNTS), test: new Float64Array(COUNTS) };
  #unflushed = 0;

  /** Counts the pixels of an image. */
  add(split: Split, rgb: Uint8Array): ImageTraits {
    this.#unflushed += rgb.length / 3;
    if (this.#unflushed >= FLUSH_PIXELS) this.#flush();
    const counts = this.#fresh[split];
    const [firstRed = 0, firstGreen = 0, firstBlue = 0] = rgb;
    let colours = 0;
    let changes = 0;
    for (let index = 0; index < rgb.length; index += 3) {
      const red = rgb[index] ?? 0;
      const green = VALUES + (rgb[index + 1] ?? 0);
      const blue = 2 * VALUES + (rgb[index + 2] ?? 0);
      counts[red] = (counts[red] ?? 0) + 1;
      counts[green] = (counts[green] ?? 0) + 1;
      counts[blue] = (counts[blue] ?? 0) + 1;
      colours |= ((red ^ green) | (red ^ blue)) & 255;
      changes |= ((red ^ firstRed) | (green ^ firstGreen) | (blue ^ firstBlue)) & 255;
    }
    const isConstant = changes === 0;
    return { isGrey: colours === 0, isConstant, isBlack: isConstant && firstRed + firstGreen + firstBlue === 0 };
  }

  /** Smallest and largest value of a split; `null` without images. */
  range(split: Split): { readonly minimum: number | null; readonly maximum: number | null } {
    this.#flush();
    const present = [...this.#sums[split].entries()].flatMap(([place, sum]) => (sum > 0 ? [place % VALUES] : []));
    if (present.length === 0) return { minimum: null, maximum: null };
    return { minimum: Math.min(...present), maximum: Math.max(...present) };
  }

  /** Figures of the three channels. */
  channels(): DatasetFigures["channels"] {
    this.#flush();
    const { train, test } = this.#sums;
    const sums = [...train].map((sum, place) => sum + (test[place] ?? 0));
    return {
      red: describeChannel(sums.slice(0, VALUES)),
      green: describeChannel(sums.slice(VALUES, 2 * VALUES)),
      blue: describeChannel(sums.slice(2 * VALUES)),
    };
  }

  #flush(): void {
    for (const split of ["train", "test"] as const) {
      const sums = this.#sums[split];
      for (const [place, fresh] of this.#fresh[split].entries()) sums[place] = (sums[place] ?? 0) + fresh;
      this.#fresh[split].fill(0);
    }
    this.#unflushed = 0;
  }
}

function describeChannel(counts: readonly number[]): DatasetFigures["channels"]["red"] {
  const width = VALUES / HISTOGRAM_BINS;
  const histogram = Array.from({ length: HISTOGRAM_BINS }, (_, bin) =>
    add(counts.slice(bin * width, (bin + 1) * width)),
  );
  const pixels = add(counts);
  if (pixels === 0) return { mean: null, standardDeviation: null, histogram };
  const mean = add(counts.map((count, value) => count * value)) / pixels;
  const variance = add(counts.map((count, value) => count * (value - mean) ** 2)) / pixels;
  return { mean, standardDeviation: Math.min(Math.sqrt(variance), (VALUES - 1) / 2), histogram };
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
