import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import type { SplitName } from "./check-rows.js";
import type { PreflightFindings } from "./preflight-findings.js";
import { readImageSize } from "./read-image-size.js";

/** So many images of each split are looked at. @internal */
export const SAMPLED_IMAGES = 5;
/** So much of an image is read; the size of a JPEG may stand behind a preview picture. @internal */
export const HEAD_BYTES = 65_536;

/** The beginning of an image. @internal */
export interface SampledImage {
  /** What to call it. */
  readonly name: string;
  /** Its first bytes. */
  readonly head: Buffer;
}

/**
 * Chooses some of many, evenly spread, the first and the last among them.
 *
 * @param items - All of them.
 * @returns {@link SAMPLED_IMAGES} of them at most.
 * @internal
 */
export function sampleEvenly<T>(items: readonly T[]): readonly T[] {
  const count = Math.min(SAMPLED_IMAGES, items.length);
  return Array.from(
    { length: count },
    (_, index) => items[count === 1 ? 0 : Math.round((index * (items.length - 1)) / (count - 1))],
  ).filter((item) => item !== undefined);
}

/**
 * Checks the sizes of some images against the image shape of the job.
 *
 * @param images - The images.
 * @param split - The split that they are of.
 * @param job - The options of the job.
 * @param findings - Takes what is found.
 * @internal
 */
export function checkImages(
  images: readonly SampledImage[],
  split: SplitName,
  job: ResolvedTrainingJobOptions,
  findings: PreflightFindings,
): void {
  const shape = job.dataset.imageShape;
  const sizes = images.flatMap(({ name, head }) => {
    const size = readImageSize(head);
    if (size === undefined) {
      const what = head.length === 0 ? "empty" : "neither PNG nor JPEG";
      findings.error(
        "IMAGE_INVALID",
        `The ${split} image ${name} is ${what}.`,
        "Stage it again, or take it out of the manifest.",
      );
    }
    return size?.width === undefined ? [] : [{ name, ...size }];
  });
  // Images that are resized first fit whatever their size is.
  if (job.hyperparameters.resize !== undefined) return;
  const small = sizes.find(({ width, height }) => width < shape.width || height < shape.height);
  const wanted = `${shape.height} x ${shape.width}`;
  if (small !== undefined) {
    findings.error(
      "IMAGE_TOO_SMALL",
      `The ${split} image ${small.name} has ${small.height} x ${small.width} pixels, less than the image shape ${wanted}; the job would fail.`,
      `Set dataset.imageShape to the smallest image, stage the images in one size, or set the hyper-parameter resize to at least ${Math.max(shape.height, shape.width)}.`,
    );
  }
  const large = sizes.find(({ width, height }) => width > shape.width || height > shape.height);
  if (large === undefined || small !== undefined) return;
  findings.warning(
    "IMAGE_LARGER_THAN_SHAPE",
    `The ${split} image ${large.name} has ${large.height} x ${large.width} pixels, more than the image shape ${wanted}; the job would cut ${wanted} out of it.`,
    "Stage the images in the size that is to be trained on, or set the hyper-parameter resize.",
  );
}
