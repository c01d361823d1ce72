import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { UpdateEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryRecords } from "../../../src/local/kept/records.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { createRequestHandler } from "../../../src/local/request-handler.js";
import { Endpoints } from "../../../src/local/sagemaker/endpoints.js";
import type { ObjectAccess } from "../../../src/local/sagemaker/environment.js";
import { packModel, unpackModel } from "../../../src/local/sagemaker/model-artifact.js";
import { Models } from "../../../src/local/sagemaker/models.js";
import { createRuntimeService } from "../../../src/local/sagemaker/runtime-service.js";
import { Tags } from "../../../src/local/sagemaker/tags.js";
import {
  createConfig,
  createEndpoint,
  createModel,
  image,
  putImages,
  runTraining,
  settledEndpoint,
  trainingRequest,
  variant,
} from "./fixture.js";

let local: LocalAws;
beforeAll(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 }, seed: 7 });
  await putImages(local);
  for (const name of ["one", "two"]) {
    await runTraining(local, trainingRequest(name));
    await createModel(local, name);
  }
  await createModel(local, "broken", "no-such-job");
  await createConfig(local, "first", [variant("A", "one")]);
  await createConfig(local, "second", [variant("B", "two")]);
  await createConfig(local, "bad", [variant("C", "broken")]);
  await createConfig(local, "both", [variant("A", "one", 9), variant("B", "two", 1)]);
});
afterAll(() => local.close());

const invoke = (EndpointName: string, changes: object = {}) =>
  local.clients.sagemakerRuntime.send(
    new InvokeEndpointCommand({ EndpointName, Body: image(0, 1), ContentType: "image/png", ...changes }),
  );
const update = (EndpointName: string, EndpointConfigName: string, changes: object = {}) =>
  local.clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName, ...changes }));
const variantsOf = async (name: string, times: number) => {
  const counts: Record<string, number> = {};
  for (let index = 0; index < times; index++) {
    const { InvokedProductionVariant = "" } = await invoke(name);
    counts[InvokedProductionVariant] = (counts[InvokedProductionVariant] ?? 0) + 1;
  }
  return counts;
};

describe("UpdateEndpoint on the local SageMaker", () => {
  it("puts another configuration in service, and keeps the deployment configuration", async () => {
    await createEndpoint(local, "blue", "first");
    const DeploymentConfig = {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: "CANARY" as const,
          WaitIntervalInSeconds: 60,
          CanarySize: { Type: "CAPACITY_PERCENT" as const, Value: 10 },
        },
      },
    };
    await update("blue", "second", { DeploymentConfig });
    const endpoint = await settledEndpoint(local, "blue");
    expect(endpoint).toMatchObject({ EndpointConfigName: "second", LastDeploymentConfig: DeploymentConfig });
    expect(endpoint.PendingDeploymentSummary).toBeUndefined();
    expect((await invoke("blue")).InvokedProductionVariant).toBe("B");
  });

  it("rolls back when the new configuration cannot be served", async () => {
    await createEndpoint(local, "rolled", "first");
    await update("rolled", "bad");
    const endpoint = await settledEndpoint(local, "rolled");
    expect(endpoint).toMatchObject({
      EndpointStatus: "InService",
      EndpointConfigName: "first",
      FailureReason: expect.stringMatching(/^Could not find model data at .* rolled back to first\.$/),
    });
    expect((await invoke("rolled")).InvokedProductionVariant).toBe("A");
    await update("rolled", "second");
    expect((await settledEndpoint(local, "rolled")).FailureReason).toBeUndefined();
  });

  it("is refused for a configuration that is not there, and for an endpoint that failed", async () => {
    await createEndpoint(local, "failed", "bad");
    await expect(update("failed", "first")).rejects.toThrow(/^Cannot update failed endpoint "arn:/);
    await expect(update("nowhere", "first")).rejects.toThrow(/^Could not find endpoint "/);
    await createEndpoint(local, "steady", "first");
    await expect(update("steady", "none")).rejects.toThrow(/^Could not find endpoint configuration/);
  });

  it("takes weights and counts over when it is asked to", async () => {
    await createEndpoint(local, "kept", "both");
    const DesiredWeightsAndCapacities = [{ VariantName: "A", DesiredWeight: 3, DesiredInstanceCount: 4 }];
    await local.clients.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: "kept", DesiredWeightsAndCapacities }),
    );
    await settledEndpoint(local, "kept");
    const ExcludeRetainedVariantProperties = [{ VariantPropertyType: "DesiredWeight" }];
    await update("kept", "both", { RetainAllVariantProperties: true, ExcludeRetainedVariantProperties });
    expect((await settledEndpoint(local, "kept")).ProductionVariants?.[0]).toMatchObject({
      VariantName: "A",
      CurrentWeight: 9,
      CurrentInstanceCount: 4,
    });
  });
});

describe("while a local endpoint is updated", () => {
  it("the old variants answer, and no other update is taken", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const artifact = await packModel(await trainedWeights(), {});
    const objects: ObjectAccess = {
      async *list() {},
      read: async (_bucket, key) => {
        if (key === "slow") await held;
        return artifact;
      },
      write: async () => true,
      hasBucket: async () => true,
    };
    const place = { region: "us-east-1", accountId: "000000000000", seed: 0, now: () => new Date(), log: () => {} };
    const records = createMemoryRecords();
    const trainer = { widths: [8, 8, 8] as const };
    const environment = { ...place, objects, records, tags: new Tags(records), trainer, hold: async () => {} };
    const models = new Models(environment);
    const endpoints = new Endpoints(environment, models);
    for (const name of ["fast", "slow"]) {
      const PrimaryContainer = { Image: "image", ModelDataUrl: `s3://bucket/${name}` };
      models.createModel({ ModelName: name, PrimaryContainer });
      models.createConfig({ EndpointConfigName: name, ProductionVariants: [variant(name, name)] });
    }
    endpoints.create({ EndpointName: "e", EndpointConfigName: "fast" });
    await endpoints.get("e")?.done;
    endpoints.update({ EndpointName: "e", EndpointConfigName: "slow" });
    expect(endpoints.describe({ EndpointName: "e" })).toMatchObject({
      EndpointStatus: "Updating",
      EndpointConfigName: "fast",
      ProductionVariants: [{ VariantName: "fast" }],
      PendingDeploymentSummary: { EndpointConfigName: "slow", ProductionVariants: [{ VariantName: "slow" }] },
    });
    const again = () => endpoints.update({ EndpointName: "e", EndpointConfigName: "slow" });
    expect(again).toThrow(/^Cannot update in-progress endpoint "arn:/);
    const runtime = new SageMakerRuntimeClient({
      ...local.clientConfig,
      requestHandler: createRequestHandler(createRuntimeService(environment, endpoints)),
    });
    const input = { EndpointName: "e", Body: image(0, 1), ContentType: "image/png" };
    expect((await runtime.send(new InvokeEndpointCommand(input))).InvokedProductionVariant).toBe("fast");
    release();
    await endpoints.get("e")?.done;
    expect((await runtime.send(new InvokeEndpointCommand(input))).InvokedProductionVariant).toBe("slow");
  });
});

async function trainedWeights(): Promise<Uint8Array> {
  const Key = "models/one/output/model.tar.gz";
  const object = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
  return unpackModel((await object.Body?.transformToByteArray()) ?? new Uint8Array());
}

describe("variants of a local endpoint", () => {
  it("get their share by weight, which can be shifted, and answer by name", async () => {
    await createEndpoint(local, "ab", "both");
    const counts = await variantsOf("ab", 300);
    // 10 % of 300 with five standard deviations to each side.
    expect(counts["B"]).toBeGreaterThan(4);
    expect(counts["B"]).toBeLessThan(56);
    const shift = (VariantName: string, DesiredWeight: number) =>
      local.clients.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: "ab",
          DesiredWeightsAndCapacities: [{ VariantName, DesiredWeight }],
        }),
      );
    await shift("A", 0);
    await settledEndpoint(local, "ab");
    expect(await variantsOf("ab", 20)).toEqual({ B: 20 });
    expect((await invoke("ab", { TargetVariant: "A" })).InvokedProductionVariant).toBe("A");
    await expect(invoke("ab", { TargetVariant: "C" })).rejects.toThrow(/Variant C of endpoint ab not found/);
    await expect(shift("C", 1)).rejects.toThrow(/"C" is\/are not present within endpoint "ab"/);
  });

  it("in the shadow get a share, never answer, and are captured under their own name", async () => {
    const DataCaptureConfig = {
      InitialSamplingPercentage: 100,
      DestinationS3Uri: "s3://scones/capture",
      CaptureOptions: [{ CaptureMode: "Input" as const }, { CaptureMode: "Output" as const }],
    };
    await createConfig(local, "shadowed", [variant("A", "one")], {
      ShadowProductionVariants: [variant("S", "two", 0.5)],
      DataCaptureConfig,
    });
    const endpoint = await createEndpoint(local, "shadow", "shadowed");
    expect(endpoint.ShadowProductionVariants).toMatchObject([{ VariantName: "S", CurrentWeight: 0.5 }]);
    expect(await variantsOf("shadow", 40)).toEqual({ A: 40 });
    const records = async (name: string) => {
      const Prefix = `capture/shadow/${name}/`;
      const { Contents = [] } = await local.clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix }));
      const texts = await Promise.all(
        Contents.map(async ({ Key }) => {
          const object = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
          return (await object.Body?.transformToString()) ?? "";
        }),
      );
      return texts.join("").split("\n").length - 1;
    };
    expect(await records("A")).toBe(40);
    expect(await records("S")).toBeGreaterThan(5);
    expect(await records("S")).toBeLessThan(35);
    await expect(invoke("shadow", { TargetVariant: "S" })).rejects.toThrow(/Variant S of endpoint shadow not found/);
    await expect(invoke("shadow", { Body: Buffer.from("none") })).rejects.toMatchObject({
      name: "ModelError",
      LogStreamArn: expect.stringMatching(/:log-group:\/aws\/sagemaker\/Endpoints\/shadow$/),
    });
  });

  it("are refused where SageMaker refuses them", async () => {
    const one = [variant("A", "one")];
    await expect(
      createConfig(local, "x", [...one, variant("B", "one")], { ShadowProductionVariants: [variant("S", "two")] }),
    ).rejects.toThrow(/only specify one variant for ProductionVariants/);
    await expect(createConfig(local, "x", [...one, ...one])).rejects.toThrow(/Two variants have the name A/);
    const AsyncInferenceConfig = { OutputConfig: { S3OutputPath: "s3://scones/async" } };
    await expect(createConfig(local, "x", one, { AsyncInferenceConfig })).rejects.toThrow(/no asynchronous inference/);
  });
});
