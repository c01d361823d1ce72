import { randomBytes } from "node:crypto";
import type {
  CreateHyperParameterTuningJobCommandInput,
  CreateTrainingJobCommandInput,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { HyperparameterRangesSchema, HyperparametersSchema } from "../hyperparameters/hyperparameters.js";
import { buildTrainingJobRequest } from "../request/build-training-job-request.js";
import { type TrainingJobOptions, trainingJobFields } from "../request/training-job-options.js";
import { formatTuningRanges, type TuningRanges, TuningRangesSchema, tunedNames } from "./tuning-ranges.js";
import { findTuningConflicts } from "./tuning-rules.js";

/** What describes a tuning job. */
export interface TuningJobOptions extends Omit<TrainingJobOptions, "jobName"> {
  /** What to try for each hyper-parameter that is tuned; `hyperparameters` holds the others. */
  readonly ranges: TuningRanges;
  /** Name of the tuning job, at most 32 characters. @defaultValue a new name that begins with `scones` */
  readonly tuningJobName?: string | undefined;
  /** Most training jobs, 1 to 750; AWS bills each. A grid has one for each combination. @defaultValue `10` */
  readonly maxJobs?: number;
  /** Most training jobs at once, 1 to 100; more at once learn less from one another. @defaultValue `2` */
  readonly maxParallelJobs?: number;
  /**
   * How values are chosen: `Bayesian` learns from the jobs before, `Random` does not, `Grid` tries every combination
   * and takes lists only. @defaultValue `"Bayesian"`
   */
  readonly strategy?: "Bayesian" | "Random" | "Grid";
  /** Whether AWS stops training jobs early that will not become the best. @defaultValue `"off"` */
  readonly jobEarlyStopping?: "auto" | "off";
  /** Validation accuracy, 0 to 1, at which the tuning is good enough and ends. @defaultValue none */
  readonly targetAccuracy?: number | undefined;
  /** Makes the choice of values repeatable, 0 to 2147483647. @defaultValue AWS's own */
  readonly seed?: number | undefined;
}

/** Options of {@link buildTuningJobRequest}. */
export interface BuildTuningJobRequestOptions extends TuningJobOptions {
  /** AWS region, which decides the container image. */
  readonly region: string;
}

const { jobName: _, ...definitionFields } = trainingJobFields;

/** Schema fields shared by the builder and `tuneImageClassifier`; they hold the defaults. @internal */
export const tuningJobFields = {
  ...definitionFields,
  // Which rules hold depends on the optimizer, which may be tuned.
  hyperparameters: HyperparameterRangesSchema.prefault({}),
  ranges: TuningRangesSchema,
  tuningJobName: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$/, "must be 1 to 32 letters, digits and inner hyphens")
    .optional(),
  maxJobs: z.int().min(1).max(750).default(10),
  maxParallelJobs: z.int().min(1).max(100).default(2),
  strategy: z.enum(["Bayesian", "Random", "Grid"]).default("Bayesian"),
  jobEarlyStopping: z.enum(["auto", "off"]).default("off"),
  targetAccuracy: z.number().min(0).max(1).optional(),
  seed: z.int().min(0).max(2_147_483_647).optional(),
} as const;

const OptionsSchema = z.strictObject({ ...tuningJobFields, region: z.string().min(1) }).superRefine((job, context) => {
  for (const { path, message } of findTuningConflicts(job)) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
});

/**
 * Builds the CreateHyperParameterTuningJob request for SageMaker's built-in image-classification algorithm. Its objective is
 * the highest `validation:accuracy`; each training job is what `buildTrainingJobRequest` describes. It calls nothing.
 *
 * @param options - See {@link BuildTuningJobRequestOptions}.
 * @returns The input of `CreateHyperParameterTuningJobCommand`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option, a range or a combination is wrong.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { buildTuningJobRequest } from "scones-ml/training";
 *
 * export function show(dataset: StagedDataset) {
 *   const request = buildTuningJobRequest({
 *     dataset,
 *     region: "us-east-1",
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     output: "s3://scones/models/image_model",
 *     ranges: { learningRate: { min: 0.0001, max: 0.1, scale: "logarithmic" }, optimizer: ["sgd", "adam"] },
 *   });
 *   console.log(request.HyperParameterTuningJobConfig?.ParameterRanges);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 */
export function buildTuningJobRequest(
  options: BuildTuningJobRequestOptions,
): CreateHyperParameterTuningJobCommandInput {
  const parsed = parseOptions("buildTuningJobRequest", OptionsSchema, options);
  const { ranges, maxJobs, maxParallelJobs, strategy, jobEarlyStopping, targetAccuracy, seed, ...rest } = parsed;
  const { tuningJobName, ...job } = rest;
  const hyperparameters = { ...job.hyperparameters, ...chooseExamples(parsed) };
  const { Tags, ...training } = buildTrainingJobRequest({ ...job, hyperparameters });
  return {
    HyperParameterTuningJobName: tuningJobName ?? createTuningJobName(),
    HyperParameterTuningJobConfig: {
      Strategy: strategy,
      HyperParameterTuningJobObjective: { Type: "Maximize", MetricName: "validation:accuracy" },
      ResourceLimits: {
        // AWS counts the combinations of a grid itself, and refuses another number.
        ...(strategy === "Grid" ? {} : { MaxNumberOfTrainingJobs: maxJobs }),
        MaxParallelTrainingJobs: strategy === "Grid" ? maxParallelJobs : Math.min(maxParallelJobs, maxJobs),
      },
      ParameterRanges: formatTuningRanges(ranges),
      TrainingJobEarlyStoppingType: jobEarlyStopping === "auto" ? "Auto" : "Off",
      ...(targetAccuracy === undefined
        ? {}
        : { TuningJobCompletionCriteria: { TargetObjectiveMetricValue: targetAccuracy } }),
      ...(seed === undefined ? {} : { RandomSeed: seed }),
    },
    TrainingJobDefinition: describeTraining(training, tunedNames(ranges)),
    Tags,
  };
}

/** A training job that the tuning may run, so that the rules of one are held against values of the ranges. */
function chooseExamples({
  ranges,
  hyperparameters,
}: Pick<z.output<typeof OptionsSchema>, "ranges" | "hyperparameters">) {
  const { miniBatchSize, optimizer } = ranges;
  const fits = (name: string) => HyperparametersSchema.safeParse({ ...hyperparameters, optimizer: name }).success;
  return {
    ...(miniBatchSize === undefined
      ? {}
      : { miniBatchSize: Array.isArray(miniBatchSize) ? Math.min(...miniBatchSize) : miniBatchSize.min }),
    ...(optimizer === undefined ? {} : { optimizer: optimizer.find(fits) ?? optimizer[0] }),
  };
}

/** A hyper-parameter is either tuned or the same in every job. */
function describeTraining(
  { TrainingJobName: _, HyperParameters = {}, ...training }: CreateTrainingJobCommandInput,
  tuned: readonly string[],
): NonNullable<CreateHyperParameterTuningJobCommandInput["TrainingJobDefinition"]> {
  const { TrainingImage, TrainingInputMode } = training.AlgorithmSpecification ?? {};
  return {
    ...pickDefinition(training),
    StaticHyperParameters: Object.fromEntries(
      Object.entries(HyperParameters).filter(([name]) => !tuned.includes(name)),
    ),
    AlgorithmSpecification: { TrainingImage, TrainingInputMode },
    RoleArn: training.RoleArn,
    OutputDataConfig: training.OutputDataConfig,
    StoppingCondition: training.StoppingCondition,
  };
}

/** What a training job and the definition in a tuning job have in common, where it was asked for. */
function pickDefinition(training: Partial<CreateTrainingJobCommandInput>) {
  const names = [
    "InputDataConfig",
    "VpcConfig",
    "ResourceConfig",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "CheckpointConfig",
    "RetryStrategy",
    "Environment",
  ] as const;
  const given = names.filter((name) => training[name] !== undefined).map((name) => [name, training[name]] as const);
  return Object.fromEntries(given) as Pick<CreateTrainingJobCommandInput, (typeof names)[number]>;
}

/** Names of tuning jobs are half as long as others. */
function createTuningJobName(now = new Date()): string {
  const time = now.toISOString().slice(2, 19).replace(/\D/g, "");
  return `scones-${time}-${randomBytes(4).toString("hex")}`;
}
