import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";
import { requestShapes } from "../../../src/local/sagemaker/request-shapes.js";
import { checkShape } from "../../../src/local/shapes.js";
import { buildTrainingJobRequest } from "../../../src/training/request/build-training-job-request.js";
import { CASES, COURSE } from "./requests.js";

/** What the requests name in S3; the local SageMaker accepts a job when something is there. */
const KEYS = [
  "train/0.png",
  "test/0.png",
  "train.lst",
  "test.lst",
  "rec/train.rec",
  "rec/test.rec",
  "gt/train.manifest",
  "gt/test.manifest",
  "models/earlier/output/model.tar.gz",
];

let local: LocalAws;
beforeAll(async () => {
  local = await createLocalAws({ trainer: { network: "small", threads: 1 } });
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  for (const Key of KEYS) await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key, Body: "-" }));
});
afterAll(() => local.close());

describe("the request for", () => {
  it.each(CASES)("$name is exactly as reviewed, and the local AWS accepts it", async ({ name, options, golden }) => {
    const request = buildTrainingJobRequest({ ...COURSE, ...options });
    // Through JSON, as it goes over the wire: nothing is there that is undefined.
    expect(JSON.parse(JSON.stringify(request))).toEqual(golden);
    expect(checkShape(requestShapes.CreateTrainingJob, golden)).toEqual([]);

    const TrainingJobName = `case-${CASES.findIndex((one) => one.name === name)}`;
    await local.clients.sagemaker.send(new CreateTrainingJobCommand({ ...request, TrainingJobName }));
    const { Tags, ...described } = golden;
    const job = await local.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    expect(job).toMatchObject({ ...described, TrainingJobName });
    expect(Tags).toContainEqual({ Key: "created-by", Value: "scones-ml" });
  });
});

describe("the local AWS", () => {
  it.each<[string, object, RegExp]>([
    [
      "a network without a security group",
      { VpcConfig: { Subnets: ["a"] } },
      /'vpcConfig.securityGroupIds' .* not be null/,
    ],
    [
      "too many subnets",
      { VpcConfig: { Subnets: Array(17).fill("a"), SecurityGroupIds: ["b"] } },
      /'vpcConfig.subnets' .* length less than or equal to 16/,
    ],
    [
      "a subnet by ARN",
      { VpcConfig: { Subnets: ["arn:a"], SecurityGroupIds: ["b"] } },
      /'arn:a' at 'vpcConfig.subnets.1.member' .* pattern: \[-0-9a-zA-Z\]\+/,
    ],
    ["a variable that is no name", { Environment: { "A-B": "1" } }, /'environment.key' .* pattern/],
    ["a value that is too long", { Environment: { A: "x".repeat(513) } }, /'environment.A.member' .* 512/],
    ["31 attempts", { RetryStrategy: { MaximumRetryAttempts: 31 } }, /'retryStrategy.maximumRetryAttempts' .* 30/],
    ["checkpoints nowhere", { CheckpointConfig: {} }, /'checkpointConfig.s3Uri' .* not be null/],
    ["checkpoints at no location", { CheckpointConfig: { S3Uri: "x" } }, /'x' at 'checkpointConfig.s3Uri' .* pattern/],
    ["text for a switch", { EnableManagedSpotTraining: "yes" }, /'enableManagedSpotTraining'/],
    [
      "a key that is none",
      { OutputDataConfig: { S3OutputPath: "s3://scones/models", KmsKeyId: "my key" } },
      /'my key' at 'outputDataConfig.kmsKeyId' .* pattern/,
    ],
    ["a tag with a comma", { Tags: [{ Key: "team", Value: "a,b" }] }, /'a,b' at 'tags.1.member.value' .* pattern/],
  ])("refuses %s in AWS's words", async (_, changes, message) => {
    const request = { ...buildTrainingJobRequest({ ...COURSE, jobName: "refused" }), ...changes };
    await expect(local.clients.sagemaker.send(new CreateTrainingJobCommand(request as never))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(message),
    });
  });
});
