import type { DatasetFigures, DatasetFinding } from "./dataset-report.js";
import { countOf, nameSome } from "./dataset-wording.js";

/**
 * The algorithm refuses to train with fewer images than one batch, and a batch is 32 images unless `mini_batch_size` says
 * otherwise. Source: "Image Classification Hyperparameters", SageMaker developer guide.
 */
const DEFAULT_BATCH = 32;
/** Google names 10 training images a class as the least. Source: "Prepare image training data for classification", Vertex AI. */
const FEW_IMAGES = 10;
/** The smallest class should have a tenth of the images of the largest. Source: "AutoML Vision Beginner's guide", Google Cloud. */
const MAX_IMBALANCE = 10;

type ClassFigures = DatasetFigures["classes"][number];

/**
 * Looks at splits, classes and labels.
 *
 * @param figures - The figures of a data set.
 * @returns What is wrong with them.
 * @internal
 */
export function findClassProblems(figures: DatasetFigures): DatasetFinding[] {
  const { total, invalid } = figures;
  if (total === 0) {
    return [
      {
        code: "DATASET_EMPTY",
        severity: "error",
        message: `There is no image that can be used, of ${invalid.count} that came.`,
        remedy: "Check where the images come from, and which classes are asked for.",
      },
      ...findInvalid(figures),
    ];
  }
  const mismatches = findMismatches(figures);
  // How many images a class has cannot be told of those whose class is in doubt.
  const certain = { ...figures, classes: figures.classes.filter((figures) => !mismatches.has(figures)) };
  return [
    ...findInvalid(figures),
    ...findEmptySplits(figures),
    ...findLabelProblems(figures, [...mismatches]),
    ...findGaps(certain),
    ...findShortages(certain),
  ];
}

function findInvalid({ invalid }: DatasetFigures): DatasetFinding[] {
  const [first] = invalid.list;
  if (first === undefined) return [];
  return [
    {
      code: "IMAGES_INVALID",
      severity: "error",
      message: `${countOf(invalid.count, "image")} cannot be used. The first one, at place ${first.position} of the source: ${first.reason}.`,
      remedy: "Leave these images out, or correct what makes them.",
    },
  ];
}

function findEmptySplits({ splits }: DatasetFigures): DatasetFinding[] {
  return (["train", "test"] as const)
    .filter((split) => splits[split].count === 0)
    .map((split) => ({
      code: "SPLIT_EMPTY",
      severity: "error",
      message: `The ${split} split has no image; training needs both splits.`,
      remedy: `Pass the ${split} images as well: inspectDataset takes both splits at once.`,
    }));
}

function findLabelProblems({ classes, labels }: DatasetFigures, wrong: readonly ClassFigures[]): DatasetFinding[] {
  const findings: DatasetFinding[] = [];
  const used = classes.filter((figures) => countImages(figures) > 0);
  if (wrong.length > 0) {
    const pairs = nameSome(wrong.map(({ labelId, label }) => `${labelId} = ${label}`));
    findings.push({
      code: "LABELS_INCONSISTENT",
      severity: "error",
      message: `Labels and class names do not go together in ${countOf(countAll(wrong), "image")}: ${pairs}.`,
      remedy: labels
        ? "Give each image as its label the place of its class name among the given labels, from 0."
        : "Give each class one label and one name, the same for all its images.",
    });
  }
  const ids = [...new Set(used.map(({ labelId }) => labelId))];
  const limit = labels?.length ?? ids.length;
  const outside = ids.filter((id) => id < 0 || id >= limit);
  if (outside.length > 0) {
    findings.push({
      code: "LABEL_IDS_NOT_CONSECUTIVE",
      severity: "error",
      message: `The labels of ${countOf(limit, "class", "classes")} have to be 0 to ${limit - 1}, but there is ${nameSome(outside.map(String))}.`,
      remedy: "Number the classes from 0 without gaps: the algorithm takes a label for the place of its class.",
    });
  }
  if (labels === undefined && ids.length < 2) {
    findings.push({
      code: "CLASSES_TOO_FEW",
      severity: "error",
      message: `All images have one class, ${nameSome(used.map(({ label }) => label))}; telling classes apart takes at least 2.`,
      remedy: "Add the images of another class.",
    });
  }
  return findings;
}

/** The classes whose label and name are not the given ones, or where one of the two stands with several of the other. */
function findMismatches({ classes, labels }: DatasetFigures): ReadonlySet<ClassFigures> {
  const used = classes.filter((figures) => countImages(figures) > 0);
  if (labels !== undefined) return new Set(used.filter(({ labelId, label }) => labels[labelId] !== label));
  const [ids, names] = [new Set<number>(), new Set<string>()];
  const [ambiguousIds, ambiguousNames] = [new Set<number>(), new Set<string>()];
  for (const { labelId, label } of used) {
    if (ids.has(labelId)) ambiguousIds.add(labelId);
    if (names.has(label)) ambiguousNames.add(label);
    ids.add(labelId);
    names.add(label);
  }
  return new Set(used.filter(({ labelId, label }) => ambiguousIds.has(labelId) || ambiguousNames.has(label)));
}

function findGaps({ classes, splits }: DatasetFigures): DatasetFinding[] {
  const empty = classes.filter((figures) => countImages(figures) === 0);
  const gap = (split: "train" | "test", other: "train" | "test") =>
    splits[split].count > 0 ? classes.filter((figures) => figures[split] === 0 && figures[other] > 0) : [];
  const [untrained, untested] = [gap("train", "test"), gap("test", "train")];
  const findings: DatasetFinding[] = [];
  if (empty.length > 0) {
    findings.push({
      code: "CLASS_EMPTY",
      severity: "error",
      message: `${countOf(empty.length, "given class has", "given classes have")} no image at all: ${namesOf(empty)}.`,
      remedy: "Add their images, or take them out of the labels.",
    });
  }
  if (untrained.length > 0) {
    findings.push({
      code: "CLASS_NOT_IN_TRAIN",
      severity: "error",
      message: `${countOf(untrained.length, "class has", "classes have")} test images only: ${namesOf(untrained)}.`,
      remedy: "Add training images: a model cannot learn what it never sees.",
    });
  }
  if (untested.length > 0) {
    findings.push({
      code: "CLASS_NOT_IN_TEST",
      severity: "warning",
      message: `${countOf(untested.length, "class has", "classes have")} training images only: ${namesOf(untested)}.`,
      remedy: "Add test images: the validation accuracy will say nothing about these classes.",
    });
  }
  return findings;
}

function findShortages({ classes, splits }: DatasetFigures): DatasetFinding[] {
  const findings: DatasetFinding[] = [];
  const { count } = splits.train;
  if (count > 0 && count < DEFAULT_BATCH) {
    findings.push({
      code: "TRAIN_SMALLER_THAN_BATCH",
      severity: "error",
      message: `There are ${countOf(count, "training image")}; training fails with fewer than one batch, which is ${DEFAULT_BATCH} unless set.`,
      remedy: `Add images, or set the hyper-parameter miniBatchSize to at most ${count}.`,
    });
  }
  const trained = classes.filter(({ train }) => train > 0).sort((a, b) => a.train - b.train);
  const small = trained.filter(({ train }) => train < FEW_IMAGES);
  if (small.length > 0) {
    findings.push({
      code: "CLASS_SMALL",
      severity: "warning",
      message: `${countOf(small.length, "class has", "classes have")} fewer than ${FEW_IMAGES} training images: ${namesOf(small, ({ train }) => train)}.`,
      remedy: "Add images of these classes, or leave the classes out.",
    });
  }
  const [smallest, largest] = [trained.at(0), trained.at(-1)];
  if (smallest && largest && largest.train > MAX_IMBALANCE * smallest.train) {
    const ends = namesOf([largest, smallest], ({ train }) => train);
    findings.push({
      code: "CLASSES_IMBALANCED",
      severity: "warning",
      message: `The largest class has ${Math.round(largest.train / smallest.train)} times the training images of the smallest: ${ends}; at most ${MAX_IMBALANCE} times is advised.`,
      remedy: "Add images of the small classes or take fewer of the large ones: a model favours what it sees most.",
    });
  }
  return findings;
}

function namesOf(classes: readonly ClassFigures[], figure?: (figures: ClassFigures) => number): string {
  return nameSome(classes.map((figures) => `${figures.label}${figure ? ` (${figure(figures)})` : ""}`));
}

function countImages({ train, test }: ClassFigures): number {
  return train + test;
}

function countAll(classes: readonly ClassFigures[]): number {
  return classes.reduce((sum, figures) => sum + countImages(figures), 0);
}
