import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { throwIfAborted } from "../../core/abort.js";
import { InvalidOptionsError, parseOptions, signalSchema } from "../../core/options.js";
import type { CifarImage } from "./cifar-image.js";
import { SheetClasses } from "./contact-sheet-classes.js";
import { drawSheet, LEAST_CLASS_HEIGHT, layOutSheet } from "./contact-sheet-layout.js";
import { encodePng } from "./encode-png.js";
import { imagesSchema } from "./images-schema.js";

/** Options of {@link renderContactSheet}. */
export interface RenderContactSheetOptions {
  /**
   * Class names in label order, such as `extractor.labels`: a class without images gets its caption too, and reading ends
   * as soon as every class has enough. @defaultValue the classes that occur, which takes reading all images
   */
  readonly labels?: readonly string[];
  /** Images to show of each class, the first ones that come, 1 to 1,024. @defaultValue `16` */
  readonly imagesPerClass?: number;
  /** Images side by side, 1 to 1,024. @defaultValue as many as have room in some 1,100 pixels: 16 of CIFAR */
  readonly columns?: number;
  /** How many pixels wide and high each pixel of an image becomes, a whole number from 1 to 8. @defaultValue `2` */
  readonly scale?: number;
  /** Ends the reading before the next image. A source that waits for something needs the signal as well. */
  readonly signal?: AbortSignal;
}

const MAX_IMAGES = 1024;
const OptionsSchema = z.strictObject({
  labels: z
    .array(z.string().min(1))
    .min(1, "needs at least one class")
    .refine((labels) => new Set(labels).size === labels.length, "must not repeat a class")
    .optional(),
  imagesPerClass: z.int().min(1).max(MAX_IMAGES).default(16),
  columns: z.int().min(1).max(MAX_IMAGES).optional(),
  scale: z.int().min(1).max(8).default(2),
  signal: signalSchema.optional(),
});
type ResolvedOptions = z.output<typeof OptionsSchema>;

/** Longest side of a sheet in pixels, which common viewers and browsers still show. */
const MAX_SIDE = 16_384;
/** Most pixels of a sheet: 100 MB while it is drawn, and as much again while it is encoded. */
const MAX_PIXELS = 2 ** 25;
/** After so many images the event loop gets its turn. */
const PAUSE_IMAGES = 1024;

/**
 * Draws the first images of each class as a PNG to look at before training: for each class, in label order, a caption
 * with its name and how many of its images are shown, and below it the images.
 *
 * Only copies of the images to draw are held. Images of different sizes are centred in cells of the largest one. Captions
 * are in ASCII: letters lose their accents, others become a box, and a name too long for the sheet has ".." in its
 * middle. Without any image or class the sheet says so. A sheet has at most 16,384 pixels a side and 33,554,432 in all.
 * The same images give the same bytes on the same version of Node.
 *
 * @param images - The images, such as `extractor.images({ split: "train" })`. What the source throws passes through.
 * @param options - See {@link RenderContactSheetOptions}.
 * @returns The PNG file.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong or the sheet would become too large.
 * @throws {@link DatasetError} `IMAGE_INVALID` when an image does not fit its size, or `labels`.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { CifarExtractor, renderContactSheet } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz" });
 * const sheet = await renderContactSheet(extractor.images({ split: "train" }), { labels: extractor.labels });
 * await writeFile("train.png", sheet);
 * ```
 */
export async function renderContactSheet(
  images: Iterable<CifarImage> | AsyncIterable<CifarImage>,
  options: RenderContactSheetOptions = {},
): Promise<Uint8Array> {
  const source = parseOptions("renderContactSheet", imagesSchema, images);
  const resolved = parseOptions("renderContactSheet", OptionsSchema, options);
  const { labels, imagesPerClass, columns, scale, signal } = resolved;
  throwIfAborted(signal);
  const classes = new SheetClasses({ labels, imagesPerClass });
  requireRoom(classes, resolved);
  let count = 0;
  for await (const image of source) {
    throwIfAborted(signal);
    classes.add(image);
    requireRoom(classes, resolved);
    if (classes.isFull) break;
    // A source that never waits would keep timers, and with them an abort, from ever running.
    if (++count % PAUSE_IMAGES === 0) await setImmediate();
  }
  throwIfAborted(signal);
  const layout = layOutSheet({ classes: classes.list(), isComplete: !classes.isFull, columns, scale });
  const { width, height } = layout;
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS) {
    throw tooLarge(`a sheet of ${width} x ${height} pixels`, classes.size, resolved);
  }
  return encodePng(drawSheet(layout));
}

/** Refuses what cannot fit on a sheet as early as that is certain, so that no memory is filled with it. */
function requireRoom({ size, pixels }: SheetClasses, options: ResolvedOptions): void {
  const drawn = pixels * options.scale ** 2;
  if (drawn > MAX_PIXELS) throw tooLarge(`${drawn} pixels of images and more`, size, options);
  const height = size * LEAST_CLASS_HEIGHT;
  if (height > MAX_SIDE) throw tooLarge(`captions with a height of ${height} pixels and more`, size, options);
}

function tooLarge(what: string, classes: number, options: ResolvedOptions): InvalidOptionsError {
  const { imagesPerClass, scale, columns = "by width" } = options;
  const chosen = `classes: ${classes}, imagesPerClass: ${imagesPerClass}, scale: ${scale}, columns: ${columns}`;
  const message = `${what}, more than ${MAX_SIDE} a side or ${MAX_PIXELS} in all (${chosen})`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `renderContactSheet would draw ${message}. Show fewer images or classes, a smaller scale, or smaller images; a sheet that is too high takes more columns, one that is too wide fewer.`,
    details: { functionName: "renderContactSheet", issues: [{ path: "", message }] },
  });
}
