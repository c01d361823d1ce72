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
  type InstancePrices,
} from "./cost/estimate-training-cost.js";
export {
  type RenderTrainingCurveOptions,
  renderTrainingCurve,
  type TrainingCurve,
} from "./curve/render-training-curve.js";
export type { FollowTrainingOptions } from "./follow/follow-options.js";
export type { TrainingProgressEvent } from "./follow/training-progress.js";
export { type Hyperparameters, HyperparametersSchema } from "./hyperparameters.js";
export { type ParseTrainingLogOptions, parseTrainingLog, type TrainingLog } from "./logs/parse-training-log.js";
export { type StopTrainingOptions, stopTraining } from "./stop-training.js";
export {
  type TrainImageClassifierOptions,
  trainImageClassifier,
} from "./train-image-classifier.js";
export { TrainingJobError } from "./training-errors.js";
export {
  type BuildTrainingJobRequestOptions,
  buildTrainingJobRequest,
  type TrainingJobOptions,
} from "./training-request.js";
