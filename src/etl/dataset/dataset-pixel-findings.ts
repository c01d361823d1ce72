import type { DatasetFigures, DatasetFinding } from "./dataset-report.js";
import { countOf, percentOf } from "./dataset-wording.js";

/** From this share of a split on, something went wrong for all images and not for a few. Our choice. */
const MOST = 0.5;
/** A range below an eighth of 0 to 255 leaves fewer than 32 values of a channel. Our choice. */
const NARROW_RANGE = 32;

/**
 * Looks at sizes and colours.
 *
 * @param figures - The figures of a data set.
 * @returns What is wrong with them.
 * @internal
 */
export function findPixelProblems(figures: DatasetFigures): DatasetFinding[] {
  return [
    ...findSizes(figures),
    ...findRanges(figures),
    ...findConstantImages(figures),
    ...findGreySplits(figures),
    ...findDeadChannels(figures),
  ];
}

function findSizes({ sizes, total }: DatasetFigures): DatasetFinding[] {
  const [most] = sizes.list;
  if (sizes.distinct < 2 || most === undefined) return [];
  const listed = sizes.list.slice(0, 3).map(({ width, height, count }) => `${width} x ${height} (${count})`);
  const more = sizes.distinct - listed.length;
  return [
    {
      code: "SIZES_MIXED",
      severity: "error",
      message: `The ${total} images have ${sizes.distinct} sizes, and all need one: ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
      remedy: "Bring all images to one size, such as with the option size of openImageFolder.",
    },
  ];
}

function findRanges({ splits }: DatasetFigures): DatasetFinding[] {
  const ranges = (["train", "test"] as const).flatMap((split) => {
    const { minimum, maximum } = splits[split];
    // Of images that are all one colour, another finding tells.
    return minimum === null || maximum === null || maximum === minimum ? [] : [{ split, minimum, maximum }];
  });
  // Values were scaled to 0..1 for a network, and then made whole numbers again.
  const scaled = ranges.filter(({ maximum }) => maximum === 1);
  const narrow = ranges.filter(({ minimum, maximum }) => maximum > 1 && maximum - minimum < NARROW_RANGE);
  const findings: DatasetFinding[] = [];
  if (scaled.length > 0) {
    const where = scaled.map(({ split }) => split).join(" and of ");
    findings.push({
      code: "PIXELS_SCALED",
      severity: "error",
      message: `All pixels of ${where} are 0 or 1, where 0 to 255 is expected: the images are all but black.`,
      remedy: "Take the pixels before they are divided by 255, or multiply them by 255 before they become bytes.",
    });
  }
  if (narrow.length > 0) {
    const where = narrow.map(({ split, minimum, maximum }) => `of ${split} lie between ${minimum} and ${maximum}`);
    findings.push({
      code: "PIXEL_RANGE_NARROW",
      severity: "warning",
      message: `All pixels ${where.join(", ")}; photographs fill most of 0 to 255, and a range below ${NARROW_RANGE} is suspicious.`,
      remedy: "Look at some images, and at how their pixels are scaled.",
    });
  }
  return findings;
}

function findConstantImages({ constant, splits, total }: DatasetFigures): DatasetFinding[] {
  if (constant.count === 0) return [];
  const isMost = [splits.train, splits.test].some(({ count, constant }) => count > 0 && constant >= MOST * count);
  return [
    {
      code: "IMAGES_CONSTANT",
      severity: isMost ? "error" : "warning",
      message: `${constant.count} of ${countOf(total, "image")} (${percentOf(constant.count, total)}) ${constant.count === 1 ? "has" : "have"} a single colour, ${constant.black} of them black.`,
      remedy: isMost
        ? "Correct what makes the images: most of a split shows nothing."
        : "Leave these images out; there is nothing on them to learn from.",
    },
  ];
}

function findGreySplits({ splits, total, grey }: DatasetFigures): DatasetFinding[] {
  const greySplits = (["train", "test"] as const).filter((split) => {
    const { count, grey, constant } = splits[split];
    // A black image is grey too, but that is not what is wrong with it.
    return count > constant && grey === count;
  });
  if (greySplits.length === 0) return [];
  const isAll = grey === total;
  return [
    {
      code: "IMAGES_GREY",
      severity: "warning",
      message: `All images of ${greySplits.join(" and ")} are grey${isAll ? "" : ", and those of the other split are not"}.`,
      remedy: isAll
        ? "Check whether the colours got lost on the way here. If not, the endpoint must get grey images too."
        : "Treat both splits alike: the model is tested on another kind of image than it learns from.",
    },
  ];
}

/** A channel that was never filled, or filled with one value, while the others hold a picture. */
function findDeadChannels({ channels }: DatasetFigures): DatasetFinding[] {
  const dead = (["red", "green", "blue"] as const).filter((name) => channels[name].standardDeviation === 0);
  if (dead.length === 0 || dead.length === 3) return [];
  const values = dead.map((name) => `${name} is ${channels[name].mean}`);
  return [
    {
      code: "CHANNEL_CONSTANT",
      severity: "error",
      message: `${values.join(" and ")} in every pixel of every image.`,
      remedy: "Check how the planes are put together: each pixel takes one byte of red, of green and of blue.",
    },
  ];
}
