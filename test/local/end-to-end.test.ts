import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DescribeEndpointCommand, DescribeTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../examples/03-deploy.js";
import { run } from "../../examples/04-run.js";
import { monitor } from "../../examples/05-monitor.js";
import { generateArchive } from "../../examples/end-to-end/generate-archive.js";
import type { DeployedEndpoint, StagedDataset, TrainedModel } from "../../src/core/contracts.js";
import { CifarExtractor } from "../../src/etl/cifar/cifar-extractor.js";
import { stageDataset } from "../../src/etl/staging/stage-dataset.js";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { createSerializeHandler } from "../../src/inference/handlers/serialize-handler.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { parseCaptureKey } from "../../src/monitoring/capture/capture-keys.js";
import { trainImageClassifier } from "../../src/training/train-image-classifier.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { sharedData } from "../helpers/shared-data.js";

const real = sharedData("data/cifar-100-python-subset.tar.gz");

describe(`the whole workflow, on ${real ? "real CIFAR-100 images" : "generated images (the shared data is not here)"}`, () => {
  const signal = new AbortController().signal;
  let local: LocalAws;
  let dataset: StagedDataset;
  let model: TrainedModel;
  let endpoint: DeployedEndpoint;
  const log: string[] = [];
  const phases: string[] = [];

  beforeAll(async () => {
    local = await createLocalAws({ trainer: { network: "small" }, onLog: ({ message }) => log.push(message) });
    const { clients } = local;
    await clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
    const extractor = new CifarExtractor({ source: real ?? generateArchive() });
    dataset = await stageDataset({
      images: extractor.images(),
      labels: extractor.labels,
      destination: { bucket: "scones" },
      clients,
    });
    model = await trainImageClassifier({
      dataset,
      roleArn: ROLE_ARN,
      output: "s3://scones/models/image_model",
      clients,
      onProgress: (event) => {
        if (event.type === "status") phases.push(event.secondaryStatus);
      },
    });
    endpoint = await deploy({ model, roleArn: ROLE_ARN, bucket: "scones", clients, signal, onProgress: () => {} });
  }, 120_000);
  afterAll(() => local.close());

  it("stages in the course's layout", async () => {
    expect(dataset.train).toEqual({
      images: "s3://scones/train/",
      manifest: "s3://scones/train.lst",
      count: real ? 1000 : 500,
    });
    const listed = await local.clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix: "test/" }));
    expect(listed.KeyCount).toBe(dataset.validation.count);
  });

  it("trains through SageMaker's phases, and says how its network differs", async () => {
    expect(phases.at(-1)).toBe("Completed");
    const job = await local.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: model.trainingJobName }),
    );
    expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
      "Starting",
      "Downloading",
      "Training",
      "Uploading",
      "Completed",
    ]);
    expect(model.artifact).toBe(`s3://scones/models/image_model/${model.trainingJobName}/output/model.tar.gz`);
    expect(log.filter((line) => /much smaller network/.test(line))).toHaveLength(1);
    expect(log.filter((line) => / Epoch\[29\] Validation-accuracy=0\.\d{6}$/.test(line))).toHaveLength(1);
  });

  it("serves and captures on the endpoint as it was configured", async () => {
    const { EndpointStatus, DataCaptureConfig, ProductionVariants } = await local.clients.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: endpoint.endpointName }),
    );
    expect(EndpointStatus).toBe("InService");
    expect(DataCaptureConfig).toMatchObject({ CaptureStatus: "Started", CurrentSamplingPercentage: 100 });
    expect(ProductionVariants?.[0]?.VariantName).toBe("AllTraffic");
  });

  it("runs every test image through the state machine, captures each, and is right as often as it says", async () => {
    const { clients } = local;
    const { endpointName, labels } = endpoint;
    const functions = {
      serialize: local.registerFunction("serialize", createSerializeHandler({ clients })),
      classify: local.registerFunction("classify", createClassifyHandler({ endpointName, labels, clients })),
      filter: local.registerFunction("filter", createFilterHandler({ threshold: 0.7 })),
    };
    const options = { functions, roleArn: ROLE_ARN, dataset, concurrency: 8, clients, signal, onProgress: () => {} };
    const executions = await run(options);
    expect(executions.reasons).toEqual([]);
    expect(executions.succeeded + executions.belowThreshold).toBe(dataset.validation.count);
    expect(executions.succeeded).toBeGreaterThan(executions.belowThreshold);

    const captures = endpoint.captures ?? "";
    const { summary, truth } = await monitor({ captures, dataset, threshold: 0.7, clients, signal });
    expect(summary.records).toBe(dataset.validation.count);
    expect(truth.accuracy.value).toBeGreaterThanOrEqual(0.85);
    expect(truth.accuracy.value).toBeCloseTo(model.metrics.validationAccuracy ?? 0, 10);
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix: "data_capture/" }));
    for (const { Key = "" } of listed.Contents ?? []) expect(parseCaptureKey(Key), Key).toBeDefined();
  });

  it("answers a PNG with one probability per class, over loopback HTTP too", async () => {
    const { clients } = local;
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix: "test/", MaxKeys: 1 }));
    const object = await clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key: listed.Contents?.[0]?.Key }));
    const Body = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    const input = { EndpointName: endpoint.endpointName, ContentType: "image/png", Body };
    const answer = await clients.sagemakerRuntime.send(new InvokeEndpointCommand(input));
    expect(answer.InvokedProductionVariant).toBe("AllTraffic");
    const probabilities: number[] = JSON.parse(answer.Body.transformToString());
    expect(probabilities[0]).toBeCloseTo(1 - (probabilities[1] ?? 0), 5);

    const lines = await clients.sagemakerRuntime.send(
      new InvokeEndpointCommand({ ...input, Accept: "application/jsonlines" }),
    );
    expect(JSON.parse(lines.Body.transformToString())).toEqual({ prediction: probabilities });

    const { endpoint: url } = await local.listen();
    const response = await fetch(`${url}/endpoints/${endpoint.endpointName}/invocations`, {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: Body as Uint8Array<ArrayBuffer>,
    });
    expect(await response.json()).toEqual(probabilities);
  });

  it("removes endpoint, configuration and model, and again without complaint", async () => {
    const deleted: string[] = [];
    const { clients } = local;
    await deleteEndpoint({ endpoint, clients, onProgress: ({ resource }) => deleted.push(resource) });
    await deleteEndpoint({ endpoint: endpoint.endpointName, clients });
    expect(deleted).toEqual(["endpoint", "endpoint-config", "model"]);
    const describe = clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint.endpointName }));
    await expect(describe).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(/^Could not find endpoint/),
    });
  });
});
