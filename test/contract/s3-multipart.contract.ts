import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  type ChecksumType,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  NoSuchUpload,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createChecksum } from "../../src/local/s3/checksums.js";
import type { S3UnderTest } from "./s3-bench.js";

const MEBIBYTE = 1024 * 1024;
const PARTS = [Buffer.alloc(5 * MEBIBYTE, "bicycle"), Buffer.alloc(300_000, "motorcycle")];
const WHOLE = Buffer.concat(PARTS);
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();

/** What a client of S3 relies on for multipart uploads, whoever answers. */
export function describeS3Multipart(name: string, create: () => Promise<S3UnderTest>): void {
  describe(`S3 multipart upload ${name}`, () => {
    const Bucket = `scones-contract-parts-${process.pid}-${Date.now()}`;
    const Key = "big";
    let tested: S3UnderTest;
    let s3: S3Client;
    beforeAll(async () => {
      tested = await create();
      s3 = tested.s3;
      await s3.send(new CreateBucketCommand({ Bucket }));
    });
    afterAll(async () => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await tested.close();
    });

    const start = async (settings: { ChecksumAlgorithm?: ChecksumAlgorithm; ChecksumType?: ChecksumType } = {}) =>
      (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "image/png", ...settings })))
        .UploadId;
    const upload = (UploadId: string | undefined, index: number, ChecksumAlgorithm?: ChecksumAlgorithm) =>
      s3.send(
        new UploadPartCommand({
          ...{ Bucket, Key, UploadId, PartNumber: index + 1, Body: PARTS[index] ?? "" },
          ...(ChecksumAlgorithm === undefined ? {} : { ChecksumAlgorithm }),
        }),
      );
    const complete = (UploadId: string | undefined, Parts: { PartNumber: number; ETag: string | undefined }[]) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));

    it("joins the parts, in order, into one object", async () => {
      const UploadId = await start();
      const second = await upload(UploadId, 1);
      const first = await upload(UploadId, 0);
      const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
      expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [1, 5 * MEBIBYTE],
        [2, 300_000],
      ]);
      const page = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId, MaxParts: 1 }));
      expect([page.IsTruncated, page.NextPartNumberMarker]).toEqual([true, "1"]);

      const done = await complete(UploadId, [
        { PartNumber: 1, ETag: first.ETag },
        { PartNumber: 2, ETag: second.ETag },
      ]);
      const etag = `"${md5(Buffer.concat(PARTS.map(md5))).toString("hex")}-2"`;
      expect(done.ETag).toBe(etag);
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(got).toMatchObject({ ETag: etag, ContentType: "image/png", ContentLength: WHOLE.length });
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(WHOLE)).toBe(true);
      const range = `bytes=${5 * MEBIBYTE - 2}-${5 * MEBIBYTE + 1}`;
      const part = await s3.send(new GetObjectCommand({ Bucket, Key, Range: range }));
      expect(await part.Body?.transformToString()).toBe(WHOLE.subarray(5 * MEBIBYTE - 2, 5 * MEBIBYTE + 2).toString());
    });

    it("knows the checksum of the whole object from those of its parts", async () => {
      for (const algorithm of ["CRC32", "CRC32C"] as const) {
        const UploadId = await start({ ChecksumAlgorithm: algorithm, ChecksumType: "FULL_OBJECT" });
        const parts = [await upload(UploadId, 0, algorithm), await upload(UploadId, 1, algorithm)];
        const done = await complete(
          UploadId,
          parts.map(({ ETag }, index) => ({ PartNumber: index + 1, ETag })),
        );
        const checksum = createChecksum(algorithm);
        checksum.update(WHOLE);
        expect(done[`Checksum${algorithm}`]).toBe(checksum.digest().toString("base64"));
        // The SDK holds the bytes against the checksum while reading.
        const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
        expect((await got.Body?.transformToByteArray())?.length).toBe(WHOLE.length);
      }
    });

    it("makes a composite checksum of the parts' checksums", async () => {
      const UploadId = await start({ ChecksumAlgorithm: "SHA256" });
      await expect(upload(UploadId, 0, "CRC32")).rejects.toMatchObject({ name: "InvalidRequest" });
      const parts = [await upload(UploadId, 0, "SHA256"), await upload(UploadId, 1, "SHA256")];
      await complete(
        UploadId,
        parts.map(({ ETag }, index) => ({ PartNumber: index + 1, ETag })),
      );
      const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
      expect(head.ChecksumSHA256).toBe(`${sha256(Buffer.concat(PARTS.map(sha256))).toString("base64")}-2`);
      expect(head.ChecksumType).toBe("COMPOSITE");
    });

    it("takes parts from another object", async () => {
      const UploadId = await start();
      const copy = { Bucket, Key, UploadId, CopySource: `${Bucket}/${Key}` };
      const first = await s3.send(new UploadPartCopyCommand({ ...copy, PartNumber: 1 }));
      const ranged = { ...copy, PartNumber: 2, CopySourceRange: "bytes=0-6" };
      const second = await s3.send(new UploadPartCopyCommand(ranged));
      const outside = s3.send(new UploadPartCopyCommand({ ...ranged, CopySourceRange: `bytes=0-${WHOLE.length}` }));
      expect(await outside.catch((error: Error) => error.name)).toBe("InvalidArgument");
      await complete(UploadId, [
        { PartNumber: 1, ETag: first.CopyPartResult?.ETag },
        { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
      ]);
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      expect(head.ContentLength).toBe(WHOLE.length + 7);
    });

    it("refuses parts that are small, unknown or out of order", async () => {
      const UploadId = await start();
      const [first, second] = [await upload(UploadId, 0), await upload(UploadId, 1)];
      const again = await s3.send(
        new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 3, Body: "the part after a small one" }),
      );
      const outcome = (parts: { PartNumber: number; ETag: string | undefined }[]) =>
        complete(UploadId, parts).then(
          () => "done",
          (error: Error) => error.name,
        );
      expect(
        await outcome([
          { PartNumber: 2, ETag: second.ETag },
          { PartNumber: 1, ETag: first.ETag },
        ]),
      ).toBe("InvalidPartOrder");
      expect(await outcome([{ PartNumber: 1, ETag: second.ETag }])).toBe("InvalidPart");
      expect(await outcome([{ PartNumber: 9, ETag: first.ETag }])).toBe("InvalidPart");
      expect(
        await outcome([
          { PartNumber: 2, ETag: second.ETag },
          { PartNumber: 3, ETag: again.ETag },
        ]),
      ).toBe("EntityTooSmall");
      expect(
        await outcome([
          { PartNumber: 1, ETag: first.ETag },
          { PartNumber: 2, ETag: second.ETag },
        ]),
      ).toBe("done");
    });

    it("forgets an upload that is aborted", async () => {
      const UploadId = await start();
      await upload(UploadId, 1);
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      await expect(upload(UploadId, 0)).rejects.toBeInstanceOf(NoSuchUpload);
      const unknown = s3.send(new ListPartsCommand({ Bucket, Key, UploadId: "../../buckets" }));
      await expect(unknown).rejects.toBeInstanceOf(NoSuchUpload);
    });
  });
}
