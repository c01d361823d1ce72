import { GetObjectCommand, HeadBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { preflightTraining } from "../../../src/training/preflight/preflight-training.js";
import { ROLE_ARN } from "../../helpers/contracts.js";
import { png, single } from "./dataset.js";

const body = (bytes: string | Uint8Array) => ({ transformToByteArray: async () => Buffer.from(bytes) });

it("looks at no more than 100,000 objects of a split, and says what it did not see", async () => {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const client = new S3Client({ region: "us-east-1", credentials });
  const s3 = mockClient(client);
  s3.rejects("not expected").on(HeadBucketCommand).resolves({ BucketRegion: "us-east-1" });
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

  const splits = { train: { ...single.train, count: 3 }, validation: { ...single.validation, count: 3 } };
  const findings = await preflightTraining({
    dataset: { ...single, ...splits },
    roleArn: ROLE_ARN,
    output: "s3://scones/models",
    hyperparameters: { miniBatchSize: 1 },
    clients: { s3: client, sagemaker: new SageMakerClient({ region: "us-east-1", credentials }) },
  });
  expect(s3.commandCalls(ListObjectsV2Command)).toHaveLength(200);
  expect(findings.map(({ code }) => code)).toEqual([
    "IMAGE_MISSING",
    "IMAGE_MISSING",
    "CHECK_INCOMPLETE",
    "CHECK_INCOMPLETE",
  ]);
  expect(findings[0]?.message).toMatch(/^1 of 3 train images .*: 0000001\.jpg\.$/);
});
