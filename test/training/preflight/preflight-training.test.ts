import { readFileSync } from "node:fs";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTrainingJobsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import {
  type PreflightTrainingOptions,
  preflightTraining,
} from "../../../src/training/preflight/preflight-training.js";
import { trainImageClassifier } from "../../../src/training/train-image-classifier.js";
import { ROLE_ARN, trainedModel } from "../../helpers/contracts.js";
import { augmented, COUNT, listed, lst, packed, png, put, putDataset, SIDE, single } from "./dataset.js";

let local: LocalAws;
beforeAll(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
  await putDataset(local);
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones-spare" }));
  await local.clients.s3.send(
    new CreateBucketCommand({
      Bucket: "scones-ireland",
      CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
    }),
  );
});
afterAll(() => local.close());

const options = (changes: Partial<PreflightTrainingOptions> = {}): PreflightTrainingOptions => ({
  dataset: single,
  roleArn: ROLE_ARN,
  output: "s3://scones/models",
  hyperparameters: { miniBatchSize: 4 },
  clients: local.clients,
  ...changes,
});
const check = (changes: Partial<PreflightTrainingOptions> = {}) => preflightTraining(options(changes));
/** Codes with their severities, which is what a program looks at. */
const codes = async (changes: Partial<PreflightTrainingOptions> = {}) =>
  (await check(changes)).map(({ severity, code }) => `${severity} ${code}`);

describe("preflightTraining", () => {
  it.each([
    ["single images", { dataset: single }],
    ["RecordIO", { dataset: packed, inputMode: "Pipe" }],
    ["an augmented manifest", { dataset: listed }],
    [
      "a model, spot and checkpoints",
      {
        initialModel: trainedModel({ artifact: "s3://scones/model.tar.gz", imageShape: single.imageShape }),
        spot: { maxWaitSeconds: 7200 },
        checkpoints: "s3://scones/checkpoints",
        jobName: "a-new-name",
      },
    ],
  ] as const)("finds nothing wrong with %s that fit, and starts nothing", async (_, changes) => {
    expect(await check(changes)).toEqual([]);
    const { TrainingJobSummaries } = await local.clients.sagemaker.send(new ListTrainingJobsCommand({}));
    expect(TrainingJobSummaries).toEqual([]);
  });

  it("reaches S3 where the SageMaker client goes when that is all it is given", async () => {
    expect(await check({ clients: { sagemaker: local.clients.sagemaker } })).toEqual([]);
  });

  it.each<[string, Partial<PreflightTrainingOptions>, readonly string[], RegExp]>([
    [
      "a user for a role",
      { roleArn: "arn:aws:iam::123456789012:user/me" },
      ["error ROLE_ARN_INVALID"],
      /no ARN of an IAM role/,
    ],
    [
      "a role of China",
      { roleArn: "arn:aws-cn:iam::123456789012:role/scones" },
      ["error ROLE_IN_OTHER_PARTITION"],
      /partition aws-cn, but the region us-east-1 belongs to aws\. Use a role/,
    ],
    [
      "a machine without GPU",
      { instanceType: "ml.m5.xlarge" },
      ["error INSTANCE_TYPE_UNSUPPORTED"],
      /does not train on ml\.m5\.xlarge.* such as ml\.g4dn\.xlarge/,
    ],
    ["a newer GPU", { instanceType: "ml.p4d.24xlarge" }, ["error INSTANCE_TYPE_UNSUPPORTED"], /ml\.p4d\.24xlarge/],
    [
      "fewer images a batch than GPUs",
      { instanceType: "ml.p3.16xlarge" },
      ["error BATCH_SIZE_INVALID"],
      /4 images cannot be split over the 8 GPUs/,
    ],
    [
      "an uneven batch",
      { instanceType: "ml.g5.12xlarge", hyperparameters: { miniBatchSize: 6 } },
      ["warning BATCH_PER_GPU_UNEVEN"],
      /multiple of 4/,
    ],
    [
      "a batch beyond the data",
      { hyperparameters: {} },
      ["error BATCH_SIZE_INVALID", "warning BATCH_SIZE_INVALID"],
      /must not exceed the number of training images, 12, but is 32 by default\. Set miniBatchSize to at most 12/,
    ],
    [
      "machines that take more at a step than there is",
      { instanceCount: 4, hyperparameters: { miniBatchSize: 4, kvStore: "dist_sync" } },
      ["warning BATCH_SIZE_INVALID"],
      /4 machines with batches of 4 take 16 images .* Set miniBatchSize to at most 3/,
    ],
    [
      "several machines' setting for one",
      { hyperparameters: { miniBatchSize: 4, kvStore: "dist_async" } },
      ["warning KV_STORE_WITHOUT_EFFECT"],
      /nothing to combine/,
    ],
    [
      "hyper-parameters that do not go together",
      { hyperparameters: { miniBatchSize: 4, beta1: 0.5 } },
      ["error OPTIONS_INVALID"],
      /hyperparameters\.beta1 has an effect only with optimizer adam.*\. Leave it out, or set optimizer to adam\./,
    ],
    [
      "spot without checkpoints",
      { spot: { maxWaitSeconds: 7200 } },
      ["warning SPOT_WITHOUT_CHECKPOINTS"],
      /starts anew/,
    ],
    [
      "an output that is not there",
      { output: "s3://nowhere/models" },
      ["error BUCKET_NOT_FOUND"],
      /nowhere \(output\)/,
    ],
    [
      "an output in another region",
      { output: "s3://scones-ireland/models" },
      ["error BUCKET_IN_OTHER_REGION"],
      /lies in eu-west-1, but the job runs in us-east-1/,
    ],
    [
      "images in no bucket",
      { dataset: { ...single, train: { ...single.train, images: "s3://nowhere/train/" } } },
      ["error BUCKET_NOT_FOUND"],
      /nowhere \(train\)/,
    ],
    [
      "images that are not there",
      { dataset: { ...single, train: { ...single.train, images: "s3://scones-spare/train/" } } },
      ["error DATA_NOT_FOUND"],
      /no train image under s3:\/\/scones-spare\/train\//,
    ],
    [
      "no manifest",
      { dataset: { ...single, validation: { ...single.validation, manifest: "s3://scones/none.lst" } } },
      ["error MANIFEST_NOT_FOUND"],
      /no manifest at s3:\/\/scones\/none\.lst/,
    ],
    [
      "half the images by count",
      { dataset: { ...single, train: { ...single.train, count: COUNT / 2 } } },
      ["error COUNT_MISMATCH"],
      /names 12 images, but dataset\.train\.count is 6.* num_training_samples/,
    ],
    [
      "twice the images by count, and a batch in between",
      { dataset: { ...single, train: { ...single.train, count: 24 } }, hyperparameters: { miniBatchSize: 16 } },
      ["error COUNT_MISMATCH", "error BATCH_SIZE_INVALID", "warning BATCH_SIZE_INVALID"],
      /names 12 images, but dataset\.train\.count is 24/,
    ],
    [
      "another number of validation images",
      { dataset: { ...single, validation: { ...single.validation, count: 11 } } },
      ["warning COUNT_MISMATCH"],
      /dataset\.validation\.count is 11/,
    ],
    [
      "a shape beyond the images",
      { dataset: { ...single, imageShape: { channels: 3, height: 9, width: 8 } } },
      ["error IMAGE_TOO_SMALL", "error IMAGE_TOO_SMALL"],
      /0\.png has 8 x 8 pixels, less than the image shape 9 x 8/,
    ],
    [
      "a shape beyond packed images",
      { dataset: { ...packed, imageShape: { channels: 3, height: 8, width: 9 } } },
      ["error IMAGE_TOO_SMALL", "error IMAGE_TOO_SMALL"],
      /number 0 has 8 x 8 pixels, less than the image shape 8 x 9/,
    ],
    [
      "images beyond the shape",
      { dataset: { ...listed, imageShape: { channels: 3, height: 4, width: 4 } } },
      ["warning IMAGE_LARGER_THAN_SHAPE", "warning IMAGE_LARGER_THAN_SHAPE"],
      /would cut 4 x 4 out of it/,
    ],
    [
      "images of any size that are resized",
      {
        dataset: { ...single, imageShape: { channels: 3, height: 32, width: 32 } },
        hyperparameters: { miniBatchSize: 4, resize: 40 },
      },
      [],
      /^$/,
    ],
    [
      "no packed images",
      { dataset: { ...packed, train: { ...packed.train, images: "s3://scones/train/" } } },
      ["error DATA_NOT_FOUND"],
      /no \.rec file of train images under s3:\/\/scones\/train\//,
    ],
    [
      "packed images without a manifest, which they do not need",
      { dataset: { ...packed, train: { ...packed.train, manifest: "s3://scones/none.lst" } } },
      [],
      /^$/,
    ],
    [
      "three classes for two",
      { dataset: { ...single, labels: ["bicycle", "motorcycle", "tricycle"] } },
      ["warning CLASS_WITHOUT_IMAGES"],
      /train\.lst has no image of tricycle/,
    ],
    [
      "a model that is not there",
      { initialModel: trainedModel({ imageShape: single.imageShape }) },
      ["error MODEL_NOT_FOUND"],
      /no model at s3:\/\/scones\/models/,
    ],
  ])("finds %s", async (_, changes, expected, message) => {
    const findings = await check(changes);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
    expect(findings.map((finding) => `${finding.message} ${finding.remedy}`).join("\n")).toMatch(message);
    for (const { remedy } of findings) expect(remedy).toMatch(/^[A-Z].*[^.]\.$/s);
  });

  it.each<[string, string, string | Uint8Array, Partial<PreflightTrainingOptions>, string, RegExp]>([
    [
      "a manifest that is none",
      "x.lst",
      "hello\n".repeat(12),
      { dataset: using("x.lst") },
      "error MANIFEST_INVALID",
      /Line 1 of .* So it is with 12 lines/,
    ],
    [
      "a broken line",
      "x.lst",
      lst((line, index) => (index === 4 ? "4\t0.png\n" : line)),
      { dataset: using("x.lst") },
      "error MANIFEST_INVALID",
      /Line 5 of s3:\/\/scones\/x\.lst cannot be used: it must have/,
    ],
    [
      "a label that is none",
      "x.lst",
      lst((line, index) => (index === 4 ? "4\tbike\t4.png\n" : line)),
      { dataset: using("x.lst") },
      "error MANIFEST_INVALID",
      /its label is not a number/,
    ],
    [
      "an index that is none",
      "x.lst",
      lst((line, index) => (index === 4 ? "x\t0\t4.png\n" : line)),
      { dataset: using("x.lst") },
      "error MANIFEST_INVALID",
      /its index is not a whole number/,
    ],
    [
      "a label without a class",
      "x.lst",
      lst((line) => line.replace("\t1\t", "\t2\t")),
      { dataset: using("x.lst") },
      "error LABEL_OUT_OF_RANGE",
      /has the label 2, but 2 classes/,
    ],
    [
      "an index twice",
      "x.lst",
      lst((line, index) => (index === 4 ? "3\t0\t4.png\n" : line)),
      { dataset: using("x.lst") },
      "warning INDEX_REPEATED",
      /index 3/,
    ],
    [
      "an image that is not there",
      "x.lst",
      lst((line, index) => (index > 7 ? line.replace(".png", ".jpg") : line)),
      { dataset: using("x.lst") },
      "error IMAGE_MISSING",
      /4 of 12 train images .*: 8\.jpg, 9\.jpg, 10\.jpg and others\./,
    ],
    [
      "an empty image",
      "train/3.png",
      new Uint8Array(0),
      {},
      "error IMAGE_INVALID",
      /1 of 12 train images are empty: 3\.png\./,
    ],
    [
      "an image that is none",
      "train/11.png",
      "GIF89a",
      {},
      "error IMAGE_INVALID",
      /train image 11\.png is neither PNG nor JPEG/,
    ],
    [
      "a small image",
      "test/0.png",
      png(SIDE, SIDE - 1),
      {},
      "error IMAGE_TOO_SMALL",
      /validation image 0\.png has 8 x 7 pixels/,
    ],
    [
      "a file that is not packed",
      "train_rec/train.rec",
      "hello hello hello",
      { dataset: packed },
      "error IMAGE_INVALID",
      /does not begin with an image in MXNet's RecordIO/,
    ],
    [
      "a line that is no object",
      "train.manifest",
      augmented("train", (line, index) => (index === 0 ? "[]\n" : line)),
      { dataset: listed },
      "error MANIFEST_INVALID",
      /Line 1 .* it is no JSON object/,
    ],
    [
      "a line without an image",
      "train.manifest",
      augmented("train", (line, index) => (index === 1 ? '{"class":"0"}\n' : line)),
      { dataset: listed },
      "error MANIFEST_INVALID",
      /Line 2 .* its source-ref is no s3/,
    ],
    [
      "a listed image that is not there",
      "train.manifest",
      augmented("train", (line, index) => (index === 0 ? line.replace("/0.png", "/none.png") : line)),
      { dataset: listed },
      "error IMAGE_MISSING",
      /s3:\/\/scones\/train\/none\.png is not there/,
    ],
    [
      "a model that is none",
      "model.tar.gz",
      "hello",
      { initialModel: trainedModel({ artifact: "s3://scones/model.tar.gz", imageShape: single.imageShape }) },
      "error MODEL_NOT_FOUND",
      /is no model\.tar\.gz/,
    ],
  ])("finds %s", async (_, key, body, changes, code, message) => {
    await using own = await createLocalAws();
    await putDataset(own);
    await put(own, key, body);
    const findings = await check({ ...changes, clients: own.clients });
    expect(findings.map((finding) => `${finding.severity} ${finding.code}`)).toEqual([code]);
    expect(findings[0]?.message).toMatch(message);
  });

  it("reads several labels of an augmented manifest in both of their forms", async () => {
    const dataset = (labelFormat?: "class-id") => ({
      ...listed,
      train: { ...listed.train, manifest: "s3://scones/several.manifest", count: 1 },
      ...(labelFormat === undefined ? {} : { labelFormat }),
    });
    const hyperparameters = { multiLabel: true, miniBatchSize: 1 };
    const line = (labels: string) => JSON.stringify({ "source-ref": "s3://scones/train/0.png", class: labels });
    await put(local, "several.manifest", line("[1,1]"));
    expect(await codes({ dataset: dataset(), hyperparameters })).toEqual([]);
    expect(await codes({ dataset: dataset("class-id"), hyperparameters })).toEqual(["warning CLASS_WITHOUT_IMAGES"]);
    await put(local, "several.manifest", line("[0,0,1]"));
    expect(await codes({ dataset: dataset(), hyperparameters })).toContain("error LABEL_OUT_OF_RANGE");
    await put(local, "several.manifest", line("bike"));
    expect(await codes({ dataset: dataset(), hyperparameters })).toContain("error MANIFEST_INVALID");
  });

  it("turns what is denied, or cannot be answered now, into warnings, and goes on", async () => {
    const fault = (operation: string, error: string, status: number) =>
      local.injectFault({ service: "s3", operation, kind: "fail", error, status });
    {
      using _ = fault("GetObject", "AccessDenied", 403);
      const findings = await check({ output: "s3://nowhere/models" });
      expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["BUCKET_NOT_FOUND", "ACCESS_DENIED"]));
      expect(findings.find(({ code }) => code === "ACCESS_DENIED")).toMatchObject({
        severity: "warning",
        message: expect.stringMatching(/could not be checked: access is denied/),
        remedy: expect.stringMatching(/Allow s3:GetObject on s3:\/\/scones\//),
      });
    }
    {
      using _ = fault("ListObjectsV2", "AccessDenied", 403);
      expect(await codes()).toEqual(["warning ACCESS_DENIED", "warning ACCESS_DENIED"]);
    }
    {
      using _ = fault("HeadBucket", "AccessDenied", 403);
      expect(await codes()).toEqual(["warning ACCESS_DENIED"]);
    }
    {
      using _ = fault("ListObjectsV2", "SlowDown", 503);
      const s3 = new S3Client({ ...local.clientConfig, forcePathStyle: true, maxAttempts: 1 });
      const clients = { ...local.clients, s3 };
      expect(await codes({ clients })).toEqual(["warning CHECK_INCOMPLETE", "warning CHECK_INCOMPLETE"]);
    }
    {
      using _ = local.injectFault({
        service: "sagemaker",
        operation: "DescribeTrainingJob",
        kind: "fail",
        error: "AccessDeniedException",
      });
      expect(await codes({ jobName: "a-name" })).toEqual(["warning ACCESS_DENIED"]);
    }
  });

  it("passes on expired credentials, and the caller's own reason", async () => {
    using _ = local.injectFault({
      service: "s3",
      operation: "HeadBucket",
      kind: "fail",
      error: "ExpiredToken",
      status: 400,
    });
    // The answer to HEAD has no body, so that the listing that follows tells the name.
    using __ = local.injectFault({
      service: "s3",
      operation: "ListObjectsV2",
      kind: "fail",
      error: "ExpiredToken",
      status: 400,
    });
    await expect(check()).rejects.toMatchObject({ name: "ExpiredToken" });
    const reason = new Error("enough");
    await expect(check({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("refuses options of the wrong kind", async () => {
    await expect(check({ outputs: "s3://scones" } as never)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    await expect(check({ hyperparameters: { num_layers: 18 } } as never)).rejects.toThrow(/is written numLayers here/);
    await expect(check({ dataset: {} } as never)).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  it("knows regions without the algorithm", async () => {
    const sagemaker = new SageMakerClient({ ...local.clientConfig, region: "mx-central-1" });
    const findings = await check({ clients: { ...local.clients, sagemaker } });
    expect(findings.map(({ code }) => code)).toContain("REGION_UNSUPPORTED");
    expect(findings.map(({ code }) => code)).toContain("BUCKET_IN_OTHER_REGION");
  });
});

describe("a name of one's own", () => {
  it("is taken by a job of that name, for good; one of ours never is", async () => {
    await trainImageClassifier({ ...options(), hyperparameters: { miniBatchSize: 4, epochs: 1 }, jobName: "taken" });
    expect(await codes({ jobName: "taken" })).toEqual(["error NAME_TAKEN"]);
    expect(await codes()).toEqual([]);
  });
});

/** The data set, with another manifest of its training images. */
function using(manifest: string) {
  return { ...single, train: { ...single.train, manifest: `s3://scones/${manifest}` } };
}

it("docs/training.md explains every code", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const [, union = ""] =
    /type PreflightCode =([^;]*);/.exec(read("src/training/preflight/preflight-findings.ts")) ?? [];
  const all = [...union.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code);
  const documented = [...read("docs/training.md").matchAll(/^\| `([A-Z_]+)` \| (?:error|warning) \|/gm)];
  expect(all.length).toBeGreaterThan(20);
  expect(documented.map(([, code]) => code).toSorted()).toEqual(all.toSorted());
});
