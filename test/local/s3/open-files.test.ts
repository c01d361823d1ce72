import { existsSync, mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";

/** Where Linux shows the open files of a process. */
const DESCRIPTORS = "/proc/self/fd";

let directory: string;
let local: LocalAws;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "scones-open-"));
  local = await createLocalAws({ directory });
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  await local.clients.s3.send(new PutObjectCommand({ Bucket: "bucket", Key: "key", Body: "bytes" }));
});
afterEach(async () => {
  await local.close();
  rmSync(directory, { recursive: true });
});

function openFiles(): readonly string[] {
  return readdirSync(DESCRIPTORS)
    .map((descriptor) => {
      try {
        return readlinkSync(join(DESCRIPTORS, descriptor));
      } catch {
        // The one that this listing itself had open.
        return "";
      }
    })
    .filter((path) => ["buckets", "uploads"].some((folder) => path.startsWith(join(directory, folder))));
}

it.skipIf(!existsSync(DESCRIPTORS)).each([
  ["a bucket that is not there", { Bucket: "missing" }],
  ["a checksum that S3 does not know", { Bucket: "bucket", ChecksumAlgorithm: "CRC33" as "CRC32" }],
])("closes the source of a copy that is refused for %s", async (_name, target) => {
  const copy = new CopyObjectCommand({ Key: "copy", CopySource: "bucket/key", ...target });
  await expect(local.clients.s3.send(copy)).rejects.toThrow();
  await expect.poll(openFiles).toEqual([]);
});

it.skipIf(!existsSync(DESCRIPTORS))("closes a file that turns out to be no object", async () => {
  const target = { Bucket: "bucket", Key: "upload" };
  const { UploadId = "" } = await local.clients.s3.send(new CreateMultipartUploadCommand(target));
  await local.clients.s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: "part" }));
  renameSync(
    join(directory, "uploads", UploadId, "part-00001"),
    join(directory, "buckets", "k=bucket", "objects", "k=key"),
  );
  await expect(local.clients.s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "key" }))).rejects.toThrow();
  await expect.poll(openFiles).toEqual([]);
});
