import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import { preflightTraining } from "../../../src/training/preflight/preflight-training.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { png, single } from "./dataset.js";

const body = (bytes: string | Uint8Array) => ({ transformToByteArray: async () => Buffer.from(bytes) });

const credentials = { accessKeyId: "a", secretAccessKey: "b" };
let client: S3Client;
let s3: ReturnType<typeof mockClient>;
beforeEach(() => {
  client = new S3Client({ region: "us-east-1", credentials });
  s3 = mockClient(client).rejects("not expected");
  s3.on(HeadBucketCommand).resolves({ BucketRegion: "us-east-1" });
});

const check = (count: number) =>
  preflightTraining({
    dataset: { ...single, train: { ...single.train, count }, validation: { ...single.validation, count } },
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    hyperparameters: { miniBatchSize: 1 },
    clients: { s3: client, sagemaker: new SageMakerClient({ region: "us-east-1", credentials }) },
  });

it("looks at no more than 100,000 objects of a split, and says what it did not see", async () => {
  s3.on(ListObjectsV2Command).callsFake(({ Prefix, ContinuationToken = "0", MaxKeys }) => {
    const page = Number(ContinuationToken);
    const Contents = Array.from({ length: MaxKeys }, (_, index) => ({
      Key: `${Prefix}${String(page * 1000 + index).padStart(7, "0")}.png`,
      Size: 100,
    }));
    return { Contents, IsTruncated: true, NextContinuationToken: String(page + 1) };
  });
  // One image is there, one is missing among those listed, and of one beyond them nothing is known.
  const rows = ["0000000.png", "0000001.jpg", "9999999.png"].map((name, index) => `${index}\t${index % 2}\t${name}\n`);
  s3.on(GetObjectCommand).callsFake(({ Key }) => ({ Body: body(Key.endsWith(".lst") ? rows.join("") : png()) }));

  const findings = await check(3);
  expect(s3.commandCalls(ListObjectsV2Command)).toHaveLength(200);
  expect(findings.map(({ code }) => code)).toEqual([
    "IMAGE_MISSING",
    "IMAGE_MISSING",
    "CHECK_INCOMPLETE",
    "CHECK_INCOMPLETE",
  ]);
  expect(findings[0]?.message).toMatch(/^1 of 3 train images .*: 0000001\.jpg\.$/);
});

it("reads no more than 64 MiB of a manifest, and leaves out the line that is cut", async () => {
  s3.on(ListObjectsV2Command).resolves({
    Contents: [
      { Key: "train/0.png", Size: 1 },
      { Key: "test/0.png", Size: 1 },
    ],
  });
  s3.on(GetObjectCommand).callsFake(({ Key, Range }) => {
    if (!Key.endsWith(".lst")) return { Body: body(png()) };
    expect(Range).toBe("bytes=0-67108863");
    return { Body: body("0\t0\t0.png\n1\t1\t0.p"), ContentRange: "bytes 0-67108863/99999999" };
  });
  const findings = await check(4_000_000);
  expect(findings.map(({ code }) => code)).toEqual(["CHECK_INCOMPLETE", "CHECK_INCOMPLETE"]);
  expect(findings[0]?.message).toBe("s3://scones/train.lst was read up to 67108864 bytes only.");
});

it("finds the region of a bucket in the refusal of S3, which has no body", async () => {
  const headers = { "x-amz-bucket-region": "eu-west-1" };
  const moved = Object.assign(new Error(), { name: "301", $metadata: { httpStatusCode: 301 }, $response: { headers } });
  s3.on(HeadBucketCommand).rejects(moved);
  const findings = await check(1);
  expect(findings.map(({ code }) => code)).toEqual(["BUCKET_IN_OTHER_REGION"]);
  expect(findings[0]?.message).toMatch(/lies in eu-west-1, but the job runs in us-east-1/);
});
