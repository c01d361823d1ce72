import { formatPercent } from "../../core/format-percent.js";
import type { EpochMetrics, TrainingAdvice } from "../../core/training-record.js";
import { adviseOnSamples, type SampleFacts } from "./advise-on-samples.js";

/** What advice is given from. @internal */
export interface TrainingFacts extends SampleFacts {
  /** The epochs, in order. */
  readonly epochs: readonly EpochMetrics[];
  /** Whether some value was not a number. */
  readonly hasBroken: boolean;
  /** Whether the training ended by itself before its last epoch. */
  readonly hasStoppedEarly: boolean;
}

/** Fewer epochs tell nothing of a trend. */
const MIN_EPOCHS = 5;
/** A mean accuracy this far above chance is no chance any more; single epochs of some hundred images scatter by 0.02. */
const CHANCE_BAND = 0.05;
/** What counts as a change between two parts of the curve. */
const CHANGE = 0.02;
/** So far above validation, training has learned its images by heart. */
const OVERFITTING_GAP = 0.1;

/**
 * Looks at the curve of a training for what deserves a look.
 *
 * @param facts - See {@link TrainingFacts}.
 * @returns What was found, the worst first; empty where all is well.
 * @internal
 */
export function adviseOnTraining(facts: TrainingFacts): readonly TrainingAdvice[] {
  const { epochs } = facts;
  if (epochs.length === 0) return [];
  const stuck = adviseOnFlatCurve(facts);
  const found = [
    adviseOnDivergence(facts),
    stuck,
    adviseOnSamples(facts),
    // A network that learned nothing has no such troubles.
    ...(stuck === undefined ? [adviseOnOverfitting(epochs), adviseOnRise(facts)] : []),
    adviseOnValidation(epochs),
  ];
  return found.filter((advice) => advice !== undefined);
}

function adviseOnDivergence({ epochs, hasBroken }: TrainingFacts): TrainingAdvice | undefined {
  const remedy = "Lower learningRate to a tenth, or use another optimizer.";
  if (hasBroken) {
    return {
      code: "DIVERGED",
      severity: "error",
      message: `A value of the training became NaN or infinite. ${remedy}`,
    };
  }
  const accuracies = read(epochs, "trainAccuracy");
  if (accuracies.length < MIN_EPOCHS) return undefined;
  const highest = Math.max(...accuracies);
  const end = mean(accuracies.slice(-3));
  if (highest - end < 0.2) return undefined;
  const message = `Training accuracy fell from ${formatPercent(highest)} to ${formatPercent(end)} at the end. ${remedy}`;
  return { code: "DIVERGED", severity: "warning", message };
}

function adviseOnFlatCurve({ epochs, configuration }: TrainingFacts): TrainingAdvice | undefined {
  const training = read(epochs, "trainAccuracy");
  const validation = read(epochs, "validationAccuracy");
  const known = training.length > 0 ? training : validation;
  if (known.length < MIN_EPOCHS) return undefined;
  const [first, last] = [mean(part(known, 0)), mean(part(known, 2))];
  // An epoch or two above the rest are scatter; a mean is not.
  if (last - first >= CHANGE || mean(known) > 0.95) return undefined;
  // A log without its head does not tell the number of classes; flat at 1 in n, they are n.
  const classes = Number(configuration["num_classes"] ?? Math.round(1 / mean(known)));
  const chance = 1 / classes;
  const means = [mean(known), last, ...(validation.length > 0 ? [mean(validation)] : [])];
  if (configuration["multi_label"] !== "1" && classes >= 2 && means.every((value) => value <= chance + CHANCE_BAND)) {
    return {
      code: "CHANCE_LEVEL",
      severity: "error",
      message:
        `Training accuracy stays at chance, ${formatPercent(mean(known))} for ${classes} classes: the network learned nothing. ` +
        "Most often the data is broken: all images are alike, or the labels do not belong to them. Look at the images with inspectDataset; if they are right, lower learningRate.",
    };
  }
  return {
    code: "NOT_LEARNING",
    severity: "warning",
    message:
      `Training accuracy does not rise: ${formatPercent(first)} in the first third of the epochs, ${formatPercent(last)} in the last. ` +
      "Lower learningRate, and see whether the network names the same class for every image.",
  };
}

function adviseOnOverfitting(epochs: readonly EpochMetrics[]): TrainingAdvice | undefined {
  const both = epochs.filter((epoch) => epoch.trainAccuracy !== undefined && epoch.validationAccuracy !== undefined);
  if (both.length < MIN_EPOCHS) return undefined;
  const end = both.slice(-Math.max(3, Math.round(both.length / 10)));
  const training = mean(read(end, "trainAccuracy"));
  const validation = mean(read(end, "validationAccuracy"));
  if (training - validation < OVERFITTING_GAP) return undefined;
  return {
    code: "OVERFITTING",
    severity: training - validation >= 2 * OVERFITTING_GAP ? "warning" : "info",
    message:
      `At the end validation (${formatPercent(validation)}) is far under training (${formatPercent(training)}): the network learned its images by heart. ` +
      'More images, augmentationType "crop_color_transform", a shallower network (numLayers) or a higher weightDecay help.',
  };
}

function adviseOnRise({ epochs, hasStoppedEarly }: TrainingFacts): TrainingAdvice | undefined {
  const validation = read(epochs, "validationAccuracy");
  if (hasStoppedEarly || validation.length < MIN_EPOCHS) return undefined;
  const fifth = Math.max(2, Math.round(validation.length / 5));
  const rise = mean(validation.slice(-fifth)) - mean(validation.slice(-2 * fifth, -fifth));
  const isBestLate = validation.indexOf(Math.max(...validation)) >= validation.length - fifth;
  if (rise < CHANGE || !isBestLate) return undefined;
  return {
    code: "STILL_RISING",
    severity: "info",
    message: `Validation accuracy still rose in the last fifth of the epochs, by ${formatPercent(rise)}. More epochs are likely to help.`,
  };
}

function adviseOnValidation(epochs: readonly EpochMetrics[]): TrainingAdvice | undefined {
  if (epochs.length < 2 || read(epochs, "validationAccuracy").length > 0) return undefined;
  return {
    code: "NO_VALIDATION",
    severity: "info",
    message:
      "The log has no validation accuracy, so that nothing tells which epoch is best. Give the job a validation channel.",
  };
}

type Accuracy = "trainAccuracy" | "validationAccuracy";

function read(epochs: readonly EpochMetrics[], name: Accuracy): readonly number[] {
  return epochs.flatMap((epoch) => epoch[name] ?? []);
}

/** One third of the values. */
function part(values: readonly number[], third: 0 | 1 | 2): readonly number[] {
  return values.slice(Math.floor((values.length * third) / 3), Math.floor((values.length * (third + 1)) / 3));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
