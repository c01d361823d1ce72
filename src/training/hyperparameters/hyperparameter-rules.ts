import type * as z from "zod";
import {
  type datasetHyperparameterFields,
  HYPERPARAMETER_DEFAULTS,
  type hyperparameterFields,
  PRETRAINED_DEPTHS,
} from "./hyperparameter-fields.js";

type Values = z.output<z.ZodObject<typeof hyperparameterFields>>;
type DatasetValues = z.output<z.ZodObject<typeof datasetHyperparameterFields>>;

/** A hyper-parameter that does not fit the others. @internal */
export interface HyperparameterConflict {
  /** The hyper-parameter. */
  readonly name: string;
  /** The rule, what was given, and what to set. */
  readonly message: string;
}

/**
 * Optimizers with which a hyper-parameter has an effect.
 * Source: "Image Classification Hyperparameters", developer guide.
 * @internal
 */
export const OPTIMIZERS = {
  beta1: ["adam"],
  beta2: ["adam"],
  eps: ["adam", "rmsprop"],
  gamma: ["rmsprop"],
  momentum: ["sgd", "nag"],
  weightDecay: ["sgd", "nag"],
} as const satisfies Partial<Record<keyof Values, readonly string[]>>;

/** Longest value of a hyper-parameter as text. Source: the SageMaker service model (botocore, sagemaker/2017-07-24). */
const MAX_TEXT_LENGTH = 2500;
const PRETRAINED_SIDE = 224;

/**
 * Holds hyper-parameters against each other.
 *
 * @param values - Hyper-parameters within their ranges.
 * @returns One conflict per rule that is broken.
 * @internal
 */
export function findConflicts(values: Values): readonly HyperparameterConflict[] {
  return [...findOptimizerConflicts(values), ...findScheduleConflicts(values), ...findModelConflicts(values)];
}

/**
 * Holds hyper-parameters against the data set.
 *
 * @param values - Hyper-parameters within their ranges.
 * @param dataset - What the data set says.
 * @returns One conflict per rule that is broken.
 * @internal
 */
export function findDatasetConflicts(values: Values, dataset: DatasetValues): readonly HyperparameterConflict[] {
  const { numClasses, numTrainingSamples, imageShape } = dataset;
  const [, height, width] = imageShape;
  const conflicts: HyperparameterConflict[] = [];
  const batch = values.miniBatchSize ?? HYPERPARAMETER_DEFAULTS.miniBatchSize;
  if (batch > numTrainingSamples) {
    const origin = values.miniBatchSize === undefined ? `${batch} by default` : `${batch}`;
    conflicts.push({
      name: "miniBatchSize",
      message: `must not exceed the number of training images, ${numTrainingSamples}, but is ${origin}; set miniBatchSize to at most ${numTrainingSamples}, or stage more images`,
    });
  }
  if (values.topK !== undefined && values.topK > numClasses) {
    conflicts.push({
      name: "topK",
      message: `must not exceed the number of classes, ${numClasses}, but is ${values.topK}; lower it or leave it out`,
    });
  }
  if (values.resize !== undefined && values.resize < Math.max(height, width)) {
    conflicts.push({
      name: "resize",
      message: `must not be less than the images' height and width, ${height} x ${width}, but is ${values.resize}; raise it or leave it out`,
    });
  }
  if (values.usePretrainedModel === true && (height !== PRETRAINED_SIDE || width !== PRETRAINED_SIDE)) {
    conflicts.push({
      name: "usePretrainedModel",
      message: `needs images of ${PRETRAINED_SIDE} x ${PRETRAINED_SIDE} pixels, but they have ${height} x ${width}; set it to false, or stage the images in that size`,
    });
  }
  return conflicts;
}

function findOptimizerConflicts(values: Values): readonly HyperparameterConflict[] {
  const optimizer = values.optimizer ?? HYPERPARAMETER_DEFAULTS.optimizer;
  return Object.entries(OPTIMIZERS)
    .filter(([name, allowed]: [string, readonly string[]]) => isGiven(values, name) && !allowed.includes(optimizer))
    .map(([name, allowed]) => {
      const needed = allowed.join(" or ");
      return {
        name,
        message: `has an effect only with optimizer ${needed}, but optimizer is ${optimizer}; leave it out, or set optimizer to ${needed}`,
      };
    });
}

function findScheduleConflicts(values: Values): readonly HyperparameterConflict[] {
  const conflicts: HyperparameterConflict[] = [];
  const { lrSchedulerStep: steps, checkpointFrequency, epochs = HYPERPARAMETER_DEFAULTS.epochs } = values;
  for (const name of ["earlyStoppingMinEpochs", "earlyStoppingPatience", "earlyStoppingTolerance"]) {
    if (!isGiven(values, name) || values.earlyStopping === true) continue;
    conflicts.push({ name, message: "needs earlyStopping: true; set that, or leave it out" });
  }
  if (values.lrSchedulerFactor !== undefined && steps === undefined) {
    conflicts.push({
      name: "lrSchedulerFactor",
      message: "needs lrSchedulerStep; set the epochs at which the rate falls, or leave it out",
    });
  }
  if (steps?.some((step, index) => step <= (steps[index - 1] ?? 0))) {
    conflicts.push({
      name: "lrSchedulerStep",
      message: `must be in ascending order, but is ${steps.join(",")}; sort the epochs and name each once`,
    });
  }
  if (steps !== undefined && steps.join(",").length > MAX_TEXT_LENGTH) {
    conflicts.push({
      name: "lrSchedulerStep",
      message: `must have at most ${MAX_TEXT_LENGTH} characters as text; name fewer epochs`,
    });
  }
  if (checkpointFrequency !== undefined && checkpointFrequency > epochs) {
    conflicts.push({
      name: "checkpointFrequency",
      message: `must be at most the number of epochs (${epochs}), but is ${checkpointFrequency}; lower it, or raise epochs`,
    });
  }
  return conflicts;
}

function findModelConflicts(values: Values): readonly HyperparameterConflict[] {
  const conflicts: HyperparameterConflict[] = [];
  const { numLayers = HYPERPARAMETER_DEFAULTS.numLayers } = values;
  if (values.usePretrainedModel === true && !PRETRAINED_DEPTHS.includes(numLayers)) {
    conflicts.push({
      name: "numLayers",
      message: `must be one of ${PRETRAINED_DEPTHS.join(", ")} with usePretrainedModel, but is ${numLayers}; set one of these, or usePretrainedModel to false`,
    });
  }
  if (values.useWeightedLoss === true && values.multiLabel !== true) {
    conflicts.push({ name: "useWeightedLoss", message: "needs multiLabel: true; set that, or leave it out" });
  }
  return conflicts;
}

function isGiven(values: Values, name: string): boolean {
  return values[name as keyof Values] !== undefined;
}
