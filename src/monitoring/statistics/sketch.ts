import * as z from "zod";

/**
 * What values a sketch takes. `share`: 0 to 1, counted by their odds; `size`: 0 and more, counted by their logarithm.
 */
export type SketchScale = "share" | "size";

/**
 * How often values occurred, in buckets that are fine enough for quantiles; a plain JSON value. Sketches of the same
 * scale are joined by adding their buckets, which gives exactly the sketch of all values together.
 */
export const SketchSchema = z
  .object({
    /** What values it takes. */
    scale: z.literal(["share", "size"]),
    /** How many values. */
    count: z.int().min(0),
    /** Sum of the values. */
    sum: z.number(),
    /** Lowest value; absent when there is none. */
    min: z.number().min(0).optional(),
    /** Highest value; absent when there is none. */
    max: z.number().min(0).optional(),
    /** Number of each bucket that holds something, and how many values it holds, in ascending order. */
    buckets: z.array(z.tuple([z.int(), z.int().min(1)]).readonly()).readonly(),
  })
  .readonly();

/** How often values occurred: see {@link SketchSchema}. */
export type Sketch = z.output<typeof SketchSchema>;

/**
 * Width of a bucket: of the log odds of a share, and of the logarithm of a size. A quantile is off by at most half of it,
 * which is 1 % of the odds, or of the size. Masson, Rim and Lee, "DDSketch", PVLDB 12(12), 2019, gives the scheme.
 */
const WIDTH = 0.02;
/** Log odds beyond which a float32, which is what the algorithm computes with, is 0 or 1. */
const MAX_LOG_ODDS = 17;
/** Sizes below this are as good as nothing. */
const MIN_SIZE = 1e-6;
const NOTHING = Math.round(Math.log(MIN_SIZE) / WIDTH);

/** Puts values into a sketch. @internal */
export class SketchBuilder {
  readonly #scale: SketchScale;
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** @param scale - What values it takes. */
  constructor(scale: SketchScale) {
    this.#scale = scale;
  }

  /** Adds a value. */
  add(value: number): void {
    const bucket = bucketOf(value, this.#scale);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /** Adds the values of a sketch of the same scale. */
  merge({ count, sum, min, max, buckets }: Sketch): void {
    for (const [bucket, times] of buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + times);
    this.#count += count;
    this.#sum += sum;
    this.#min = Math.min(this.#min, min ?? this.#min);
    this.#max = Math.max(this.#max, max ?? this.#max);
  }

  /** The sketch so far. */
  build(): Sketch {
    return {
      scale: this.#scale,
      count: this.#count,
      sum: this.#sum,
      ...(this.#count === 0 ? {} : { min: this.#min, max: this.#max }),
      buckets: [...this.#buckets].sort(([one], [other]) => one - other),
    };
  }
}

/**
 * Reads a quantile from a sketch: the value of rank `share * (count - 1)`, rounded down, counted from 0.
 * For a `size` it is off by at most 1 %, for a `share` by at most 1 % of its odds, which is 0.0025 at most.
 *
 * @param sketch - The sketch.
 * @param share - Share of the values that are not above, 0 to 1.
 * @returns The quantile; `undefined` for no values.
 *
 * @example
 * ```ts
 * import { readCaptures, sketchQuantile, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const { overall } = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * console.log("one answer in a hundred is below", sketchQuantile(overall.sketch, 0.01));
 * ```
 */
export function sketchQuantile(sketch: Sketch, share: number): number | undefined {
  const { count, min = 0, max = 0, buckets, scale } = sketch;
  if (count === 0) return undefined;
  const rank = Math.floor(Math.min(1, Math.max(0, share)) * (count - 1));
  let below = 0;
  for (const [bucket, times] of buckets) {
    below += times;
    if (below > rank) return Math.min(max, Math.max(min, middleOf(bucket, scale)));
  }
  return max;
}

/**
 * Reads from a sketch which share of the values is below a value. Values within the bucket of that value are told apart
 * by the lowest and highest of all only, so the answer is exact for a value that is off by at most 1 % of its odds.
 *
 * @param sketch - The sketch.
 * @param value - The value.
 * @returns The share, 0 to 1; 0 for no values.
 * @internal
 */
export function sketchShareBelow(sketch: Sketch, value: number): number {
  const { count, min = 0, max = 0, buckets, scale } = sketch;
  if (count === 0 || value <= min) return 0;
  if (value > max) return 1;
  const at = bucketOf(value, scale);
  return buckets.reduce((below, [bucket, times]) => (bucket < at ? below + times : below), 0) / count;
}

/**
 * Reads mean and standard deviation from a sketch; the mean is exact, the deviation as exact as the buckets are fine.
 *
 * @param sketch - The sketch.
 * @returns Both; 0 for no values.
 * @internal
 */
export function sketchMoments({ count, sum, buckets, scale }: Sketch): {
  readonly mean: number;
  readonly deviation: number;
} {
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  const squares = buckets.reduce((total, [bucket, times]) => total + times * (middleOf(bucket, scale) - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / count) };
}

function bucketOf(value: number, scale: SketchScale): number {
  if (scale === "size") return value <= MIN_SIZE ? NOTHING : Math.round(Math.log(value) / WIDTH);
  const odds = Math.log(value / (1 - value));
  return Math.round(Math.min(MAX_LOG_ODDS, Math.max(-MAX_LOG_ODDS, odds)) / WIDTH);
}

function middleOf(bucket: number, scale: SketchScale): number {
  if (scale === "size") return bucket <= NOTHING ? 0 : Math.exp(bucket * WIDTH);
  if (Math.abs(bucket) >= MAX_LOG_ODDS / WIDTH) return bucket < 0 ? 0 : 1;
  return 1 / (1 + Math.exp(-bucket * WIDTH));
}
