import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import { LabelsSchema } from "../../core/contracts.js";
import { callbackSchema, parseOptions, signalSchema } from "../../core/options.js";
import type { CifarImage } from "../images/cifar-image.js";
import { imagesSchema } from "../images/images-schema.js";
import { findProblems } from "./dataset-findings.js";
import { ImageIdentities } from "./dataset-identities.js";
import { PixelCounts } from "./dataset-pixels.js";
import type { DatasetFigures, DatasetReport } from "./dataset-report.js";
import type { ImagePlace } from "./dataset-report-parts.js";
import { BoundedList, DatasetTally, findFault, placeOf } from "./dataset-tally.js";

/** What {@link inspectDataset} tells while it works. */
export interface InspectProgressEvent {
  /** Some more images were looked at; also told once at the end. */
  readonly type: "inspected";
  /** Images looked at so far, with the unusable ones. */
  readonly count: number;
}

/** Options of {@link inspectDataset}. */
export interface InspectDatasetOptions {
  /**
   * Class names in label order, such as `extractor.labels`: each image is compared with them, and a class without images
   * is found out. @defaultValue the classes that occur
   */
  readonly labels?: readonly string[];
  /** Ends the inspection before the next image. A source that waits for something needs the signal as well. */
  readonly signal?: AbortSignal;
  /** Is told about every million pixels (1,024 images of 32 x 32) how far the inspection is. */
  readonly onProgress?: (event: InspectProgressEvent) => void;
}

const OptionsSchema = z.strictObject({
  labels: LabelsSchema.optional(),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: InspectProgressEvent) => void>().optional(),
});

/** After so many pixels, some 20 ms, the event loop gets its turn. */
const PAUSE_PIXELS = 2 ** 20;

/**
 * Looks at a labelled data set before anybody pays for training with it: counts, sizes, colours, and images that repeat,
 * are shared by the splits or have two labels. Bad images and bad data are reported, never thrown.
 *
 * Each image is looked at once and let go. Its SHA-256 and its place stay, some 220 bytes, up to 460 where pictures
 * repeat: 13 to 28 MB for 60,000 images, which take about a second where they are 32 x 32.
 *
 * @param images - The images of both splits, such as `extractor.images()`. What the source throws passes through.
 * @param options - See {@link InspectDatasetOptions}.
 * @returns The figures and the findings, as plain JSON.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { CifarExtractor, inspectDataset } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz" });
 * const { findings } = await inspectDataset(extractor.images(), { labels: extractor.labels });
 * if (findings.some(({ severity }) => severity === "error")) throw new Error("not worth training");
 * ```
 */
export async function inspectDataset(
  images: Iterable<CifarImage> | AsyncIterable<CifarImage>,
  options: InspectDatasetOptions = {},
): Promise<DatasetReport> {
  const source = parseOptions("inspectDataset", imagesSchema, images);
  const { labels, signal, onProgress } = parseOptions("inspectDataset", OptionsSchema, options);
  throwIfAborted(signal);
  const inspection = new Inspection(labels);
  let count = 0;
  let pixels = 0;
  for await (const image of source) {
    throwIfAborted(signal);
    pixels += inspection.add(image, count++);
    if (pixels < PAUSE_PIXELS) continue;
    pixels = 0;
    onProgress?.({ type: "inspected", count });
    // A source that never waits would keep timers, and with them an abort, from ever running.
    await setImmediate();
  }
  throwIfAborted(signal);
  onProgress?.({ type: "inspected", count });
  const figures = inspection.summarize();
  return { ...figures, findings: findProblems(figures) };
}

/** The figures while they grow. */
class Inspection {
  readonly #labels: readonly string[] | undefined;
  readonly #tally: DatasetTally;
  readonly #pixels = new PixelCounts();
  readonly #identities = new ImageIdentities();
  readonly #constants = new BoundedList<ImagePlace>();
  readonly #splits = { train: { count: 0, grey: 0, constant: 0 }, test: { count: 0, grey: 0, constant: 0 } };
  #black = 0;

  constructor(labels: readonly string[] | undefined) {
    this.#labels = labels;
    this.#tally = new DatasetTally(labels);
  }

  /** Looks at an image, and tells its number of pixels. */
  add(image: CifarImage, position: number): number {
    const fault = findFault(image);
    if (fault !== undefined) {
      this.#tally.addInvalid(image, position, fault);
      return 1;
    }
    const place = placeOf(image);
    const split = this.#splits[image.split];
    split.count++;
    this.#tally.add(image, place);
    this.#identities.add(image, place);
    const { isGrey, isConstant, isBlack } = this.#pixels.add(image.split, image.rgb);
    if (isGrey) split.grey++;
    if (isBlack) this.#black++;
    if (isConstant) {
      split.constant++;
      this.#constants.add(place);
    }
    return image.width * image.height;
  }

  /** All figures. */
  summarize(): DatasetFigures {
    const { train, test } = this.#splits;
    const { mostRepeated, ...identities } = this.#identities.summarize();
    const describe = (name: "train" | "test") => {
      const split = this.#splits[name];
      return { ...split, mostRepeated: Math.min(split.count, mostRepeated[name]), ...this.#pixels.range(name) };
    };
    return {
      total: train.count + test.count,
      distinct: this.#identities.distinct,
      grey: train.grey + test.grey,
      ...(this.#labels === undefined ? {} : { labels: this.#labels }),
      splits: { train: describe("train"), test: describe("test") },
      channels: this.#pixels.channels(),
      ...this.#tally.summarize(),
      constant: { ...this.#constants.report(), black: this.#black },
      ...identities,
    };
  }
}
