import type { Shape } from "../shapes.js";
import {
  flag,
  inputMode,
  instanceType,
  integer,
  kmsKeyId,
  listOf,
  modelName,
  oneOf,
  roleArn,
  s3Uri,
  structure,
  tags,
  text,
  textMap,
  trainingJobName,
} from "./shape-parts.js";

/*
 * Requests about training and transform jobs.
 * Source: boto/botocore, data/sagemaker/2017-07-24/service-2.json (1.43.67, 2026-08-07).
 */

const networkId = text({ max: 32, pattern: /[-0-9a-zA-Z]+/ });

const channel = structure(
  {
    ChannelName: text({ min: 1, max: 64, pattern: /[A-Za-z0-9.\-_]+/ }),
    DataSource: structure({
      S3DataSource: structure(
        {
          S3DataType: oneOf("ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"),
          S3Uri: s3Uri,
          S3DataDistributionType: oneOf("FullyReplicated", "ShardedByS3Key"),
          AttributeNames: listOf(text({ min: 1, max: 256 }), { max: 16 }),
        },
        "S3DataType",
        "S3Uri",
      ),
    }),
    ContentType: text({ max: 256 }),
    CompressionType: oneOf("None", "Gzip"),
    RecordWrapperType: oneOf("None", "RecordIO"),
    InputMode: inputMode,
    ShuffleConfig: structure({ Seed: integer() }, "Seed"),
  },
  "ChannelName",
  "DataSource",
);

/** Members of CreateTrainingJob, which a tuning job has too. @internal */
export const trainingJobMembers = {
  TrainingJobName: trainingJobName,
  HyperParameters: { kind: "map", key: text({ max: 256 }), value: text({ max: 2500 }), max: 100 },
  AlgorithmSpecification: structure(
    { TrainingImage: text({ max: 255 }), TrainingInputMode: inputMode },
    "TrainingInputMode",
  ),
  RoleArn: roleArn,
  InputDataConfig: listOf(channel, { min: 1, max: 20 }),
  OutputDataConfig: structure({ S3OutputPath: s3Uri, KmsKeyId: kmsKeyId }, "S3OutputPath"),
  ResourceConfig: structure({
    InstanceType: instanceType,
    InstanceCount: integer({ min: 0 }),
    VolumeSizeInGB: integer({ min: 0 }),
    VolumeKmsKeyId: kmsKeyId,
    KeepAlivePeriodInSeconds: integer({ min: 0, max: 21_600 }),
  }),
  VpcConfig: structure(
    {
      SecurityGroupIds: listOf(networkId, { min: 1, max: 5 }),
      Subnets: listOf(networkId, { min: 1, max: 16 }),
    },
    "SecurityGroupIds",
    "Subnets",
  ),
  StoppingCondition: structure({
    MaxRuntimeInSeconds: integer({ min: 1 }),
    MaxWaitTimeInSeconds: integer({ min: 1 }),
    MaxPendingTimeInSeconds: integer({ min: 7200, max: 2_419_200 }),
  }),
  CheckpointConfig: structure({ S3Uri: s3Uri, LocalPath: text({ max: 4096 }) }, "S3Uri"),
  EnableManagedSpotTraining: flag,
  EnableNetworkIsolation: flag,
  EnableInterContainerTrafficEncryption: flag,
  Environment: {
    kind: "map",
    key: text({ max: 512, pattern: /[a-zA-Z_][a-zA-Z0-9_]*/ }),
    value: text({ max: 512 }),
    max: 100,
  },
  RetryStrategy: structure({ MaximumRetryAttempts: integer({ min: 1, max: 30 }) }, "MaximumRetryAttempts"),
  Tags: tags,
} as const satisfies Readonly<Record<string, Shape>>;

/** The shape of each request about jobs, by operation. @internal */
export const jobShapes = {
  CreateTrainingJob: structure(trainingJobMembers, "TrainingJobName", "RoleArn", "OutputDataConfig"),
  DescribeTrainingJob: structure({ TrainingJobName: trainingJobName }, "TrainingJobName"),
  StopTrainingJob: structure({ TrainingJobName: trainingJobName }, "TrainingJobName"),
  CreateTransformJob: structure(
    {
      TransformJobName: trainingJobName,
      ModelName: modelName,
      MaxConcurrentTransforms: integer({ min: 0 }),
      MaxPayloadInMB: integer({ min: 0 }),
      ModelClientConfig: structure({
        InvocationsTimeoutInSeconds: integer({ min: 1, max: 3600 }),
        InvocationsMaxRetries: integer({ min: 0, max: 3 }),
      }),
      BatchStrategy: oneOf("MultiRecord", "SingleRecord"),
      Environment: textMap(16),
      TransformInput: structure(
        {
          DataSource: structure(
            {
              S3DataSource: structure(
                {
                  S3DataType: oneOf("ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"),
                  S3Uri: s3Uri,
                },
                "S3DataType",
                "S3Uri",
              ),
            },
            "S3DataSource",
          ),
          ContentType: text({ max: 256 }),
          CompressionType: oneOf("None", "Gzip"),
          SplitType: oneOf("None", "Line", "RecordIO", "TFRecord"),
        },
        "DataSource",
      ),
      TransformOutput: structure(
        { S3OutputPath: s3Uri, Accept: text({ max: 256 }), AssembleWith: oneOf("None", "Line"), KmsKeyId: kmsKeyId },
        "S3OutputPath",
      ),
      DataCaptureConfig: structure(
        { DestinationS3Uri: s3Uri, KmsKeyId: kmsKeyId, GenerateInferenceId: flag },
        "DestinationS3Uri",
      ),
      TransformResources: structure(
        { InstanceType: instanceType, InstanceCount: integer({ min: 1 }) },
        "InstanceType",
        "InstanceCount",
      ),
      DataProcessing: structure({
        InputFilter: text({ max: 63 }),
        OutputFilter: text({ max: 63 }),
        JoinSource: oneOf("Input", "None"),
      }),
      Tags: tags,
    },
    "TransformJobName",
    "ModelName",
    "TransformInput",
    "TransformOutput",
    "TransformResources",
  ),
  DescribeTransformJob: structure({ TransformJobName: trainingJobName }, "TransformJobName"),
  StopTransformJob: structure({ TransformJobName: trainingJobName }, "TransformJobName"),
} as const satisfies Readonly<Record<string, Shape>>;
