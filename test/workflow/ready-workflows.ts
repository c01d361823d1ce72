import {
  buildBatchWorkflow,
  buildInferenceWorkflow,
  buildTrainingWorkflow,
  from,
  type QueryLanguage,
  type StateMachineDefinition,
} from "../../src/workflow/index.js";
import { ROLE_ARN } from "../helpers/contracts.js";

export const TOPIC = "arn:aws:sns:us-east-1:000000000000:scones";

/** A training job as `buildTrainingJobRequest` writes it, in short. */
const TRAINING = {
  TrainingJobName: "replaced",
  AlgorithmSpecification: {
    TrainingImage: "000000000000.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
    TrainingInputMode: "File",
  },
  RoleArn: ROLE_ARN,
  OutputDataConfig: { S3OutputPath: "s3://scones/models" },
  ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 50 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
} as const;

/** Every ready workflow, with the options that make the most states. */
export const READY: Readonly<Record<string, (queryLanguage: QueryLanguage) => StateMachineDefinition>> = {
  inference: (queryLanguage) =>
    buildInferenceWorkflow({
      queryLanguage,
      functions: { serialize: "serialize", classify: "classify", filter: "filter" },
      onFailure: { type: "sns", topicArn: TOPIC },
    }),
  "batch-inline": (queryLanguage) =>
    buildBatchWorkflow({
      queryLanguage,
      functions: { classify: "classify", filter: "filter" },
      source: { type: "list", items: from("images") },
      failedImages: "collect",
      onFailure: { type: "eventBridge" },
    }),
  "batch-distributed": (queryLanguage) =>
    buildBatchWorkflow({
      queryLanguage,
      functions: { classify: "classify", filter: "filter" },
      source: { type: "prefix", bucket: "scones", prefix: from("prefix") },
      imagesPerBatch: 3,
      toleratedFailures: { percentage: 50 },
      results: { bucket: "scones", prefix: "answers" },
      onFailure: { type: "fail" },
      label: "images",
    }),
  training: (queryLanguage) =>
    buildTrainingWorkflow({
      queryLanguage,
      functions: { preflight: "preflight", evaluate: "evaluate" },
      training: TRAINING,
      labels: ["bicycle", "motorcycle"],
      endpoint: { instanceType: "ml.m5.xlarge" },
      minAccuracy: 0.8,
      onFailure: { type: "eventBridge", eventBusName: "scones" },
    }),
};
