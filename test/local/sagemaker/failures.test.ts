import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateTrainingJobCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListDomainsCommand,
} from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodePng } from "../../../src/etl/images/encode-png.js";
import { deployEndpoint } from "../../../src/inference/endpoints/deploy-endpoint.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { buildTrainingJobRequest } from "../../../src/training/request/build-training-job-request.js";
import { stopTraining } from "../../../src/training/stop-training.js";
import { trainImageClassifier } from "../../../src/training/train-image-classifier.js";
import { ROLE_ARN, stagedDataset, trainedModel } from "../../helpers/contracts.js";

let local: LocalAws;
beforeEach(async () => {
  local = await createLocalAws({ trainer: { network: "small" } });
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
});
afterEach(() => local.close());

const put = (Key: string, Body: string | Uint8Array) =>
  local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));

/** A data set of flat colours, good enough for a job that runs. */
async function putDataset(changes: { readonly side?: number; readonly rows?: string; readonly count?: number } = {}) {
  const { side = 16, count = 40 } = changes;
  const rows = Array.from({ length: count }, (_, index) => `${index}\t${index % 2}\t${index}.png\n`).join("");
  for (const split of ["train", "test"]) {
    for (let index = 0; index < count; index++) {
      const rgb = new Uint8Array(side * side * 3).fill(index * 5);
      await put(`${split}/${index}.png`, encodePng({ width: side, height: side, rgb }));
    }
    await put(`${split}.lst`, changes.rows ?? rows);
  }
  return stagedDataset({
    imageShape: { channels: 3, height: 16, width: 16 },
    train: { images: "s3://scones/train/", manifest: "s3://scones/train.lst", count },
    validation: { images: "s3://scones/test/", manifest: "s3://scones/test.lst", count },
  });
}

/** Without the checks that would refuse a job before it fails. */
const train = (dataset: Awaited<ReturnType<typeof putDataset>>, changes: object = {}) =>
  trainImageClassifier({
    preflight: false,
    dataset,
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    jobName: "job-1",
    hyperparameters: { epochs: 1, miniBatchSize: 8 },
    clients: local.clients,
    ...changes,
  });

describe("a local training job", () => {
  it.each([
    ["a manifest that is none", { rows: "hello\n" }, {}, /Customer Error: Invalid lst file in the train channel/],
    [
      "a label without a class",
      { rows: "0\t2\t0.png\n" },
      {},
      /label 2 in the train manifest does not fit num_classes 2/,
    ],
    [
      "an image that is not there",
      { rows: "0\t0\tgone.png\n" },
      {},
      /gone\.png that the train manifest names is not in/,
    ],
    [
      "images smaller than image_shape",
      { side: 12 },
      {},
      /0\.png .* has 12 x 12 pixels, less than the image_shape 16 x 16/,
    ],
    ["an output bucket that is not there", {}, { output: "s3://nowhere/models" }, /The output bucket nowhere does not/],
  ])("fails with the reason for %s", async (_, data, changes, reason) => {
    const training = train(await putDataset(data), changes);
    await expect(training).rejects.toMatchObject({
      code: "TRAINING_JOB_FAILED",
      details: { trainingJobName: "job-1", failureReason: expect.stringMatching(reason) },
    });
  });

  it("says when an image is none", async () => {
    const dataset = await putDataset();
    await put("train/3.png", "GIF89a");
    await expect(train(dataset)).rejects.toThrow(/3\.png of the train channel cannot be used: .* PNG images only/);
  });

  it("crops images that are larger than image_shape, as the algorithm does", async () => {
    const model = await train(await putDataset({ side: 20 }));
    expect(model.imageShape).toEqual({ channels: 3, height: 16, width: 16 });
  });

  it("is refused at once for data that is not there, a name that is taken, or a request that AWS would refuse", async () => {
    await expect(train(stagedDataset())).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(/^No S3 objects found under S3 URL "s3:\/\/scones\/train\/"/),
    });
    const dataset = await putDataset();
    await train(dataset);
    await expect(train(dataset)).rejects.toMatchObject({ name: "ResourceInUse" });
    const request = buildTrainingJobRequest({
      dataset,
      roleArn: ROLE_ARN,
      output: "s3://scones/m",
      region: "us-east-1",
    });
    const wrong = new CreateTrainingJobCommand({ ...request, TrainingJobName: "under_score" });
    await expect(local.clients.sagemaker.send(wrong)).rejects.toThrow(
      /^1 validation error detected: Value 'under_score' at 'trainingJobName' failed to satisfy constraint/,
    );
    const other = { TrainingImage: "123456789012.dkr.ecr.us-east-1.amazonaws.com/mine:1", TrainingInputMode: "File" };
    await expect(
      local.clients.sagemaker.send(
        new CreateTrainingJobCommand({ ...request, AlgorithmSpecification: { ...other, TrainingInputMode: "File" } }),
      ),
    ).rejects.toThrow(/built-in image-classification algorithm only/);
  });

  it("is stopped on AWS when the caller aborts, and left alone when the caller says so", async () => {
    const dataset = await putDataset();
    const status = async (name: string) =>
      (await local.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))).TrainingJobStatus;
    const reason = new Error("enough");
    for (const [jobName, onAbort, statuses] of [
      ["stopped", "stop", ["Stopping", "Stopped"]],
      ["left", "leave", ["InProgress"]],
    ] as const) {
      const controller = new AbortController();
      const training = train(dataset, {
        jobName,
        onAbort,
        hyperparameters: { epochs: 100_000, miniBatchSize: 8 },
        signal: controller.signal,
        onProgress: (event: { type: string }) => event.type === "status" && controller.abort(reason),
      });
      await expect(training).rejects.toBe(reason);
      expect(statuses).toContain(await status(jobName));
    }
    await stopTraining({ trainingJobName: "left", clients: local.clients });
  });

  it("ends as documented when it is stopped, meets its runtime limit, or takes longer than the caller waits", async () => {
    const dataset = await putDataset();
    const endless = { hyperparameters: { epochs: 100_000, miniBatchSize: 8 } };
    const stopped = train(dataset, {
      ...endless,
      onProgress: (event: { type: string }) =>
        event.type === "created" && void stopTraining({ trainingJobName: "job-1", clients: local.clients }),
    });
    await expect(stopped).rejects.toMatchObject({
      code: "TRAINING_JOB_STOPPED",
      details: { secondaryStatus: "Stopped" },
    });
    await expect(train(dataset, { ...endless, jobName: "job-2", maxRuntimeSeconds: 1 })).rejects.toMatchObject({
      code: "TRAINING_JOB_STOPPED",
      details: { secondaryStatus: "MaxRuntimeExceeded" },
      message: expect.stringMatching(/Raise maxRuntimeSeconds/),
    });
    await expect(train(dataset, { ...endless, jobName: "job-3", timeoutMs: 300 })).rejects.toMatchObject({
      code: "WAIT_TIMEOUT",
      details: { waitingFor: "training job job-3" },
    });
  });
});

describe("a local endpoint", () => {
  const deploy = (changes: object = {}) =>
    deployEndpoint({
      model: trainedModel(),
      roleArn: ROLE_ARN,
      endpointName: "endpoint-1",
      clients: local.clients,
      ...changes,
    });

  it("that cannot load its model fails with the reason, and nothing of it is left", async () => {
    const events: object[] = [];
    await expect(deploy({ onProgress: (event: object) => events.push(event) })).rejects.toMatchObject({
      code: "ENDPOINT_FAILED",
      details: { status: "Failed", left: [], failureReason: expect.stringMatching(/Could not find model data at s3:/) },
    });
    expect(events.at(-1)).toEqual({
      type: "cleanup",
      removed: ["endpoint endpoint-1", "endpoint-config endpoint-1", "model endpoint-1"],
      left: [],
    });
    const { sagemaker } = local.clients;
    await expect(sagemaker.send(new DescribeModelCommand({ ModelName: "endpoint-1" }))).rejects.toThrow(
      /Could not find/,
    );
    await expect(
      sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: "endpoint-1" })),
    ).rejects.toThrow(/Could not find endpoint configuration/);
  });

  it("refuses an artifact that no local job wrote", async () => {
    await put("models/image_model/job-1/output/model.tar.gz", "not a model");
    await expect(deploy()).rejects.toMatchObject({
      details: { failureReason: expect.stringMatching(/AllTraffic cannot load s3:\/\/scones\/models/) },
    });
  });

  it("leaves what was there before alone when a name is taken", async () => {
    const model = await train(await putDataset());
    await deploy({ model });
    await expect(deploy({ model })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(deploy({ model, endpointName: "endpoint-2" })).resolves.toMatchObject({ endpointName: "endpoint-2" });
    const answer = await invoke("endpoint-1", encodePng({ width: 16, height: 16, rgb: new Uint8Array(768) }));
    expect(JSON.parse(answer.Body.transformToString())).toHaveLength(2);
    await expect(invoke("endpoint-1", Buffer.from("text"))).rejects.toMatchObject({
      name: "ModelError",
      OriginalStatusCode: 400,
    });
    await expect(invoke("endpoint-1", Buffer.alloc(3), "text/csv")).rejects.toMatchObject({ OriginalStatusCode: 415 });
    await expect(invoke("endpoint-1", Buffer.alloc(6_291_457))).rejects.toMatchObject({ name: "ValidationError" });
  });

  it("is not found under another name", async () => {
    await expect(invoke("nowhere", Buffer.alloc(3))).rejects.toMatchObject({
      name: expect.stringMatching(/^Validation/),
      message: "Endpoint nowhere of account 000000000000 not found.",
    });
  });

  const invoke = (EndpointName: string, Body: Uint8Array, ContentType = "image/png") =>
    local.clients.sagemakerRuntime.send(new InvokeEndpointCommand({ EndpointName, Body, ContentType }));
});

describe("what the local SageMaker does not have", () => {
  it("is refused by name", async () => {
    await expect(local.clients.sagemaker.send(new ListDomainsCommand({}))).rejects.toMatchObject({
      code: "LOCAL_OPERATION_UNSUPPORTED",
      details: { service: "sagemaker", operation: "ListDomains" },
    });
    await expect(local.clients.s3.send(new ListObjectsV2Command({ Bucket: "no-such-bucket" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });
});
