import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  CreateModelCommand,
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
} from "@aws-sdk/client-sagemaker";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import type { LocalAws } from "../../../src/local/local-aws.js";
import { ROLE_ARN } from "../../helpers/contracts.js";

const IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1";
const SIDE = 8;

/** An 8 x 8 image: its brightest channel is its label, `variation` makes it one of its own. */
export function image(label: number, variation: number): Uint8Array {
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  for (let index = 0; index < rgb.length; index++) {
    rgb[index] = (index % 3 === label ? 180 : 20) + ((index * 7 + variation * 13) % 60);
  }
  return encodePng({ width: SIDE, height: SIDE, rgb });
}

/** Puts images and manifests of both channels into the bucket "scones". */
export async function putImages(
  local: LocalAws,
  options: { readonly classes?: number; readonly count?: number; readonly draw?: typeof image } = {},
): Promise<void> {
  const { classes = 2, count = 24, draw = image } = options;
  const { s3 } = local.clients;
  await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const put = (Key: string, Body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
  for (const channel of ["train", "validation"]) {
    const rows = Array.from({ length: count }, (_, index) => ({ index, label: index % classes }));
    for (const { index, label } of rows) await put(`${channel}/${index}.png`, draw(label, index));
    await put(`${channel}.lst`, rows.map(({ index, label }) => `${index}\t${label}\t${index}.png\n`).join(""));
  }
}

const channel = (ChannelName: string, key: string, ContentType = "application/x-image") => ({
  ChannelName,
  ContentType,
  DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: `s3://scones/${key}` } },
});

/** A training job over what {@link putImages} put. */
export function trainingRequest(
  name: string,
  hyperparameters: Readonly<Record<string, string>> = {},
  changes: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName: name,
    RoleArn: ROLE_ARN,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: "File" },
    InputDataConfig: [
      channel("train", "train/"),
      channel("validation", "validation/"),
      channel("train_lst", "train.lst"),
      channel("validation_lst", "validation.lst"),
    ],
    OutputDataConfig: { S3OutputPath: "s3://scones/models" },
    ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    HyperParameters: {
      image_shape: "3,8,8",
      num_classes: "2",
      num_training_samples: "24",
      mini_batch_size: "8",
      epochs: "2",
      ...hyperparameters,
    },
    ...changes,
  };
}

/** The `model` channel of an incremental training. */
export const modelChannel = (job: string) =>
  channel("model", `models/${job}/output/model.tar.gz`, "application/x-sagemaker-model");

/** Runs a training job to its end. */
export async function runTraining(
  local: LocalAws,
  request: CreateTrainingJobCommandInput,
): Promise<DescribeTrainingJobCommandOutput> {
  const { sagemaker } = local.clients;
  await sagemaker.send(new CreateTrainingJobCommand(request));
  return until(
    () => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: request.TrainingJobName })),
    ({ TrainingJobStatus }) => TrainingJobStatus !== "InProgress" && TrainingJobStatus !== "Stopping",
  );
}

/** Makes a model of a training job's artifact. */
export function createModel(local: LocalAws, name: string, job = name) {
  const ModelDataUrl = `s3://scones/models/${job}/output/model.tar.gz`;
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl };
  return local.clients.sagemaker.send(
    new CreateModelCommand({ ModelName: name, PrimaryContainer, ExecutionRoleArn: ROLE_ARN }),
  );
}

/** A variant on one instance. */
export const variant = (VariantName: string, ModelName: string, InitialVariantWeight = 1) => ({
  VariantName,
  ModelName,
  InstanceType: "ml.m5.xlarge" as const,
  InitialInstanceCount: 1,
  InitialVariantWeight,
});

/** Creates an endpoint configuration. */
export function createConfig(
  local: LocalAws,
  name: string,
  ProductionVariants: CreateEndpointConfigCommandInput["ProductionVariants"],
  changes: Partial<CreateEndpointConfigCommandInput> = {},
) {
  return local.clients.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants, ...changes }),
  );
}

/** Creates an endpoint and waits until it is in service. */
export async function createEndpoint(local: LocalAws, name: string, config: string) {
  await local.clients.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));
  return settledEndpoint(local, name);
}

/** Waits until nothing changes on an endpoint any more. */
export function settledEndpoint(local: LocalAws, name: string) {
  return until(
    () => local.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
    ({ EndpointStatus }) => EndpointStatus === "InService" || EndpointStatus === "Failed",
  );
}

/** Asks again and again, without a pause: nothing here takes long. */
export async function until<Output>(ask: () => Promise<Output>, isDone: (output: Output) => boolean): Promise<Output> {
  for (;;) {
    const output = await ask();
    if (isDone(output)) return output;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
