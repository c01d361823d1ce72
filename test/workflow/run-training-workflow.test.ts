import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ListEndpointConfigsCommand, ListEndpointsCommand, ListModelsCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DeployedEndpointSchema } from "../../src/core/contracts.js";
import { encodePng } from "../../src/etl/images/encode-png.js";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { buildTrainingJobRequest } from "../../src/training/request/build-training-job-request.js";
import { type BuildTrainingWorkflowOptions, buildTrainingWorkflow } from "../../src/workflow/index.js";
import { ROLE_ARN, stagedDataset } from "../helpers/contracts.js";
import { runDefinition } from "./run-definition.js";

const COUNT = 16;
const SIDE = 16;
let local: LocalAws;
let training: BuildTrainingWorkflowOptions["training"];
let accuracy = 0.9;
let count = 0;
const evaluated: unknown[] = [];

const image = (label: number) =>
  encodePng({ width: SIDE, height: SIDE, rgb: new Uint8Array(SIDE * SIDE * 3).fill(label * 200) });

beforeAll(async () => {
  local = await createLocalAws({ clock: "virtual", trainer: { network: "small" } });
  const { s3 } = local.clients;
  await s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  const put = (Key: string, Body: string | Uint8Array) =>
    s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
  for (const split of ["train", "test"]) {
    const rows = Array.from({ length: COUNT }, (_, index) => `${index}\t${index % 2}\t${index}.png\n`);
    for (let index = 0; index < COUNT; index++) await put(`${split}/${index}.png`, image(index % 2));
    await put(`${split}.lst`, rows.join(""));
  }
  const dataset = stagedDataset({
    imageShape: { channels: 3, height: SIDE, width: SIDE },
    train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count: COUNT },
    validation: { images: "s3://scones/test/", manifest: "s3://scones/test.lst", count: COUNT },
  });
  const hyperparameters = { epochs: 1, miniBatchSize: 8 };
  training = buildTrainingJobRequest({
    dataset,
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    region: "us-east-1",
    hyperparameters,
  });
  local.registerFunction("evaluate", async (event) => {
    const { endpointName } = event as { readonly endpointName: string };
    evaluated.push(event);
    // The endpoint really answers before its accuracy is told.
    const input = { EndpointName: endpointName, ContentType: "image/png", Body: image(1) };
    await local.clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
    return { statusCode: 200, body: { accuracy } };
  });
  local.registerFunction("preflight", async (event) => {
    if ((event as { readonly forbidden?: boolean }).forbidden)
      throw Object.assign(new Error("no"), { name: "PREFLIGHT" });
    return { statusCode: 200, body: {} };
  });
});
afterAll(() => local.close());
beforeEach(() => {
  accuracy = 0.9;
  evaluated.length = 0;
});

const leftovers = async () => {
  const { sagemaker } = local.clients;
  const [endpoints, configs, models] = await Promise.all([
    sagemaker.send(new ListEndpointsCommand({})),
    sagemaker.send(new ListEndpointConfigsCommand({})),
    sagemaker.send(new ListModelsCommand({})),
  ]);
  return [
    ...(endpoints.Endpoints ?? []).map(({ EndpointName }) => `endpoint ${EndpointName}`),
    ...(configs.EndpointConfigs ?? []).map(({ EndpointConfigName }) => `configuration ${EndpointConfigName}`),
    ...(models.Models ?? []).map(({ ModelName }) => `model ${ModelName}`),
  ];
};

describe.each(["JSONPath", "JSONata"] as const)("the training workflow in %s", (queryLanguage) => {
  const run = async (more: Partial<BuildTrainingWorkflowOptions> = {}, input: object = {}) => {
    const name = `run-${count++}`;
    const definition = buildTrainingWorkflow({
      queryLanguage,
      functions: { evaluate: "evaluate", preflight: "preflight" },
      training,
      labels: ["bicycle", "motorcycle"],
      endpoint: {},
      minAccuracy: 0.8,
      // The endpoint is made in real time, while the waits of the workflow cost none.
      wait: { everySeconds: 1, maxTimes: 2000 },
      onFailure: { type: "eventBridge", eventBusName: name },
      ...more,
    });
    return { name, ...(await runDefinition(local, definition, { name, ...input })) };
  };

  it("ends with an endpoint that has proved itself", async () => {
    const { name, status, output } = await run();
    expect(status).toBe("SUCCEEDED");
    expect(output).toMatchObject({ accuracy: 0.9, artifact: `s3://scones/models/${name}/output/model.tar.gz` });
    const endpoint = DeployedEndpointSchema.parse(output);
    expect(endpoint).toMatchObject({ endpointName: name, endpointConfigName: name, modelNames: [name] });
    expect(evaluated).toEqual([{ endpointName: name, labels: ["bicycle", "motorcycle"], input: { name } }]);
    expect(await leftovers()).toEqual([`endpoint ${name}`, `configuration ${name}`, `model ${name}`]);
    await deleteEndpoint({ endpoint, clients: local.clients });
    expect(await leftovers()).toEqual([]);
  });

  it("deletes an endpoint that is not accurate enough, and says so", async () => {
    accuracy = 0.79;
    const { name, status, error, cause } = await run();
    expect({ status, error }).toEqual({ status: "FAILED", error: "ACCURACY_TOO_LOW" });
    expect(cause).toBe(`The endpoint ${name} answers 0.79 of the images rightly, which is below 0.8.`);
    expect(await leftovers()).toEqual([]);
    const [event] = local.publishedEvents(name);
    expect(JSON.parse(event?.detail ?? "")).toMatchObject({ Error: "ACCURACY_TOO_LOW", Cause: cause });
  });

  it("makes nothing where the preflight refuses, or training fails", async () => {
    expect(await run({}, { forbidden: true })).toMatchObject({ status: "FAILED", error: "PREFLIGHT" });
    const lost = { ...training, OutputDataConfig: { S3OutputPath: "s3://nowhere/models" } };
    const failed = await run({ training: lost });
    expect(failed).toMatchObject({ status: "FAILED", error: "States.TaskFailed" });
    expect(JSON.parse(failed.cause ?? "")).toMatchObject({ TrainingJobStatus: "Failed" });
    expect(await leftovers()).toEqual([]);
  });

  it.each(["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])(
    "undoes what was made before %s failed",
    async (operation) => {
      const fault = local.injectFault({
        service: "sagemaker",
        operation,
        kind: "fail",
        error: "ResourceLimitExceeded",
      });
      expect(await run()).toMatchObject({ status: "FAILED", error: "SageMaker.ResourceLimitExceededException" });
      fault.remove();
      expect(await leftovers()).toEqual([]);
    },
  );

  it.each(["CreateModel", "CreateEndpoint", "DescribeEndpoint"])(
    "tries %s again while SageMaker is ill",
    async (operation) => {
      const fault = local.injectFault({ service: "sagemaker", operation, kind: "fail", on: [1, 2, 3] });
      const { status, name } = await run();
      expect(status).toBe("SUCCEEDED");
      fault.remove();
      await deleteEndpoint({ endpoint: name, clients: local.clients });
    },
  );

  it("gives up waiting at its limit, and undoes everything", async () => {
    local.injectFault({ service: "sagemaker", operation: "CreateEndpoint", kind: "delay", delayMs: 1 });
    const { status, error, cause, name } = await run({ wait: { everySeconds: 1, maxTimes: 1 } });
    expect({ status, error }).toEqual({ status: "FAILED", error: "ENDPOINT_TOO_SLOW" });
    expect(cause).toBe(`Endpoint ${name} is still Creating at the limit of the workflow.`);
    expect(await leftovers()).toEqual([]);
  });

  it("fails with the original error where something cannot be deleted", async () => {
    accuracy = 0.1;
    const fault = local.injectFault({ service: "sagemaker", operation: "DeleteEndpointConfig", kind: "fail" });
    const { name, error } = await run();
    expect(error).toBe("ACCURACY_TOO_LOW");
    fault.remove();
    expect(await leftovers()).toEqual([`configuration ${name}`]);
    await deleteEndpoint({ endpoint: name, clients: local.clients });
    expect(await leftovers()).toEqual([]);
  });
});
