import * as z from "zod";

/** Depths of the ResNet: the first six for large images, the others for small ones, such as 28 x 28 pixels. @internal */
const NETWORK_DEPTHS = [18, 34, 50, 101, 152, 200, 20, 32, 44, 56, 110] as const;

/** Depths of which there are weights trained on ImageNet. @internal */
export const PRETRAINED_DEPTHS: readonly number[] = [18, 34, 50, 101, 152, 200];

/**
 * What the algorithm takes where a hyper-parameter is left out, as far as other rules depend on it.
 * Source: "Image Classification Hyperparameters", SageMaker developer guide.
 *
 * @internal
 */
export const HYPERPARAMETER_DEFAULTS = { epochs: 30, miniBatchSize: 32, numLayers: 152, optimizer: "sgd" } as const;

const fraction = () => z.number().min(0).max(1);
const count = () => z.int().min(1);

/**
 * The hyper-parameters that a user chooses, with their ranges.
 * Source: "Image Classification Hyperparameters", SageMaker developer guide.
 *
 * @internal
 */
export const hyperparameterFields = {
  /** Training set augmentation: random crops, colours, shears and rotations. AWS default: none. */
  augmentationType: z.literal(["crop", "crop_color", "crop_color_transform"]).optional(),
  /** Decay of Adam's first moment, 0 to 1; only with `optimizer: "adam"`. AWS default 0.9. */
  beta1: fraction().optional(),
  /** Decay of Adam's second moment, 0 to 1; only with `optimizer: "adam"`. AWS default 0.999. */
  beta2: fraction().optional(),
  /** Epochs between two stored checkpoints, at most `epochs`. AWS default: only the best epoch is kept. */
  checkpointFrequency: count().optional(),
  /** Stops training when validation accuracy no longer improves. AWS default `false`. */
  earlyStopping: z.boolean().optional(),
  /** Epochs before early stopping may act. AWS default 10. */
  earlyStoppingMinEpochs: count().optional(),
  /** Epochs to wait for an improvement. AWS default 5. */
  earlyStoppingPatience: count().optional(),
  /** Relative improvement of validation accuracy that counts, 0 to 1. AWS default 0. */
  earlyStoppingTolerance: fraction().optional(),
  /** Passes over the training set. AWS default 30. */
  epochs: count().optional(),
  /** Adam's and RMSProp's epsilon, 0 to 1. AWS default 1e-8. */
  eps: fraction().optional(),
  /** RMSProp's decay, 0 to 1; only with `optimizer: "rmsprop"`. AWS default 0.9. */
  gamma: fraction().optional(),
  /** How gradients are combined over several machines; on one it has no effect. */
  kvStore: z.literal(["dist_sync", "dist_async"]).optional(),
  /** Initial learning rate, 0 to 1. AWS default 0.1. */
  learningRate: fraction().optional(),
  /** Factor at each step of the schedule, 0 to 1; only with `lrSchedulerStep`. AWS default 0.1. */
  lrSchedulerFactor: fraction().optional(),
  /** Epochs at which the learning rate falls, in ascending order. AWS default: it stays. */
  lrSchedulerStep: z.array(count()).min(1).readonly().optional(),
  /** Images per step, shared out over the GPUs of a machine; at most as many as there are. AWS default 32. */
  miniBatchSize: count().optional(),
  /** Momentum of SGD and NAG, 0 to 1. AWS default 0.9. */
  momentum: fraction().optional(),
  /** Whether an image can have several labels. AWS default `false`. */
  multiLabel: z.boolean().optional(),
  /** Depth of the ResNet. AWS default 152; 20, 32, 44, 56 and 110 are meant for small images. */
  numLayers: z.literal(NETWORK_DEPTHS).optional(),
  /** Optimiser. AWS default `"sgd"`. */
  optimizer: z.literal(["sgd", "adam", "rmsprop", "nag"]).optional(),
  /** Precision of the weights. AWS default `"float32"`. */
  precisionDtype: z.literal(["float32", "float16"]).optional(),
  /** Shorter side in pixels to which images are resized first; at least the image shape. AWS default: as they are. */
  resize: count().optional(),
  /** Also logs the top-k accuracy; 2 to the number of classes. */
  topK: z.int().min(2).optional(),
  /** Starts from weights trained on ImageNet; needs 224 x 224 images. AWS default `false`. */
  usePretrainedModel: z.boolean().optional(),
  /** Weights the loss by class; only with `multiLabel: true`. AWS default `false`. */
  useWeightedLoss: z.boolean().optional(),
  /** L2 penalty of SGD and NAG, 0 to 1. AWS default 0.0001. */
  weightDecay: fraction().optional(),
} as const;

/** The hyper-parameters that the data set decides. @internal */
export const datasetHyperparameterFields = {
  /** Number of classes. */
  numClasses: count(),
  /** Number of training images. */
  numTrainingSamples: count(),
  /** Channels, height and width in pixels. */
  imageShape: z.tuple([z.literal(3), count(), count()]).readonly(),
} as const;

/**
 * Writes AWS's name of a hyper-parameter: `learningRate` is `learning_rate`, `beta1` is `beta_1`.
 *
 * @param name - The name in TypeScript.
 * @returns The name on the wire.
 * @internal
 */
export function formatHyperparameterName(name: string): string {
  return name.replace(/[A-Z0-9]/g, (character) => `_${character.toLowerCase()}`);
}

/**
 * Says what to write instead of a name that is no hyper-parameter.
 *
 * @param name - The name that was given.
 * @returns A sentence.
 * @internal
 */
export function explainUnknownHyperparameter(name: string): string {
  const camelCase = name.replace(/_([a-z0-9])/g, (_, character: string) => character.toUpperCase());
  if (Object.hasOwn(datasetHyperparameterFields, camelCase)) return `${name} comes from the data set; leave it out`;
  if (Object.hasOwn(hyperparameterFields, camelCase)) return `${name} is written ${camelCase} here`;
  return `"${name}" is no hyper-parameter of the image-classification algorithm`;
}
