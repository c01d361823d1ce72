import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { createResourceName } from "../../core/names.js";
import { parseOptions } from "../../core/options.js";
import { imageClassificationImageUri } from "../algorithm-image.js";
import { HyperparameterMapSchema } from "../hyperparameters/hyperparameters.js";
import { buildInputChannels, chooseInputMode } from "./input-channels.js";
import { describeDataset, findRequestConflicts } from "./request-rules.js";
import { type ResolvedTrainingJobOptions, type TrainingJobOptions, trainingJobFields } from "./training-job-options.js";

/** Options of {@link buildTrainingJobRequest}. */
export interface BuildTrainingJobRequestOptions extends TrainingJobOptions {
  /** AWS region, which decides the container image. */
  readonly region: string;
}

const OptionsSchema = z
  .strictObject({ ...trainingJobFields, region: z.string().min(1) })
  .superRefine((job, context) => {
    for (const { path, message } of findRequestConflicts(job))
      context.addIssue({ code: "custom", path: [...path], message });
  });

/**
 * Builds the CreateTrainingJob request for SageMaker's built-in image-classification algorithm: channels for the
 * data set's layout, hyper-parameters as text, and what the options ask for of spot, network, encryption and machines.
 * Options that would fail the job, or have no effect, are refused with the rule and what to set. It calls nothing.
 *
 * @param options - See {@link BuildTrainingJobRequestOptions}.
 * @returns The input of `CreateTrainingJobCommand`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option or a combination of options is wrong.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { buildTrainingJobRequest } from "scones-ml/training";
 *
 * export function show(dataset: StagedDataset) {
 *   const request = buildTrainingJobRequest({
 *     dataset,
 *     region: "us-east-1",
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     output: "s3://scones/models/image_model",
 *     hyperparameters: { epochs: 20 },
 *   });
 *   console.log(request.HyperParameters);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export function buildTrainingJobRequest(options: BuildTrainingJobRequestOptions): CreateTrainingJobCommandInput {
  const job = parseOptions("buildTrainingJobRequest", OptionsSchema, options);
  return {
    TrainingJobName: job.jobName ?? createResourceName("scones"),
    AlgorithmSpecification: {
      TrainingImage: imageClassificationImageUri(job.region),
      TrainingInputMode: chooseInputMode(job),
    },
    RoleArn: job.roleArn,
    HyperParameters: HyperparameterMapSchema.parse({ ...job.hyperparameters, ...describeDataset(job.dataset) }),
    InputDataConfig: buildInputChannels(job),
    OutputDataConfig: { S3OutputPath: job.output, ...given("KmsKeyId", job.outputKmsKeyId) },
    ResourceConfig: {
      // The service model lists instance types that this library's clients may not know yet.
      InstanceType: job.instanceType as NonNullable<CreateTrainingJobCommandInput["ResourceConfig"]>["InstanceType"],
      InstanceCount: job.instanceCount,
      VolumeSizeInGB: job.volumeSizeGb,
      ...given("VolumeKmsKeyId", job.volumeKmsKeyId),
    },
    StoppingCondition: {
      MaxRuntimeInSeconds: job.maxRuntimeSeconds,
      ...given("MaxWaitTimeInSeconds", job.spot?.maxWaitSeconds),
    },
    ...buildExtras(job),
    Tags: Object.entries({ ...job.tags, "created-by": "scones-ml" }).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** What stands in a request only where it was asked for. */
function buildExtras(job: ResolvedTrainingJobOptions): Partial<CreateTrainingJobCommandInput> {
  const { vpc, checkpoints, environment, retryAttempts } = job;
  return {
    ...given("VpcConfig", vpc && { Subnets: [...vpc.subnets], SecurityGroupIds: [...vpc.securityGroupIds] }),
    ...given("EnableManagedSpotTraining", job.spot && true),
    ...given("CheckpointConfig", checkpoints === undefined ? undefined : { S3Uri: checkpoints }),
    ...given("EnableNetworkIsolation", job.networkIsolation || undefined),
    ...given("EnableInterContainerTrafficEncryption", job.encryptInterContainerTraffic || undefined),
    ...given("Environment", Object.keys(environment).length === 0 ? undefined : environment),
    ...given("RetryStrategy", retryAttempts === undefined ? undefined : { MaximumRetryAttempts: retryAttempts }),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: Value });
}
