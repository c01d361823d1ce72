import * as z from "zod";

const NETWORK_DEPTHS = [18, 34, 50, 101, 152, 200, 20, 32, 44, 56, 110] as const;
const PRETRAINED_DEPTHS: readonly number[] = [18, 34, 50, 101, 152, 200];
const fraction = () => z.number().min(0).max(1);
const count = () => z.int().min(1);

const fields = {
  /** Training set augmentation; none by default. */
  augmentationType: z.literal(["crop", "crop_color", "crop_color_transform"]).optional(),
  /** Decay of Adam's first moment, 0 to 1; only with `optimizer: "adam"`. AWS default 0.9. */
  beta1: fraction().optional(),
  /** Decay of Adam's second moment, 0 to 1; only with `optimizer: "adam"`. AWS default 0.999. */
  beta2: fraction().optional(),
  /** Epochs between two stored checkpoints; by default only the best epoch is kept. */
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
  /** RMSProp's decay, 0 to 1. AWS default 0.9. */
  gamma: fraction().optional(),
  /** How gradients are combined over several machines. */
  kvStore: z.literal(["dist_sync", "dist_async"]).optional(),
  /** Initial learning rate, 0 to 1. AWS default 0.1. */
  learningRate: fraction().optional(),
  /** Factor at each step of the schedule, 0 to 1. AWS default 0.1. */
  lrSchedulerFactor: fraction().optional(),
  /** Epochs at which the learning rate falls. */
  lrSchedulerStep: z.array(count()).min(1).readonly().optional(),
  /** Images per step. AWS default 32. */
  miniBatchSize: count().optional(),
  /** Momentum of SGD and NAG, 0 to 1. AWS default 0.9. */
  momentum: fraction().optional(),
  /** Depth of the ResNet. AWS default 152; 20, 32, 44, 56 and 110 are meant for small images. */
  numLayers: z.literal(NETWORK_DEPTHS).optional(),
  /** Optimiser. AWS default `"sgd"`. */
  optimizer: z.literal(["sgd", "adam", "rmsprop", "nag"]).optional(),
  /** Precision of the weights. AWS default `"float32"`. */
  precisionDtype: z.literal(["float32", "float16"]).optional(),
  /** Shorter side in pixels to which images are resized first. */
  resize: count().optional(),
  /** Also logs the top-k accuracy; at least 2. */
  topK: z.int().min(2).optional(),
  /** Starts from weights trained on ImageNet; needs 224 x 224 images. AWS default `false`. */
  usePretrainedModel: z.boolean().optional(),
  /** L2 penalty of SGD and NAG, 0 to 1. AWS default 0.0001. */
  weightDecay: fraction().optional(),
} as const;

/**
 * Hyper-parameters of the built-in image-classification algorithm in TypeScript terms. What is left out takes AWS's
 * default. The number of classes, of training images, and the image shape come from the data set and are not listed.
 * Source: "Image Classification Hyperparameters", SageMaker developer guide.
 */
export const HyperparametersSchema = z.strictObject(fields).superRefine((values, context) => {
  const refuse = (path: keyof typeof values, message: string) =>
    context.addIssue({ code: "custom", path: [path], message });
  const optimizer = values.optimizer ?? "sgd";
  const onlyWith = (path: keyof typeof values, optimizers: readonly string[]) => {
    if (values[path] !== undefined && !optimizers.includes(optimizer)) {
      refuse(path, `has an effect only with optimizer ${optimizers.join(" or ")}, but optimizer is ${optimizer}`);
    }
  };
  onlyWith("beta1", ["adam"]);
  onlyWith("beta2", ["adam"]);
  onlyWith("eps", ["adam", "rmsprop"]);
  onlyWith("gamma", ["rmsprop"]);
  onlyWith("momentum", ["sgd", "nag"]);
  onlyWith("weightDecay", ["sgd", "nag"]);
  for (const path of ["earlyStoppingMinEpochs", "earlyStoppingPatience", "earlyStoppingTolerance"] as const) {
    if (values[path] !== undefined && values.earlyStopping !== true) refuse(path, "needs earlyStopping: true");
  }
  if (values.lrSchedulerFactor !== undefined && values.lrSchedulerStep === undefined) {
    refuse("lrSchedulerFactor", "needs lrSchedulerStep");
  }
  if (values.checkpointFrequency !== undefined && values.checkpointFrequency > (values.epochs ?? 30)) {
    refuse("checkpointFrequency", `must be at most the number of epochs (${values.epochs ?? 30})`);
  }
  if (values.usePretrainedModel === true && !PRETRAINED_DEPTHS.includes(values.numLayers ?? 152)) {
    refuse("numLayers", `must be one of ${PRETRAINED_DEPTHS.join(", ")} with usePretrainedModel`);
  }
});

/** Hyper-parameters of the built-in image-classification algorithm. */
export type Hyperparameters = z.input<typeof HyperparametersSchema>;

/** What the data set says about a training job. @internal */
export interface DatasetHyperparameters {
  /** Number of classes. */
  readonly numClasses: number;
  /** Number of training images. */
  readonly numTrainingSamples: number;
  /** Channels, height and width in pixels. */
  readonly imageShape: readonly [channels: number, height: number, width: number];
}

/**
 * Writes hyper-parameters as CreateTrainingJob takes them: snake case names and text values.
 *
 * @param values - Checked hyper-parameters.
 * @param dataset - What the data set says.
 * @returns A map of text to text, ordered by name.
 * @internal
 */
export function formatHyperparameters(
  values: z.output<typeof HyperparametersSchema>,
  dataset: DatasetHyperparameters,
): Record<string, string> {
  const entries = Object.entries({ ...values, ...dataset })
    .filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined)
    .map(([name, value]) => [formatName(name), formatValue(name, value)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function formatName(name: string): string {
  return name.replace(/([A-Z])/g, (letter) => `_${letter.toLowerCase()}`).replace(/^beta(\d)$/, "beta_$1");
}

function formatValue(name: string, value: string | number | boolean | readonly number[]): string {
  // use_pretrained_model is documented as 0 or 1, early_stopping as True or False.
  if (typeof value === "boolean") return name === "usePretrainedModel" ? (value ? "1" : "0") : value ? "True" : "False";
  return typeof value === "object" ? value.join(",") : String(value);
}
