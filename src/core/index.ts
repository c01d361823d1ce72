/**
 * What every stage shares: errors with stable codes, the plain values that one stage hands to the next, S3 locations,
 * names and predictions. Import it to tell errors apart or to check a value that was stored between two stages.
 *
 * @module core
 */
export type {
  LogsClient,
  S3Clients,
  SageMakerClients,
  SageMakerRuntimeClients,
  StepFunctionsClients,
  TrainingClients,
} from "./clients.js";
export {
  type DeployedEndpoint,
  DeployedEndpointSchema,
  LabelsSchema,
  type StagedDataset,
  StagedDatasetSchema,
  type StagedSplit,
  StagedSplitSchema,
  type TrainedModel,
  TrainedModelSchema,
} from "./contracts.js";
export type { DurationText } from "./duration.js";
export type { SconesErrorDetails } from "./error-details.js";
export {
  isSconesError,
  SconesError,
  type SconesErrorCode,
  type SconesErrorOptions,
} from "./errors.js";
export type { InstancePrices } from "./instance-prices.js";
export { createResourceName, ResourceNameSchema, RoleArnSchema } from "./names.js";
export { InvalidOptionsError } from "./options.js";
export {
  describePrediction,
  type Prediction,
  PredictionError,
  ProbabilitiesSchema,
  parseProbabilities,
} from "./prediction.js";
export { formatS3Uri, parseS3Uri, type S3Location, S3UriError } from "./s3-uri.js";
export type { TrainingErrorDetails } from "./training-error-details.js";
export {
  type CostEstimate,
  CostEstimateSchema,
  type EpochMetrics,
  EpochMetricsSchema,
  type TrainingAdvice,
  TrainingAdviceSchema,
} from "./training-record.js";
export { WaitTimeoutError } from "./wait-timeout.js";
