import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect } from "vitest";

/** Something that speaks S3. */
export interface S3UnderTest {
  readonly s3: S3Client;
  readonly accountId: string;
  close(): Promise<void>;
}

/** What a contract works with; to be used within tests only. */
export interface S3Bench {
  readonly s3: S3Client;
  readonly accountId: string;
  /** Creates a bucket that is emptied and deleted in the end. */
  newBucket(): Promise<string>;
  /** Says that a test deletes a bucket itself. */
  forget(bucket: string): void;
  text(Bucket: string, Key: string): Promise<string | undefined>;
  /** The error that a call ends with. */
  failure(call: Promise<unknown>): Promise<Error & { readonly $metadata: { readonly httpStatusCode?: number } }>;
}

/** Opens an S3 before the tests of a suite and clears up after them. */
export function openS3Bench(create: () => Promise<S3UnderTest>): S3Bench {
  let tested: S3UnderTest | undefined;
  let count = 0;
  const made = new Set<string>();
  const opened = () => tested ?? expect.fail("the S3 under test is not open yet");
  beforeAll(async () => {
    tested = await create();
  });
  afterAll(async () => {
    const { s3 } = opened();
    for (const Bucket of made) {
      for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket })) {
        for (const { Key } of page.Contents ?? []) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      }
      await s3.send(new DeleteBucketCommand({ Bucket }));
    }
    await opened().close();
  });
  return {
    get s3() {
      return opened().s3;
    },
    get accountId() {
      return opened().accountId;
    },
    async newBucket() {
      const Bucket = `scones-contract-${process.pid}-${Date.now()}-${count++}`;
      await opened().s3.send(new CreateBucketCommand({ Bucket }));
      made.add(Bucket);
      return Bucket;
    },
    forget(bucket) {
      made.delete(bucket);
    },
    async text(Bucket, Key) {
      return (await opened().s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
    },
    async failure(call) {
      const error: unknown = await call.then(
        () => expect.fail("the call should have failed"),
        (reason: unknown) => reason,
      );
      return error as Awaited<ReturnType<S3Bench["failure"]>>;
    },
  };
}
