/**
 * Trains SageMaker's built-in image-classification algorithm on a staged data set. Import it to build the
 * CreateTrainingJob request, to run the job and follow it, or to stop it.
 *
 * @module training
 */
export { AlgorithmImageError, imageClassificationImageUri } from "./algorithm-image.js";
export { type Hyperparameters, HyperparametersSchema } from "./hyperparameters.js";
export { type StopTrainingOptions, stopTraining } from "./stop-training.js";
export {
  type TrainImageClassifierOptions,
  type TrainingProgressEvent,
  trainImageClassifier,
} from "./train-image-classifier.js";
export { TrainingJobError } from "./training-errors.js";
export {
  type BuildTrainingJobRequestOptions,
  buildTrainingJobRequest,
  type TrainingJobOptions,
} from "./training-request.js";
