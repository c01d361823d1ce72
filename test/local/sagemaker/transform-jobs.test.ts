import { gzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
} from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { createModel, image, putImages, runTraining, trainingRequest, until } from "./fixture.js";

let local: LocalAws;
const log: string[] = [];
beforeAll(async () => {
  local = await createLocalAws({
    trainer: { network: "small", threads: 1 },
    onLog: ({ logGroup, message }) => logGroup === "/aws/sagemaker/TransformJobs" && log.push(message),
  });
  await putImages(local);
  await runTraining(local, trainingRequest("job", { epochs: "8" }));
  await createModel(local, "model", "job");
  for (let index = 0; index < 4; index++) await put(`in/day ${index % 2}/${index}.png`, image(index % 2, index));
});
afterAll(() => local.close());

const put = (Key: string, Body: string | Uint8Array) =>
  local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body }));
const read = async (Key: string) => {
  const object = await local.clients.s3.send(new GetObjectCommand({ Bucket: "scones", Key }));
  return (await object.Body?.transformToString()) ?? "";
};
const keysUnder = async (Prefix: string) => {
  const { Contents = [] } = await local.clients.s3.send(new ListObjectsV2Command({ Bucket: "scones", Prefix }));
  return Contents.map(({ Key = "" }) => Key);
};
const request = (
  TransformJobName: string,
  input: object = {},
  changes: Partial<CreateTransformJobCommandInput> = {},
): CreateTransformJobCommandInput => ({
  TransformJobName,
  ModelName: "model",
  TransformInput: {
    DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://scones/in/" } },
    ContentType: "image/png",
    SplitType: "None",
    ...input,
  },
  TransformOutput: { S3OutputPath: `s3://scones/out/${TransformJobName}` },
  TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
  ...changes,
});
const describeJob = (TransformJobName: string) =>
  local.clients.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
const run = async (input: CreateTransformJobCommandInput) => {
  await local.clients.sagemaker.send(new CreateTransformJobCommand(input));
  return until(
    () => describeJob(input.TransformJobName ?? ""),
    ({ TransformJobStatus = "" }) => !["InProgress", "Stopping"].includes(TransformJobStatus),
  );
};
const source = (S3DataType: "S3Prefix" | "ManifestFile", S3Uri: string) => ({
  DataSource: { S3DataSource: { S3DataType, S3Uri } },
});

describe("a local transform job", () => {
  it("answers every object under a prefix, in the shape of the keys", async () => {
    const job = await run(request("prefix"));
    expect(job).toMatchObject({ TransformJobStatus: "Completed", ModelName: "model" });
    expect(job.TransformEndTime).toBeInstanceOf(Date);
    expect(await keysUnder("out/prefix/")).toEqual([
      "out/prefix/day 0/0.png.out",
      "out/prefix/day 0/2.png.out",
      "out/prefix/day 1/1.png.out",
      "out/prefix/day 1/3.png.out",
    ]);
    const probabilities: number[] = JSON.parse(await read("out/prefix/day 1/1.png.out"));
    expect(probabilities[1]).toBeGreaterThan(probabilities[0] ?? 1);
    expect(log).toContainEqual(expect.stringMatching(/Z:\[sagemaker logs\]: MaxConcurrentTransforms=1, MaxPayload=6/));
    const { TransformJobSummaries } = await local.clients.sagemaker.send(new ListTransformJobsCommand({}));
    expect(TransformJobSummaries).toMatchObject([{ TransformJobName: "prefix", TransformJobStatus: "Completed" }]);
  });

  it("answers what a manifest names, as lines, and captures manifests of both sides", async () => {
    await put("list.manifest", JSON.stringify([{ prefix: "s3://scones/in/" }, "day 0/0.png", "day 1/3.png"]));
    await run(
      request("listed", source("ManifestFile", "s3://scones/list.manifest"), {
        TransformOutput: {
          S3OutputPath: "s3://scones/out/listed/",
          Accept: "application/jsonlines",
          AssembleWith: "Line",
        },
        DataCaptureConfig: { DestinationS3Uri: "s3://scones/batch", GenerateInferenceId: true },
      }),
    );
    const text = await read("out/listed/day 0/0.png.out");
    expect(text.endsWith("\n")).toBe(true);
    expect(text.trimEnd()).not.toContain("\n");
    expect(JSON.parse(text)).toEqual({
      prediction: [expect.any(Number), expect.any(Number)],
      SageMakerInferenceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      SageMakerInferenceTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/),
    });
    const [input = "", output = ""] = await keysUnder("batch/");
    expect(input).toMatch(/^batch\/input\/\d{4}\/\d\d\/\d\d\/\d\d\/[^/]+\.json$/);
    expect(JSON.parse(await read(input))).toEqual([{ prefix: "s3://scones/" }, "in/day 0/0.png", "in/day 1/3.png"]);
    expect(JSON.parse(await read(output))).toEqual([
      { prefix: "s3://scones/" },
      "out/listed/day 0/0.png.out",
      "out/listed/day 1/3.png.out",
    ]);
  });

  it("unpacks what is compressed, and takes a single key or a folder without its slash", async () => {
    await put("packed/one.png", gzipSync(image(0, 1)));
    await run(request("packed", { ...source("S3Prefix", "s3://scones/packed"), CompressionType: "Gzip" }));
    await run(request("single", source("S3Prefix", "s3://scones/in/day 0/0.png")));
    expect(await keysUnder("out/packed/")).toEqual(["out/packed/one.png.out"]);
    expect(await keysUnder("out/single/")).toEqual(["out/single/0.png.out"]);
  });

  it("fails for one bad object, and does the others all the same", async () => {
    await put("mixed/a.png", image(0, 1));
    await put("mixed/b.png", "no image");
    await put("mixed/c.png", image(1, 2));
    const job = await run(request("mixed", source("S3Prefix", "s3://scones/mixed/")));
    expect(job).toMatchObject({
      TransformJobStatus: "Failed",
      FailureReason: "ClientError: See job logs for more information",
    });
    expect(await keysUnder("out/mixed/")).toEqual(["out/mixed/a.png.out", "out/mixed/c.png.out"]);
    expect(log.some((line) => line.endsWith("scones/mixed/b.png: Bad HTTP status received from algorithm: 400"))).toBe(
      true,
    );
  });

  it.each([
    ["an empty prefix", source("S3Prefix", "s3://scones/nothing/"), {}, /^ClientError: No S3 objects found under/],
    ["a bucket that is not there", source("S3Prefix", "s3://nowhere/in/"), {}, /^ClientError: No S3 objects found/],
    ["a manifest that is none", source("ManifestFile", "s3://scones/train.lst"), {}, /must be a JSON list/],
    ["a manifest that is not there", source("ManifestFile", "s3://scones/no"), {}, /manifest file s3:.* not exist/],
    ["no place for the output", {}, { TransformOutput: { S3OutputPath: "s3://nowhere/out" } }, /output bucket nowhere/],
  ])("fails with the reason for %s", async (name, input, changes, reason) => {
    const job = await run(request(name.replaceAll(" ", "-"), input, changes));
    expect(job).toMatchObject({ TransformJobStatus: "Failed", FailureReason: expect.stringMatching(reason) });
  });

  it("can be stopped once, and not again", async () => {
    const { sagemaker } = local.clients;
    for (let index = 0; index < 300; index++) await put(`many/${index}.png`, image(0, index));
    await sagemaker.send(new CreateTransformJobCommand(request("stopped", source("S3Prefix", "s3://scones/many/"))));
    const stop = () => sagemaker.send(new StopTransformJobCommand({ TransformJobName: "stopped" }));
    await stop();
    const job = await until(
      () => describeJob("stopped"),
      ({ TransformJobStatus }) => TransformJobStatus !== "Stopping",
    );
    expect(job.TransformJobStatus).toBe("Stopped");
    expect((await keysUnder("out/stopped/")).length).toBeLessThan(300);
    await expect(stop()).rejects.toThrow(/status Stopped/);
  });

  it("is refused for a taken name, a model that is not there, and what it cannot do", async () => {
    const refused = (input: CreateTransformJobCommandInput) =>
      expect(local.clients.sagemaker.send(new CreateTransformJobCommand(input))).rejects;
    await run(request("taken"));
    await refused(request("taken")).toMatchObject({ name: "ResourceInUse" });
    await refused(request("x", {}, { ModelName: "none" })).toThrow(/^Could not find model "/);
    await refused(request("x", { SplitType: "Line" })).toThrow(/SplitType must be None, it is Line/);
    await refused(request("x", {}, { DataProcessing: { JoinSource: "Input" } })).toThrow(/no DataProcessing/);
    await expect(describeJob("x")).rejects.toMatchObject({ name: "ValidationException" });
  });
});
