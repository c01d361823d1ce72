/**
 * Trains SageMaker's built-in image-classification algorithm on a staged data set. Import it to build the
 * CreateTrainingJob request, to run the job and follow it, or to stop it.
 *
 * @module training
 */
export { AlgorithmImageError, imageClassificationImageUri } from "./algorithm-image.js";
export { type AttachTrainingJobOptions, attachTrainingJob } from "./attach-training-job.js";
export {
  type EstimateTrainingCostOptions,
  estimateTrainingCost,
} from "./cost/estimate-training-cost.js";
export {
  type RenderTrainingCurveOptions,
  renderTrainingCurve,
  type TrainingCurve,
} from "./curve/render-training-curve.js";
export type { FollowTrainingOptions } from "./follow/follow-options.js";
export type { TrainingProgressEvent } from "./follow/training-progress.js";
export {
  HyperparameterMapSchema,
  type Hyperparameters,
  HyperparametersSchema,
} from "./hyperparameters/hyperparameters.js";
export { type ParseTrainingLogOptions, parseTrainingLog, type TrainingLog } from "./logs/parse-training-log.js";
export type { PreflightCode, PreflightFinding } from "./preflight/preflight-findings.js";
export { type PreflightTrainingOptions, preflightTraining } from "./preflight/preflight-training.js";
export { type AugmentedManifestDataset, AugmentedManifestDatasetSchema } from "./request/augmented-manifest.js";
export {
  type BuildTrainingJobRequestOptions,
  buildTrainingJobRequest,
} from "./request/build-training-job-request.js";
export type { InitialModel, SpotOptions, TrainingJobOptions, VpcOptions } from "./request/training-job-options.js";
export type { TrainingFindingEvent } from "./start-training-job.js";
export { type StopTrainingOptions, stopTraining } from "./stop-training.js";
export {
  type TrainImageClassifierOptions,
  trainImageClassifier,
} from "./train-image-classifier.js";
export {
  type AdvisedJob,
  adviseOnTrainingError,
  type TrainingErrorAdvice,
  type TrainingTrouble,
} from "./training-error-advice.js";
export { TrainingJobError, TrainingPreflightError } from "./training-errors.js";
export {
  type BuildTuningJobRequestOptions,
  buildTuningJobRequest,
  type TuningJobOptions,
} from "./tuning/build-tuning-job-request.js";
export { type StopTuningOptions, stopTuning } from "./tuning/stop-tuning.js";
export {
  type TunedModel,
  type TuneImageClassifierOptions,
  tuneImageClassifier,
} from "./tuning/tune-image-classifier.js";
export { TuningJobError } from "./tuning/tuning-errors.js";
export type { TunedJob, TuningProgressEvent } from "./tuning/tuning-progress.js";
export type { TuningRange, TuningRanges, TuningScale } from "./tuning/tuning-ranges.js";
