import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import {
  DeleteModelCommand,
  DescribeEndpointCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TrainedModel } from "../../src/core/contracts.js";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { deployEndpoint } from "../../src/inference/endpoints/deploy-endpoint.js";
import { invokeEndpoint } from "../../src/inference/endpoints/invoke-endpoint.js";
import { leaseEndpoint } from "../../src/inference/endpoints/lease-endpoint.js";
import { listOrphans } from "../../src/inference/endpoints/list-orphans.js";
import { type BatchOutput, readBatchOutputs } from "../../src/inference/endpoints/read-batch-outputs.js";
import { runBatchTransform } from "../../src/inference/endpoints/run-batch-transform.js";
import { shiftTraffic } from "../../src/inference/endpoints/shift-traffic.js";
import { sweepOrphans } from "../../src/inference/endpoints/sweep-orphans.js";
import { updateEndpoint } from "../../src/inference/endpoints/update-endpoint.js";
import { createLocalAws, type LocalAws } from "../../src/local/local-aws.js";
import { ROLE_ARN, trainedModel } from "../helpers/contracts.js";
import {
  createConfig,
  createModel,
  image,
  putImages,
  runTraining,
  trainingRequest,
  variant,
} from "../local/sagemaker/fixture.js";

let local: LocalAws;
const artifact = (job: string) => `s3://scones/models/${job}/output/model.tar.gz`;
const model = (job: string): TrainedModel => trainedModel({ artifact: artifact(job) });
const base = () => ({ roleArn: ROLE_ARN, pollIntervalMs: 1, clients: local.clients });

beforeAll(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 }, seed: 7 });
  await putImages(local);
  for (const name of ["one", "two"]) await runTraining(local, trainingRequest(name));
});
afterAll(() => local.close());
beforeEach(async () => {
  for (const name of (await remaining()).filter((one) => one.startsWith("endpoint "))) {
    await deleteEndpoint({ endpoint: name.slice(9), pollIntervalMs: 1, clients: local.clients });
  }
});

/** Everything that lies in the account, such as `model scones-1`. */
async function remaining(): Promise<readonly string[]> {
  const { sagemaker } = local.clients;
  const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({ MaxResults: 100 }));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100 }));
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
  return [
    ...Endpoints.map(({ EndpointName }) => `endpoint ${EndpointName}`),
    ...EndpointConfigs.map(({ EndpointConfigName }) => `endpoint-config ${EndpointConfigName}`),
    ...Models.map(({ ModelName }) => `model ${ModelName}`),
  ];
}

describe("an endpoint's life", () => {
  it("ends with the block that uses it, and is plain JSON until then", async () => {
    {
      await using endpoint = await deployEndpoint({ ...base(), model: model("one"), endpointName: "used" });
      expect(JSON.parse(JSON.stringify(endpoint))).toEqual({ ...endpoint });
      const answer = await invokeEndpoint({ endpoint, image: image(1, 3), clients: local.clients });
      expect(answer).toMatchObject({ variant: "AllTraffic", label: endpoint.labels[answer.labelId] });
    }
    expect(await remaining()).toEqual([]);
  });

  it("splits 90 to 10, captures each variant under its own key, and shifts", async () => {
    await using endpoint = await deployEndpoint({
      ...base(),
      variants: [
        { name: "A", model: model("one"), weight: 90 },
        { name: "B", model: model("two"), weight: 10 },
      ],
    });
    const ask = async (count: number) => {
      const seen = { A: 0, B: 0 };
      for (let index = 0; index < count; index++) {
        const { variant: name } = await invokeEndpoint({ endpoint, image: image(0, index), clients: local.clients });
        seen[name === "B" ? "B" : "A"]++;
      }
      return seen;
    };
    const { B } = await ask(300);
    // Four standard deviations of a binomial distribution: 30 +- 4 * sqrt(300 * 0.1 * 0.9).
    expect(Math.abs(B - 30)).toBeLessThan(20.8);
    const listed = await local.clients.s3.send(
      new ListObjectsV2Command({ Bucket: "scones", Prefix: `data_capture/${endpoint.endpointName}/` }),
    );
    const variants = new Set(listed.Contents?.map(({ Key = "" }) => Key.split("/")[2]));
    expect([...variants].sort()).toEqual(["A", "B"]);
    await shiftTraffic({ endpoint, weights: { A: 0, B: 1 }, pollIntervalMs: 1, clients: local.clients });
    expect(await ask(20)).toEqual({ A: 0, B: 20 });
  });

  it("takes another model without downtime and deletes the old one", async () => {
    const before = await deployEndpoint({ ...base(), model: model("one"), endpointName: "renewed" });
    const shift = { type: "canary", percent: 10, waitSeconds: 0 } as const;
    await using after = await updateEndpoint({ ...base(), endpoint: before, model: model("two"), shift });
    expect(after.endpointName).toBe("renewed");
    expect(await remaining()).toEqual([
      "endpoint renewed",
      `endpoint-config ${after.endpointConfigName}`,
      `model ${after.modelNames[0]}`,
    ]);
  });

  it("serves as before after an update that SageMaker rolls back", async () => {
    await using endpoint = await deployEndpoint({ ...base(), model: model("one"), endpointName: "steady" });
    const update = updateEndpoint({ ...base(), endpoint, model: model("no-such-job") });
    await expect(update).rejects.toMatchObject({ code: "ENDPOINT_UPDATE_FAILED", details: { left: [] } });
    expect(await remaining()).toEqual(["endpoint steady", "endpoint-config steady", "model steady"]);
  });
});

describe("a batch transform", () => {
  it("joins each answer to its image, and says which image has none", async () => {
    const { clients } = local;
    await createModel(local, "batch", "one");
    const batch = { input: "s3://scones/validation/", output: "s3://scones/answers" };
    const seen: string[] = [];
    await runBatchTransform({
      ...batch,
      modelName: "batch",
      pollIntervalMs: 1,
      clients,
      onProgress: ({ status }) => seen.push(status),
    });
    expect(seen.at(-1)).toBe("Completed");
    await clients.s3.send(new DeleteObjectCommand({ Bucket: "scones", Key: "answers/3.png.out" }));
    const all: BatchOutput[] = [];
    for await (const one of readBatchOutputs({ batch, labels: ["bicycle", "motorcycle"], clients })) all.push(one);
    expect(all).toHaveLength(24);
    expect(all.filter(({ prediction }) => prediction === undefined).map(({ inputKey }) => inputKey)).toEqual([
      "validation/3.png",
    ]);
    await clients.sagemaker.send(new DeleteModelCommand({ ModelName: "batch" }));
  });
});

describe("the fault matrix", () => {
  const deploy = () => deployEndpoint({ ...base(), model: model("one"), endpointName: "faulty" });

  it.each(["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "DescribeEndpoint"])(
    "leaves nothing when %s is refused, throttled or ill",
    async (operation) => {
      for (const kind of ["fail", "throttle"] as const) {
        using fault = local.injectFault({ service: "sagemaker", operation, kind });
        await expect(deploy()).rejects.toBeInstanceOf(Error);
        expect(fault.hits).toBeGreaterThan(0);
        expect(await remaining()).toEqual([]);
      }
    },
    30_000,
  );

  it("leaves nothing of an endpoint that fails", async () => {
    const promise = deployEndpoint({ ...base(), model: model("no-such-job"), endpointName: "faulty" });
    await expect(promise).rejects.toMatchObject({ code: "ENDPOINT_FAILED", details: { status: "Failed", left: [] } });
    expect(await remaining()).toEqual([]);
  });

  it("leaves nothing of an endpoint that somebody deletes under way", async () => {
    using _slow = local.injectFault({ service: "sagemaker", operation: "DescribeEndpoint", kind: "delay", delayMs: 5 });
    const promise = deployEndpoint({
      ...base(),
      model: model("one"),
      endpointName: "faulty",
      onProgress: ({ type, ...event }) => {
        if (type === "created" && "resource" in event && event.resource === "endpoint") {
          void deleteEndpoint({ endpoint: "faulty", clients: local.clients });
        }
      },
    });
    await expect(promise).rejects.toThrow(/Could not find endpoint/);
    expect(await remaining()).toEqual([]);
  });

  it.each(["model", "endpoint-config", "endpoint"])(
    "leaves nothing when the signal fires after the %s",
    async (step) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const reached: string[] = [];
      const promise = deployEndpoint({
        ...base(),
        model: model("one"),
        endpointName: "faulty",
        signal: controller.signal,
        onProgress: (event) => {
          if (event.type !== "created") return;
          reached.push(event.resource);
          if (event.resource === step) controller.abort(reason);
        },
      });
      await expect(promise).rejects.toBe(reason);
      expect(reached.at(-1)).toBe(step);
      expect(await remaining()).toEqual([]);
    },
  );

  it.each([
    ["DeleteModel", "model faulty"],
    ["DeleteEndpointConfig", "endpoint-config faulty"],
    ["DeleteEndpoint", "endpoint faulty"],
  ])("names what is left of a failed endpoint when %s is denied", async (operation, name) => {
    {
      using _denied = local.injectFault({
        service: "sagemaker",
        operation,
        kind: "fail",
        error: "AccessDeniedException",
        status: 400,
      });
      const promise = deployEndpoint({ ...base(), model: model("no-such-job"), endpointName: "faulty" });
      await expect(promise).rejects.toMatchObject({ code: "ENDPOINT_FAILED", details: { left: [name] } });
    }
    expect(await remaining()).toEqual([name]);
    await sweepOrphans({ minAge: 0, mode: "delete", clients: local.clients });
    expect(await remaining()).toEqual([]);
  });

  it("names exactly what is left when deleting is denied, and the sweep finds it", async () => {
    const denied = { service: "sagemaker", kind: "fail", error: "AccessDeniedException", status: 400 } as const;
    {
      using _create = local.injectFault({ ...denied, operation: "CreateEndpoint" });
      using _delete = local.injectFault({ ...denied, operation: "DeleteModel" });
      await expect(deploy()).rejects.toMatchObject({
        code: "ENDPOINT_FAILED",
        details: { left: ["model faulty"] },
        cause: { name: "AccessDeniedException" },
      });
    }
    expect(await remaining()).toEqual(["model faulty"]);
    const { removed } = await sweepOrphans({ minAge: 0, mode: "delete", clients: local.clients });
    expect(removed).toMatchObject([{ resource: "model", name: "faulty", reason: "unused" }]);
    expect(await remaining()).toEqual([]);
  });
});

describe("orphans", () => {
  it("are found by tag, whatever they are; what others made and what is leased is not among them", async () => {
    const { clients } = local;
    await createModel(local, "foreign", "one");
    await createConfig(local, "foreign", [variant("A", "foreign")]);
    await deployEndpoint({ ...base(), model: model("one"), endpointName: "leased", lease: "2h" });
    await deployEndpoint({ ...base(), model: model("one"), endpointName: "late", lease: "0.00001m", owner: "ann" });
    expect(await listOrphans({ clients })).toEqual([]);
    const found = async (owner?: string) =>
      (await listOrphans({ minAge: 0, clients, ...(owner === undefined ? {} : { owner }) })).map(
        ({ resource, name, reason }) => `${resource} ${name} ${reason}`,
      );
    const late = ["endpoint late lease-expired", "endpoint-config late unused", "model late unused"];
    expect(await found()).toEqual(late);
    expect(await found("bob")).toEqual([]);
    const idle = await listOrphans({ minAge: 0, idleFor: "1h", lastInvoked: async () => new Date(0), clients });
    expect(idle.map(({ name, reason }) => `${name} ${reason}`)).toContain("leased idle");
    const [first] = idle;
    expect(first?.costUsd).toBeGreaterThanOrEqual(0);

    expect((await sweepOrphans({ minAge: 0, clients })).removed).toEqual([]);
    await leaseEndpoint({ endpoint: "late", for: "1h", clients });
    expect(await found()).toEqual([]);
    await clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName: "late" }));
  });
});
