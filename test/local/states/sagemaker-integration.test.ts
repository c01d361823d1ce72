import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DescribeTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { buildTrainingJobRequest } from "../../../src/training/request/build-training-job-request.js";
import { ROLE_ARN, stagedDataset } from "../../helpers/contracts.js";
import { createMachines } from "./local-machine.js";

let local: LocalAws;
let machines: ReturnType<typeof createMachines>;
let request: (jobName: string, more?: { readonly epochs?: number }) => object;

const COUNT = 16;
const resource = (action: string) => `arn:aws:states:::sagemaker:${action}`;

beforeAll(async () => {
  local = await createLocalAws({ trainer: { network: "small" } });
  machines = createMachines(local);
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const put = (Key: string, Body: string | Uint8Array) =>
    local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
  for (const split of ["train", "test"]) {
    const rows = Array.from({ length: COUNT }, (_, index) => `${index}\t${index % 2}\t${index}.png\n`);
    for (let index = 0; index < COUNT; index++) {
      const rgb = new Uint8Array(16 * 16 * 3).fill(index * 9);
      await put(`${split}/${index}.png`, encodePng({ width: 16, height: 16, rgb }));
    }
    await put(`${split}.lst`, rows.join(""));
  }
  const dataset = stagedDataset({
    imageShape: { channels: 3, height: 16, width: 16 },
    train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count: COUNT },
    validation: { images: "s3://scones/test/", manifest: "s3://scones/test.lst", count: COUNT },
  });
  request = (jobName, { epochs = 1 } = {}) =>
    buildTrainingJobRequest({
      dataset,
      roleArn: ROLE_ARN,
      output: "s3://scones/models",
      jobName,
      region: "us-east-1",
      hyperparameters: { epochs, miniBatchSize: 8 },
    });
});
afterAll(() => local.close());

const statusOf = async (TrainingJobName: string) =>
  (await local.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }))).TrainingJobStatus;

describe("sagemaker:createTrainingJob", () => {
  it("with .sync waits for the job and gives its description, with times in milliseconds", async () => {
    const parameters = request("sync-1");
    const { output, executionArn } = await machines.run({
      Resource: resource("createTrainingJob.sync"),
      Parameters: parameters,
    });
    expect(output).toMatchObject({
      TrainingJobName: "sync-1",
      TrainingJobStatus: "Completed",
      ModelArtifacts: { S3ModelArtifacts: "s3://scones/models/sync-1/output/model.tar.gz" },
    });
    expect(output?.["CreationTime"]).toBeGreaterThan(1e12);
    const events = await machines.history(executionArn);
    expect(events.slice(2, 6).map(({ type }) => type)).toEqual([
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
    ]);
    const submitted = events[4]?.taskSubmittedEventDetails;
    expect(submitted).toMatchObject({ resourceType: "sagemaker", resource: "createTrainingJob.sync" });
    expect(JSON.parse(submitted?.output ?? "")).toMatchObject({
      TrainingJobArn: expect.stringContaining("training-job/sync-1"),
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
  });

  it("without .sync does not wait", async () => {
    const { output } = await machines.run({
      Resource: resource("createTrainingJob"),
      Parameters: request("async-1", { epochs: 200 }),
    });
    expect(Object.keys(output ?? {})).toEqual(["TrainingJobArn", "SdkHttpMetadata", "SdkResponseMetadata"]);
    expect(await statusOf("async-1")).toBe("InProgress");
  });

  it("fails with the description of a job that failed", async () => {
    const parameters = { ...request("failed-1"), OutputDataConfig: { S3OutputPath: "s3://nowhere/models" } };
    const { error, cause } = await machines.run({
      Resource: resource("createTrainingJob.sync"),
      Parameters: parameters,
    });
    expect(error).toBe("States.TaskFailed");
    expect(JSON.parse(cause ?? "")).toMatchObject({
      TrainingJobStatus: "Failed",
      FailureReason: expect.stringContaining("nowhere"),
    });
  });

  it("stops the job when its execution is stopped, and when its time is up", async () => {
    const state = (name: string, more: object = {}) => ({
      Resource: resource("createTrainingJob.sync"),
      Parameters: request(name, { epochs: 1000 }),
      ...more,
    });
    const executionArn = await machines.start(state("stopped-1"));
    while (!(await machines.history(executionArn)).some(({ type }) => type === "TaskSubmitted")) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await local.clients.sfn.send(new StopExecutionCommand({ executionArn }));
    const late = await machines.run(state("stopped-2", { TimeoutSeconds: 1 }));
    expect(late.error).toBe("States.Timeout");
    for (const name of ["stopped-1", "stopped-2"]) {
      while ((await statusOf(name)) === "Stopping") await new Promise((resolve) => setImmediate(resolve));
      expect(await statusOf(name)).toBe("Stopped");
    }
  });

  it("fails with AWS's names when the request is refused", async () => {
    const invalid = await machines.run({
      Resource: resource("createTrainingJob.sync"),
      Parameters: { ...request("x"), TrainingJobName: "no_underscore" },
    });
    expect(invalid.error).toBe("SageMaker.AmazonSageMakerException");
    expect(invalid.cause).toMatch(
      /^1 validation error detected: .*\(Service: AmazonSageMaker; Status Code: 400; Error Code: ValidationException; Request ID: \S+; Proxy: null\)$/,
    );
    const twice = await machines.run({ Resource: resource("createTrainingJob"), Parameters: request("sync-1") });
    expect(twice.error).toBe("SageMaker.ResourceInUseException");
  });
});

it("deploys what was trained: model, configuration, endpoint, wait for it", async () => {
  const named = (name: string, more: object) => ({ Resource: resource(name), Parameters: more });
  const image = (request("x") as { AlgorithmSpecification: { TrainingImage: string } }).AlgorithmSpecification;
  const ModelDataUrl = "s3://scones/models/sync-1/output/model.tar.gz";
  const model = await machines.run(
    named("createModel", {
      ModelName: "m",
      ExecutionRoleArn: ROLE_ARN,
      PrimaryContainer: { Image: image.TrainingImage, ModelDataUrl },
    }),
  );
  expect(model.output).toMatchObject({ ModelArn: expect.stringContaining("model/m"), SdkHttpMetadata: {} });
  const variant = { VariantName: "v", ModelName: "m", InstanceType: "ml.m5.xlarge", InitialInstanceCount: 1 };
  const config = named("createEndpointConfig", { EndpointConfigName: "c", ProductionVariants: [variant] });
  expect((await machines.run(config)).status).toBe("SUCCEEDED");
  const endpoint = named("createEndpoint", { EndpointName: "e", EndpointConfigName: "c" });
  expect((await machines.run(endpoint)).output).toHaveProperty("EndpointArn");
  for (;;) {
    const { output } = await machines.call("sagemaker:describeEndpoint", { EndpointName: "e" });
    if (output?.["EndpointStatus"] === "InService") break;
    expect(output?.["EndpointStatus"]).toBe("Creating");
  }
  expect((await machines.call("sagemaker:deleteEndpoint", { EndpointName: "e" })).status).toBe("SUCCEEDED");
});

it.each([
  "createEndpoint.sync",
  "deleteEndpoint",
  "createHyperParameterTuningJob.sync",
  "createModel.waitForTaskToken",
])("sagemaker:%s is refused by name when the machine is made", async (action) => {
  await expect(machines.create({ Resource: resource(action), Parameters: {} })).rejects.toThrow(
    `cannot run the resource '${resource(action)}'`,
  );
});
