import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import type { StagedDataset } from "../../../src/core/contracts.js";
import type { AugmentedManifestDataset } from "../../../src/training/request/augmented-manifest.js";
import type { BuildTrainingJobRequestOptions } from "../../../src/training/request/build-training-job-request.js";
import { ROLE_ARN, stagedDataset, trainedModel } from "../../helpers/contracts.js";

/** The course's job; a case states only what differs. */
export const COURSE: BuildTrainingJobRequestOptions = {
  dataset: stagedDataset(),
  region: "us-east-1",
  roleArn: ROLE_ARN,
  output: "s3://scones/models/image_model",
  jobName: "image-classification-1",
};

/** An earlier job's model of the same classes. */
export const EARLIER_MODEL = trainedModel({ artifact: "s3://scones/models/earlier/output/model.tar.gz" });

/** The course's images, packed. */
export const recordIo: StagedDataset = stagedDataset({
  format: "recordio",
  train: { images: "s3://scones/rec/train.rec", manifest: "s3://scones/rec/train.lst", count: 1000 },
  validation: { images: "s3://scones/rec/test.rec", manifest: "s3://scones/rec/test.lst", count: 200 },
});

/** The course's images, as Ground Truth lists them. */
export const augmentedManifest: AugmentedManifestDataset = {
  format: "augmented-manifest",
  labels: ["bicycle", "motorcycle"],
  imageShape: { channels: 3, height: 32, width: 32 },
  train: { manifest: "s3://scones/gt/train.manifest", count: 1000 },
  validation: { manifest: "s3://scones/gt/test.manifest", count: 200 },
};

const channel = (ChannelName: string, S3Uri: string, changes: object = {}) => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri, S3DataDistributionType: "FullyReplicated" } },
  ContentType: "application/x-image",
  CompressionType: "None",
  RecordWrapperType: "None",
  InputMode: "File",
  ...changes,
});

const imageChannels = [
  channel("train", "s3://scones/train/"),
  channel("validation", "s3://scones/test/"),
  channel("train_lst", "s3://scones/train.lst"),
  channel("validation_lst", "s3://scones/test.lst"),
];

const recordChannels = (InputMode: string) => {
  const how = { ContentType: "application/x-recordio", InputMode };
  return [channel("train", "s3://scones/rec/train.rec", how), channel("validation", "s3://scones/rec/test.rec", how)];
};

const manifestChannels = (AttributeNames: readonly string[], ContentType = "application/x-recordio") =>
  [
    ["train", "s3://scones/gt/train.manifest"],
    ["validation", "s3://scones/gt/test.manifest"],
  ].map(([name = "", S3Uri]) => ({
    ...channel(name, "", { ContentType, InputMode: "Pipe", RecordWrapperType: "RecordIO" }),
    DataSource: {
      S3DataSource: {
        S3DataType: "AugmentedManifestFile",
        S3Uri,
        S3DataDistributionType: "FullyReplicated",
        AttributeNames,
      },
    },
  }));

/** The course's exact request. */
const GOLDEN = {
  TrainingJobName: "image-classification-1",
  AlgorithmSpecification: {
    TrainingImage: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
    TrainingInputMode: "File",
  },
  RoleArn: ROLE_ARN,
  HyperParameters: { image_shape: "3,32,32", num_classes: "2", num_training_samples: "1000" },
  InputDataConfig: imageChannels,
  OutputDataConfig: { S3OutputPath: "s3://scones/models/image_model" },
  ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 30 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  Tags: [{ Key: "created-by", Value: "scones-ml" }],
};

const pipe = { AlgorithmSpecification: { ...GOLDEN.AlgorithmSpecification, TrainingInputMode: "Pipe" } };

/** One case per option: what is asked for beside the course's job, and what the request then holds. */
export const CASES: readonly {
  readonly name: string;
  readonly options: Partial<BuildTrainingJobRequestOptions>;
  readonly golden: CreateTrainingJobCommandInput;
}[] = (
  [
    ["the course's exact case", {}, {}],
    [
      "hyper-parameters",
      { hyperparameters: { epochs: 20, earlyStopping: true, numLayers: 20 } },
      {
        HyperParameters: {
          early_stopping: "True",
          epochs: "20",
          image_shape: "3,32,32",
          num_classes: "2",
          num_layers: "20",
          num_training_samples: "1000",
        },
      },
    ],
    ["RecordIO", { dataset: recordIo }, { InputDataConfig: recordChannels("File") }],
    [
      "RecordIO in Pipe mode",
      { dataset: recordIo, inputMode: "Pipe" },
      { ...pipe, InputDataConfig: recordChannels("Pipe") },
    ],
    [
      "an augmented manifest",
      { dataset: augmentedManifest },
      { ...pipe, InputDataConfig: manifestChannels(["source-ref", "class"]) },
    ],
    [
      "an augmented manifest of Ground Truth with several labels an image",
      {
        dataset: { ...augmentedManifest, labelAttribute: "vehicles", labelFormat: "class-id" },
        hyperparameters: { multiLabel: true },
      },
      {
        ...pipe,
        HyperParameters: { ...GOLDEN.HyperParameters, multi_label: "1" },
        InputDataConfig: manifestChannels(["source-ref", "vehicles"], "application/x-recordio; label-format=class-id"),
      },
    ],
    [
      "incremental training",
      { initialModel: EARLIER_MODEL },
      {
        InputDataConfig: [
          ...imageChannels,
          channel("model", "s3://scones/models/earlier/output/model.tar.gz", {
            ContentType: "application/x-sagemaker-model",
          }),
        ],
      },
    ],
    [
      "incremental training while RecordIO is streamed",
      { dataset: recordIo, inputMode: "Pipe", initialModel: { ...EARLIER_MODEL, numLayers: 152 } },
      {
        ...pipe,
        InputDataConfig: [
          ...recordChannels("Pipe"),
          channel("model", "s3://scones/models/earlier/output/model.tar.gz", {
            ContentType: "application/x-sagemaker-model",
          }),
        ],
      },
    ],
    [
      "managed spot training with checkpoints",
      { spot: { maxWaitSeconds: 7200 }, checkpoints: "s3://scones/checkpoints" },
      {
        EnableManagedSpotTraining: true,
        CheckpointConfig: { S3Uri: "s3://scones/checkpoints" },
        StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 7200 },
      },
    ],
    [
      "a network of one's own",
      { vpc: { subnets: ["subnet-0a", "subnet-0b"], securityGroupIds: ["sg-0a"] } },
      { VpcConfig: { Subnets: ["subnet-0a", "subnet-0b"], SecurityGroupIds: ["sg-0a"] } },
    ],
    [
      "no network at all",
      { networkIsolation: true, encryptInterContainerTraffic: true },
      { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true },
    ],
    [
      "keys of one's own",
      { outputKmsKeyId: "alias/scones", volumeKmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
      {
        OutputDataConfig: { ...GOLDEN.OutputDataConfig, KmsKeyId: "alias/scones" },
        ResourceConfig: { ...GOLDEN.ResourceConfig, VolumeKmsKeyId: "1234abcd-12ab-34cd-56ef-1234567890ab" },
      },
    ],
    [
      "tags",
      { tags: { team: "scones", "cost center": "42/a" } },
      {
        Tags: [
          { Key: "team", Value: "scones" },
          { Key: "cost center", Value: "42/a" },
          { Key: "created-by", Value: "scones-ml" },
        ],
      },
    ],
    [
      "several larger machines for a longer time",
      {
        instanceType: "ml.g5.12xlarge",
        instanceCount: 2,
        volumeSizeGb: 100,
        maxRuntimeSeconds: 86_400,
        hyperparameters: { kvStore: "dist_sync" },
      },
      {
        HyperParameters: { ...GOLDEN.HyperParameters, kv_store: "dist_sync" },
        ResourceConfig: { InstanceType: "ml.g5.12xlarge", InstanceCount: 2, VolumeSizeInGB: 100 },
        StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
      },
    ],
    ["an environment", { environment: { LOG_LEVEL: "debug" } }, { Environment: { LOG_LEVEL: "debug" } }],
    ["further attempts", { retryAttempts: 3 }, { RetryStrategy: { MaximumRetryAttempts: 3 } }],
    [
      "another partition",
      { region: "cn-north-1", roleArn: "arn:aws-cn:iam::123456789012:role/scones" },
      {
        RoleArn: "arn:aws-cn:iam::123456789012:role/scones",
        AlgorithmSpecification: {
          TrainingImage: "390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/image-classification:1",
          TrainingInputMode: "File",
        },
      },
    ],
  ] as const
).map(([name, options, changes]) => ({
  name,
  options,
  golden: { ...GOLDEN, ...changes } as unknown as CreateTrainingJobCommandInput,
}));
