import * as z from "zod";
import {
  datasetHyperparameterFields,
  explainUnknownHyperparameter,
  formatHyperparameterName,
  hyperparameterFields,
} from "./hyperparameter-fields.js";
import { findConflicts, findDatasetConflicts, type HyperparameterConflict } from "./hyperparameter-rules.js";

const explainUnknown: z.core.$ZodErrorMap = (issue) =>
  issue.code === "unrecognized_keys" ? issue.keys.map(explainUnknownHyperparameter).join("; ") : undefined;

/** Hyper-parameters within their ranges, whether they go together or not. @internal */
export const HyperparameterRangesSchema = z.strictObject(hyperparameterFields, { error: explainUnknown });

/**
 * Hyper-parameters of the built-in image-classification algorithm in TypeScript terms. What is left out takes AWS's
 * default. The number of classes, of training images, and the image shape come from the data set and are not listed.
 * Combinations in which one has no effect, or fails the job, are refused.
 * Source: "Image Classification Hyperparameters", SageMaker developer guide.
 */
export const HyperparametersSchema = HyperparameterRangesSchema.superRefine((values, context) =>
  refuse(context, findConflicts(values)),
);

/** Hyper-parameters of the built-in image-classification algorithm. */
export type Hyperparameters = z.input<typeof HyperparametersSchema>;

const datasetSchema = z.object(datasetHyperparameterFields);

/** What the data set says about a training job. @internal */
export type DatasetHyperparameters = z.input<typeof datasetSchema>;

/**
 * Writes all hyper-parameters of a job as CreateTrainingJob takes them: AWS's names, and every value as text, such as
 * `"True"`, `"3,32,32"` and `"10,20"`. Besides the {@link Hyperparameters} it needs what the data set says:
 * `numClasses`, `numTrainingSamples` and `imageShape`, which is `[channels, height, width]`.
 *
 * @example
 * ```ts
 * import { HyperparameterMapSchema } from "scones-ml/training";
 *
 * const map = HyperparameterMapSchema.parse({
 *   epochs: 20,
 *   earlyStopping: true,
 *   numClasses: 2,
 *   numTrainingSamples: 1000,
 *   imageShape: [3, 32, 32],
 * });
 * console.log(map["early_stopping"], map["image_shape"]); // True 3,32,32
 * ```
 */
export const HyperparameterMapSchema = z
  .strictObject({ ...hyperparameterFields, ...datasetHyperparameterFields }, { error: explainUnknown })
  .superRefine((values, context) => {
    refuse(context, [...findConflicts(values), ...findDatasetConflicts(values, values)]);
  })
  .transform((values): Record<string, string> => {
    const entries = Object.entries(values)
      .filter((entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined)
      .map(([name, value]) => [formatHyperparameterName(name), formatValue(name, value)] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });

function refuse(
  context: z.core.$RefinementCtx<Record<string, unknown>>,
  conflicts: readonly HyperparameterConflict[],
): void {
  for (const { name, message } of conflicts) context.addIssue({ code: "custom", path: [name], message });
}

function formatValue(name: string, value: string | number | boolean | readonly number[]): string {
  // early_stopping is documented as True or False, every other switch as 1 or 0.
  if (typeof value === "boolean") return name === "earlyStopping" ? (value ? "True" : "False") : value ? "1" : "0";
  return typeof value === "object" ? value.join(",") : String(value);
}
