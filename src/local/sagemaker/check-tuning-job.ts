import { validationError } from "../service-error.js";
import { checkTrainingJob } from "./check-training-job.js";
import type { ObjectAccess } from "./environment.js";
import { checkRanges } from "./sample-hyperparameters.js";
import type { CreateTuningJobRequest } from "./tuning-jobs.js";

/**
 * Checks what SageMaker looks at before it accepts a tuning job, and what the local AWS cannot do.
 *
 * @param objects - S3.
 * @param request - The request.
 * @throws ServiceError `ValidationException`.
 * @internal
 */
export async function checkTuningJob(
  objects: ObjectAccess,
  { HyperParameterTuningJobConfig: config, TrainingJobDefinition: definition }: CreateTuningJobRequest,
): Promise<void> {
  if (config.Strategy === "Hyperband") {
    throw validationError("The local AWS tunes with the strategies Random, Grid and Bayesian; it has no Hyperband.");
  }
  if (definition === undefined) throw validationError("A tuning job needs a TrainingJobDefinition.");
  checkRanges(config.ParameterRanges ?? {}, config.Strategy);
  const objective = config.HyperParameterTuningJobObjective;
  if (objective?.MetricName !== "validation:accuracy" || objective.Type !== "Maximize") {
    throw validationError("The objective of the image-classification algorithm is to Maximize validation:accuracy.");
  }
  const { MaxNumberOfTrainingJobs, MaxParallelTrainingJobs } = config.ResourceLimits;
  if (MaxNumberOfTrainingJobs !== undefined && MaxParallelTrainingJobs > MaxNumberOfTrainingJobs) {
    throw validationError("MaxParallelTrainingJobs must be less than or equal to MaxNumberOfTrainingJobs.");
  }
  if (MaxNumberOfTrainingJobs === undefined && config.Strategy !== "Grid") {
    throw validationError(`MaxNumberOfTrainingJobs is required with the strategy ${config.Strategy}.`);
  }
  await checkTrainingJob(objects, { ...definition, TrainingJobName: "any" });
}
