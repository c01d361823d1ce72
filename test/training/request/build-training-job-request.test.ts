import { describe, expect, it } from "vitest";
import { imageClassificationImageUri } from "../../../src/training/algorithm-image.js";
import { HyperparametersSchema } from "../../../src/training/hyperparameters/hyperparameters.js";
import { buildTrainingJobRequest } from "../../../src/training/request/build-training-job-request.js";
import { ROLE_ARN, stagedDataset } from "../../helpers/contracts.js";

const course = {
  dataset: stagedDataset(),
  region: "us-east-1",
  roleArn: ROLE_ARN,
  output: "s3://scones/models/image_model",
  jobName: "image-classification-1",
};

const channel = (ChannelName: string, S3Uri: string) => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri, S3DataDistributionType: "FullyReplicated" } },
  ContentType: "application/x-image",
  CompressionType: "None",
  RecordWrapperType: "None",
  InputMode: "File",
});

describe("buildTrainingJobRequest", () => {
  it("writes the course's exact job", () => {
    expect(buildTrainingJobRequest(course)).toEqual({
      TrainingJobName: "image-classification-1",
      AlgorithmSpecification: {
        TrainingImage: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
        TrainingInputMode: "File",
      },
      RoleArn: ROLE_ARN,
      HyperParameters: { image_shape: "3,32,32", num_classes: "2", num_training_samples: "1000" },
      InputDataConfig: [
        channel("train", "s3://scones/train/"),
        channel("validation", "s3://scones/test/"),
        channel("train_lst", "s3://scones/train.lst"),
        channel("validation_lst", "s3://scones/test.lst"),
      ],
      OutputDataConfig: { S3OutputPath: "s3://scones/models/image_model" },
      ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      Tags: [{ Key: "created-by", Value: "scones-ml" }],
    });
  });

  it("writes every hyper-parameter as text, under AWS's name", () => {
    const { HyperParameters } = buildTrainingJobRequest({
      ...course,
      hyperparameters: {
        augmentationType: "crop_color_transform",
        beta1: 0.9,
        beta2: 0.999,
        checkpointFrequency: 5,
        earlyStopping: true,
        earlyStoppingMinEpochs: 3,
        earlyStoppingPatience: 2,
        earlyStoppingTolerance: 0.01,
        epochs: 20,
        eps: 1e-8,
        kvStore: "dist_sync",
        learningRate: 0.001,
        lrSchedulerFactor: 0.5,
        lrSchedulerStep: [10, 15],
        miniBatchSize: 64,
        numLayers: 20,
        optimizer: "adam",
        precisionDtype: "float16",
        resize: 40,
        topK: 2,
        usePretrainedModel: false,
      },
    });
    expect(HyperParameters).toEqual({
      augmentation_type: "crop_color_transform",
      beta_1: "0.9",
      beta_2: "0.999",
      checkpoint_frequency: "5",
      early_stopping: "True",
      early_stopping_min_epochs: "3",
      early_stopping_patience: "2",
      early_stopping_tolerance: "0.01",
      epochs: "20",
      eps: "1e-8",
      image_shape: "3,32,32",
      kv_store: "dist_sync",
      learning_rate: "0.001",
      lr_scheduler_factor: "0.5",
      lr_scheduler_step: "10,15",
      mini_batch_size: "64",
      num_classes: "2",
      num_layers: "20",
      num_training_samples: "1000",
      optimizer: "adam",
      precision_dtype: "float16",
      resize: "40",
      top_k: "2",
      use_pretrained_model: "0",
    });
  });

  it("makes a new name for every job", () => {
    const { jobName: _, ...unnamed } = course;
    const names = new Set(Array.from({ length: 20 }, () => buildTrainingJobRequest(unnamed).TrainingJobName));
    expect(names.size).toBeGreaterThan(15);
  });

  it.each([
    ["a name that SageMaker refuses", { jobName: "under_score" }, /jobName: must consist of letters/],
    ["a role that is none", { roleArn: "scones" }, /roleArn: .*arn:aws:iam/],
    ["an output that is no S3 location", { output: "models/" }, /output: must be an S3 location/],
    ["an unknown option", { instancetype: "ml.p2.xlarge" }, /instancetype/],
    ["an unknown hyper-parameter", { hyperparameters: { epoch: 3 } }, /hyperparameters: .*epoch/],
    ["an epoch of nothing", { hyperparameters: { epochs: 0 } }, /hyperparameters.epochs/],
  ])("refuses %s", (_, change, message) => {
    expect(() => buildTrainingJobRequest({ ...course, ...(change as object) })).toThrow(message);
  });
});

describe("HyperparametersSchema", () => {
  it.each([
    [{ beta1: 0.5 }, /beta1.*only with optimizer adam/s],
    [{ optimizer: "adam", momentum: 0.5 }, /momentum.*only with optimizer sgd or nag/s],
    [{ gamma: 0.5 }, /gamma/],
    [{ earlyStoppingPatience: 3 }, /needs earlyStopping: true/],
    [{ lrSchedulerFactor: 0.5 }, /needs lrSchedulerStep/],
    [{ epochs: 5, checkpointFrequency: 6 }, /at most the number of epochs \(5\)/],
    [{ usePretrainedModel: true, numLayers: 20 }, /must be one of 18, 34/],
    [{ topK: 1 }, /topK/],
  ])("refuses %j", (values, message) => {
    expect(HyperparametersSchema.safeParse(values).error?.message).toMatch(message);
  });
});

describe("imageClassificationImageUri", () => {
  it("knows each region's own registry account and suffix", () => {
    expect(imageClassificationImageUri("cn-north-1")).toBe(
      "390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/image-classification:1",
    );
    expect(imageClassificationImageUri("us-iso-east-1")).toContain(".c2s.ic.gov/");
  });

  it.each(["mx-central-1", "toString", ""])("refuses the region %j, for the algorithm is not there", (region) => {
    expect(() => imageClassificationImageUri(region)).toThrow(
      expect.objectContaining({ code: "REGION_UNSUPPORTED", details: { region } }),
    );
  });
});
