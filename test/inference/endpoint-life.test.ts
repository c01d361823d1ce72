import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DeleteModelCommand } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { deleteEndpoint } from "../../src/inference/endpoints/delete-endpoint.js";
import { deployEndpoint } from "../../src/inference/endpoints/deploy-endpoint.js";
import { invokeEndpoint } from "../../src/inference/endpoints/invoke-endpoint.js";
import { type BatchOutput, readBatchOutputs } from "../../src/inference/endpoints/read-batch-outputs.js";
import { runBatchTransform } from "../../src/inference/endpoints/run-batch-transform.js";
import { shiftTraffic } from "../../src/inference/endpoints/shift-traffic.js";
import { updateEndpoint } from "../../src/inference/endpoints/update-endpoint.js";
import { createModel, image } from "../local/sagemaker/fixture.js";
import { account, base, model, remaining, useAccount } from "./endpoint-account.js";

useAccount();

describe("an endpoint's life", () => {
  it("ends with the block that uses it, and is plain JSON until then", async () => {
    {
      await using endpoint = await deployEndpoint({ ...base(), model: model("one"), endpointName: "used" });
      expect(JSON.parse(JSON.stringify(endpoint))).toEqual({ ...endpoint });
      const answer = await invokeEndpoint({ endpoint, image: image(1, 3), clients: account().clients });
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
        const { variant: name } = await invokeEndpoint({
          endpoint,
          image: image(0, index),
          clients: account().clients,
        });
        seen[name === "B" ? "B" : "A"]++;
      }
      return seen;
    };
    const { B } = await ask(300);
    // Four standard deviations of a binomial distribution: 30 +- 4 * sqrt(300 * 0.1 * 0.9).
    expect(Math.abs(B - 30)).toBeLessThan(20.8);
    const listed = await account().clients.s3.send(
      new ListObjectsV2Command({ Bucket: "scones", Prefix: `data_capture/${endpoint.endpointName}/` }),
    );
    const variants = new Set(listed.Contents?.map(({ Key = "" }) => Key.split("/")[2]));
    expect([...variants].sort()).toEqual(["A", "B"]);
    await shiftTraffic({ endpoint, weights: { A: 0, B: 1 }, pollIntervalMs: 1, clients: account().clients });
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

  it("runs on a configuration that is there, and leaves that and its models to whoever made them", async () => {
    await using first = await deployEndpoint({ ...base(), model: model("one"), endpointName: "first" });
    const { roleArn: _, ...rest } = base();
    const options = { ...rest, endpointConfigName: "first", labels: first.labels };
    const kept = ["endpoint first", "endpoint-config first", "model first"];
    {
      await using second = await deployEndpoint({ ...options, endpointName: "second" });
      expect(second).toMatchObject({ reusesEndpointConfig: true, modelNames: ["first"], reusedModelNames: ["first"] });
      expect(second.captures).toBe(first.captures?.replace("first", "second"));
      await invokeEndpoint({ endpoint: second, image: image(1, 3), clients: rest.clients });
      expect(await remaining()).toEqual(["endpoint second", ...kept]);
    }
    expect(await remaining()).toEqual(kept);
    await deployEndpoint({ ...options, endpointName: "third" });
    await deleteEndpoint({ endpoint: "third", pollIntervalMs: 1, clients: rest.clients });
    expect(await remaining()).toEqual(kept);
    const fourth = await deployEndpoint({ ...options, endpointName: "fourth" });
    await using renewed = await updateEndpoint({ ...base(), endpoint: fourth, model: model("two") });
    expect(renewed.reusesEndpointConfig).toBeUndefined();
    expect(await remaining()).toEqual(expect.arrayContaining(kept));
  });

  it("says what AWS says of a configuration that is not there, and creates nothing", async () => {
    const { roleArn: _, ...rest } = base();
    const missing = deployEndpoint({ ...rest, endpointConfigName: "no-such", labels: ["bicycle", "motorcycle"] });
    await expect(missing).rejects.toThrow(/Could not find endpoint configuration/);
    expect(await remaining()).toEqual([]);
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
    const { clients } = account();
    await createModel(account(), "batch", "one");
    const batch = { input: "s3://scones/validation/", output: "s3://scones/answers" };
    const seen: string[] = [];
    await runBatchTransform({
      ...batch,
      model: "batch",
      pollIntervalMs: 1,
      clients,
      onProgress: (event) => event.type === "status" && seen.push(event.status),
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

  it("makes a model of a trained one for the job alone, and reads the answers with its labels", async () => {
    const events: unknown[] = [];
    const batch = await runBatchTransform({
      ...base(),
      model: model("one"),
      input: "s3://scones/validation/",
      output: "s3://scones/named",
      jobName: "named",
      onProgress: (event) => events.push(event),
    });
    expect(events.at(-1)).toEqual({ type: "cleanup", removed: ["model named"], left: [] });
    expect(await remaining()).toEqual([]);
    for await (const { prediction } of readBatchOutputs({ batch, clients: account().clients })) {
      expect(batch.labels).toContain(prediction?.label);
    }
  });
});
