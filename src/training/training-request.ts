import type { Channel, CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { type StagedDataset, StagedDatasetSchema } from "../core/contracts.js";
import { createResourceName, ResourceNameSchema, RoleArnSchema } from "../core/names.js";
import { parseOptions } from "../core/options.js";
import { imageClassificationImageUri } from "./algorithm-image.js";
import { formatHyperparameters, type Hyperparameters, HyperparametersSchema } from "./hyperparameters.js";

/** What describes a training job. */
export interface TrainingJobOptions {
  /** The labelled images in S3, as `stageDataset` returns them. */
  readonly dataset: StagedDataset;
  /** ARN of the IAM role that the job runs as: it reads the data set and writes the artifact. */
  readonly roleArn: string;
  /** `s3://` location under which the job writes `{job}/output/model.tar.gz`. */
  readonly output: string;
  /** Hyper-parameters; what is left out takes AWS's default. */
  readonly hyperparameters?: Hyperparameters;
  /** Name of the job; unique for good in an account and region. @defaultValue a new name that begins with `scones` */
  readonly jobName?: string;
  /** Kind of machine; the algorithm trains on GPU instances only. @defaultValue `"ml.p3.2xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Disk of each machine, in GB. @defaultValue `30` */
  readonly volumeSizeGb?: number;
  /** Seconds after which AWS stops the job, and with it the bill. @defaultValue `3600` */
  readonly maxRuntimeSeconds?: number;
  /** Further tags of the job; `created-by: scones-ml` is always there. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Options of {@link buildTrainingJobRequest}. */
export interface BuildTrainingJobRequestOptions extends TrainingJobOptions {
  /** AWS region, which decides the container image. */
  readonly region: string;
}

/** Schema fields shared by the builder and `trainImageClassifier`; they hold the defaults. @internal */
export const trainingJobFields = {
  dataset: StagedDatasetSchema,
  roleArn: RoleArnSchema,
  output: z
    .string()
    .max(1024)
    .regex(/^s3:\/\/[^/]+(\/.*)?$/s, "must be an S3 location such as s3://bucket/models"),
  hyperparameters: HyperparametersSchema.prefault({}),
  jobName: ResourceNameSchema.min(1).optional(),
  instanceType: z
    .string()
    .startsWith("ml.", "must be a SageMaker instance type such as ml.p3.2xlarge")
    .default("ml.p3.2xlarge"),
  instanceCount: z.int().min(1).default(1),
  volumeSizeGb: z.int().min(1).default(30),
  maxRuntimeSeconds: z.int().min(1).default(3600),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
} as const;

const OptionsSchema = z.strictObject({ ...trainingJobFields, region: z.string().min(1) });

/**
 * Builds the CreateTrainingJob request for SageMaker's built-in image-classification algorithm: four channels of
 * `application/x-image`, or two of `application/x-recordio`, File mode, hyper-parameters as text. It calls nothing.
 *
 * @param options - See {@link BuildTrainingJobRequestOptions}.
 * @returns The input of `CreateTrainingJobCommand`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option or a combination of hyper-parameters is wrong.
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
  const { dataset, ...job } = parseOptions("buildTrainingJobRequest", OptionsSchema, options);
  const { channels, height, width } = dataset.imageShape;
  return {
    TrainingJobName: job.jobName ?? createResourceName("scones"),
    AlgorithmSpecification: { TrainingImage: imageClassificationImageUri(job.region), TrainingInputMode: "File" },
    RoleArn: job.roleArn,
    HyperParameters: formatHyperparameters(job.hyperparameters, {
      numClasses: dataset.labels.length,
      numTrainingSamples: dataset.train.count,
      imageShape: [channels, height, width],
    }),
    InputDataConfig: buildChannels(dataset),
    OutputDataConfig: { S3OutputPath: job.output },
    ResourceConfig: {
      // The service model lists instance types that this library's clients may not know yet.
      InstanceType: job.instanceType as NonNullable<CreateTrainingJobCommandInput["ResourceConfig"]>["InstanceType"],
      InstanceCount: job.instanceCount,
      VolumeSizeInGB: job.volumeSizeGb,
    },
    StoppingCondition: { MaxRuntimeInSeconds: job.maxRuntimeSeconds },
    Tags: Object.entries({ ...job.tags, "created-by": "scones-ml" }).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** Images with their manifests, or one `.rec` file each, which holds the labels itself. */
function buildChannels({ format, train, validation }: StagedDataset): Channel[] {
  if (format === "recordio") {
    return [
      buildChannel("train", train.images, "application/x-recordio"),
      buildChannel("validation", validation.images, "application/x-recordio"),
    ];
  }
  return [
    buildChannel("train", train.images, "application/x-image"),
    buildChannel("validation", validation.images, "application/x-image"),
    buildChannel("train_lst", train.manifest, "application/x-image"),
    buildChannel("validation_lst", validation.manifest, "application/x-image"),
  ];
}

function buildChannel(name: string, uri: string, contentType: string): Channel {
  return {
    ChannelName: name,
    DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: uri, S3DataDistributionType: "FullyReplicated" } },
    ContentType: contentType,
    CompressionType: "None",
    RecordWrapperType: "None",
    InputMode: "File",
  };
}
