import type { DatasetFigures, DatasetFinding } from "./dataset-report.js";
import type { ImagePlace } from "./dataset-report-parts.js";
import { countOf, percentOf, printName } from "./dataset-wording.js";

/** From this share of a split on, one picture stands for what went wrong with all of them. Our choice. */
const MOST = 0.5;
/** One test image in a hundred moves the accuracy by a point, which is where it starts to mislead. Our choice. */
const MISLEADING = 0.01;

/**
 * Looks at images that occur more than once, and at what a manifest does not take.
 *
 * @param figures - The figures of a data set.
 * @returns What is wrong with them.
 * @internal
 */
export function findImageProblems(figures: DatasetFigures): DatasetFinding[] {
  const identical = findIdenticalImages(figures);
  return [
    ...identical,
    ...findLeakage(figures),
    ...findConflicts(figures),
    ...(identical.length > 0 ? [] : findRepeats(figures)),
    ...findManifestProblems(figures),
  ];
}

function findIdenticalImages({ splits }: DatasetFigures): DatasetFinding[] {
  const shares = (["train", "test"] as const)
    .map((split) => ({ split, ...splits[split] }))
    .filter(({ count, mostRepeated }) => mostRepeated > 1 && mostRepeated >= MOST * count)
    .map(({ split, count, mostRepeated }) => `${mostRepeated} of ${countOf(count, `${split} image`)}`);
  if (shares.length === 0) return [];
  return [
    {
      code: "IMAGES_IDENTICAL",
      severity: "error",
      message: `${shares.join(" and ")} are one and the same picture.`,
      remedy:
        "Correct what makes the images, such as an index that stays the same in a loop: nothing can be learnt here.",
    },
  ];
}

function findLeakage({ leaked, splits }: DatasetFigures): DatasetFinding[] {
  const [first] = leaked.list;
  if (first === undefined) return [];
  const { count } = splits.test;
  return [
    {
      code: "IMAGES_LEAKED",
      severity: leaked.testImages >= MISLEADING * count ? "error" : "warning",
      message: `${leaked.testImages} of ${countOf(count, "test image")} (${percentOf(leaked.testImages, count)}) ${leaked.testImages === 1 ? "is" : "are"} among the training images too, such as ${describe(first.where)}.`,
      remedy:
        "Take each split from its own part of the source, and leave out what both have: otherwise the accuracy is not that of new images.",
    },
  ];
}

function findConflicts({ conflicting, total }: DatasetFigures): DatasetFinding[] {
  const [first] = conflicting.list;
  if (first === undefined) return [];
  return [
    {
      code: "LABELS_CONFLICTING",
      severity: conflicting.images >= MISLEADING * total ? "error" : "warning",
      message: `${countOf(conflicting.groups, "picture occurs", "pictures occur")} under more than one class, in ${conflicting.images} of ${total} images (${percentOf(conflicting.images, total)}), such as ${describe(first.where)}.`,
      remedy: "Keep each picture under the class that is right, or check whether images and labels got out of step.",
    },
  ];
}

function findRepeats({ repeated, total }: DatasetFigures): DatasetFinding[] {
  const [first] = repeated.list;
  if (first === undefined) return [];
  return [
    {
      code: "IMAGES_REPEATED",
      severity: repeated.surplus >= MISLEADING * total ? "warning" : "info",
      message: `${countOf(repeated.groups, "picture occurs", "pictures occur")} more than once in a split, ${countOf(repeated.surplus, "image")} too many (${percentOf(repeated.surplus, total)}), such as ${describe(first.where)}.`,
      remedy: "Keep one image of each: the others add weight and cost, and nothing to learn.",
    },
  ];
}

function findManifestProblems({ repeatedRows, unsafeNames }: DatasetFigures): DatasetFinding[] {
  const findings: DatasetFinding[] = [];
  if (repeatedRows.count > 0) {
    findings.push({
      code: "ROWS_REPEATED",
      severity: "error",
      message: `${countOf(repeatedRows.count, "image has", "images have")} a row that another image of the split has, such as ${describe(repeatedRows.list)}; a .lst manifest takes each row once.`,
      remedy: "Number the images of each split, such as by their place in it.",
    });
  }
  if (unsafeNames.count > 0) {
    findings.push({
      code: "FILENAMES_UNSAFE",
      severity: "error",
      message: `${countOf(unsafeNames.count, "file name")} must not become a file or a key, such as ${describe(unsafeNames.list)}.`,
      remedy: "Use letters, digits, dot, hyphen and underscore only, 200 characters at most.",
    });
  }
  return findings;
}

/** The first and the last of some places: where both splits are concerned, one of each. */
function describe(places: readonly ImagePlace[]): string {
  const ends = places.length > 1 ? [places.at(0), places.at(-1)] : places;
  return ends
    .flatMap((place) =>
      place === undefined
        ? []
        : [`${printName(place.filename)} (${place.split}, row ${place.row}, ${printName(place.label)})`],
    )
    .join(" and ");
}
