import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { openS3Bench, type S3UnderTest } from "./s3-bench.js";

/** What a client of S3 relies on, whoever answers. */
export function describeS3(name: string, create: () => Promise<S3UnderTest>): void {
  describe(`S3 ${name}`, () => {
    const bench = openS3Bench(create);
    const { newBucket, text, failure } = bench;

    it("creates, describes, lists and deletes a bucket", async () => {
      const Bucket = await newBucket();
      expect((await bench.s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe("us-east-1");
      expect((await bench.s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
      const { Buckets } = await bench.s3.send(new ListBucketsCommand({ Prefix: Bucket }));
      expect(Buckets?.map((bucket) => bucket.Name)).toEqual([Bucket]);
      bench.forget(Bucket);
      await bench.s3.send(new DeleteBucketCommand({ Bucket }));
      expect(await failure(bench.s3.send(new HeadBucketCommand({ Bucket })))).toBeInstanceOf(NotFound);
    });

    it("keeps a bucket that still holds objects", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "1" }));
      expect((await failure(bench.s3.send(new DeleteBucketCommand({ Bucket })))).name).toBe("BucketNotEmpty");
    });

    it("refuses names that no bucket may have", async () => {
      const call = bench.s3.send(new CreateBucketCommand({ Bucket: "Not_A_Bucket" }));
      expect((await failure(call)).name).toBe("InvalidBucketName");
    });

    it("gives back bytes, type and metadata of an object", async () => {
      const Bucket = await newBucket();
      const put = await bench.s3.send(
        new PutObjectCommand({
          Bucket,
          Key: "a.txt",
          Body: "hello",
          ContentType: "text/plain",
          CacheControl: "no-store",
          ContentEncoding: "identity",
          ContentDisposition: "inline",
          Metadata: { label: "bicycle" },
        }),
      );
      expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
      const got = await bench.s3.send(new GetObjectCommand({ Bucket, Key: "a.txt" }));
      expect(got).toMatchObject({
        ContentType: "text/plain",
        CacheControl: "no-store",
        ContentEncoding: "identity",
        ContentDisposition: "inline",
        ContentLength: 5,
        ETag: put.ETag,
        Metadata: { label: "bicycle" },
        ChecksumCRC32: put.ChecksumCRC32,
      });
      expect(await got.Body?.transformToString()).toBe("hello");
      const head = await bench.s3.send(new HeadObjectCommand({ Bucket, Key: "a.txt" }));
      expect(head).toMatchObject({ ContentLength: 5, ETag: put.ETag, Metadata: { label: "bicycle" } });
    });

    it("stores a stream as its bytes, without the framing of the wire", async () => {
      const Bucket = await newBucket();
      const chunks = [Buffer.alloc(70_000, 1), Buffer.alloc(3, 2), Buffer.alloc(130_000, 3)];
      const whole = Buffer.concat(chunks);
      const Body = Readable.from(chunks, { objectMode: false });
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: whole.length }));
      const got = await bench.s3.send(new GetObjectCommand({ Bucket, Key: "stream" }));
      expect(got.ContentEncoding).toBeUndefined();
      expect(got.ETag).toBe(`"${createHash("md5").update(whole).digest("hex")}"`);
      expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(whole)).toBe(true);
    });

    it("stores nothing of an upload that is given up", async () => {
      const Bucket = await newBucket();
      const controller = new AbortController();
      async function* stalling() {
        yield Buffer.alloc(100_000);
        setImmediate(() => controller.abort(new Error("changed my mind")));
        await new Promise(() => {});
      }
      const put = new PutObjectCommand({
        Bucket,
        Key: "half",
        Body: Readable.from(stalling()),
        ContentLength: 200_000,
      });
      const error = await failure(bench.s3.send(put, { abortSignal: controller.signal }));
      expect(error.name).toBe("AbortError");
      expect(await failure(text(Bucket, "half"))).toBeInstanceOf(NoSuchKey);
    });

    it("stores an empty object", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "empty", Body: new Uint8Array(0) }));
      expect(await text(Bucket, "empty")).toBe("");
    });

    it.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)("keeps a %s checksum", async (algorithm) => {
      const Bucket = await newBucket();
      if (algorithm === "CRC64NVME") {
        // The SDK computes this one only with a further package; the value is the algorithm's published check value.
        const ChecksumCRC64NVME = Buffer.from("ae8b14860a799888", "hex").toString("base64");
        const put = await bench.s3.send(
          new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", ChecksumCRC64NVME }),
        );
        expect(put.ChecksumCRC64NVME).toBe(ChecksumCRC64NVME);
      } else {
        await bench.s3.send(
          new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", ChecksumAlgorithm: algorithm }),
        );
      }
      const head = await bench.s3.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
      expect(head[`Checksum${algorithm}`]).toMatch(/^[A-Za-z0-9+/]+=*$/);
      expect(head.ChecksumType).toBe("FULL_OBJECT");
    });

    it("refuses a body that does not fit its checksum or its MD5, and stores nothing", async () => {
      const Bucket = await newBucket();
      const wrong = { Bucket, Key: "bad", Body: "hello" };
      const byChecksum = bench.s3.send(new PutObjectCommand({ ...wrong, ChecksumCRC32: "AAAAAA==" }));
      expect((await failure(byChecksum)).name).toBe("BadDigest");
      const byMd5 = bench.s3.send(new PutObjectCommand({ ...wrong, ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" }));
      expect((await failure(byMd5)).name).toBe("BadDigest");
      expect(await failure(bench.s3.send(new HeadObjectCommand({ Bucket, Key: "bad" })))).toBeInstanceOf(NotFound);
    });

    it("names what is missing", async () => {
      const Bucket = await newBucket();
      expect(await failure(text(Bucket, "none"))).toBeInstanceOf(NoSuchKey);
      expect(await failure(text(`${Bucket}-none`, "none"))).toBeInstanceOf(NoSuchBucket);
      const put = bench.s3.send(new PutObjectCommand({ Bucket: `${Bucket}-none`, Key: "a", Body: "1" }));
      expect(await failure(put)).toBeInstanceOf(NoSuchBucket);
    });

    it("gives parts of an object", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "digits", Body: "0123456789" }));
      const part = async (Range: string) => {
        const got = await bench.s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
        return [got.$metadata.httpStatusCode, got.ContentRange, await got.Body?.transformToString()];
      };
      expect(await part("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
      expect(await part("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
      expect(await part("bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
      expect(await part("bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
      expect(await part("lines=1-2")).toEqual([200, undefined, "0123456789"]);
      expect(await failure(part("bytes=10-"))).toMatchObject({
        name: "InvalidRange",
        $metadata: { httpStatusCode: 416 },
      });
    });

    it("reads and writes under conditions", async () => {
      const Bucket = await newBucket();
      const key = { Bucket, Key: "k" };
      const create = (Body: string) => bench.s3.send(new PutObjectCommand({ ...key, Body, IfNoneMatch: "*" }));
      const { ETag } = await create("1");
      expect((await failure(create("2"))).$metadata.httpStatusCode).toBe(412);
      const replaced = await bench.s3.send(new PutObjectCommand({ ...key, Body: "3", IfMatch: ETag }));
      const stale = bench.s3.send(new PutObjectCommand({ ...key, Body: "4", IfMatch: ETag }));
      expect((await failure(stale)).$metadata.httpStatusCode).toBe(412);
      const absent = bench.s3.send(new PutObjectCommand({ Bucket, Key: "none", Body: "4", IfMatch: ETag }));
      expect((await failure(absent)).$metadata.httpStatusCode).toBe(404);

      const get = (conditions: object) => bench.s3.send(new GetObjectCommand({ ...key, ...conditions }));
      expect(await (await get({ IfMatch: replaced.ETag })).Body?.transformToString()).toBe("3");
      expect((await failure(get({ IfMatch: ETag }))).$metadata.httpStatusCode).toBe(412);
      expect((await failure(get({ IfNoneMatch: replaced.ETag }))).$metadata.httpStatusCode).toBe(304);
      const past = new Date(Date.now() - 86_400_000);
      expect((await failure(get({ IfUnmodifiedSince: past }))).$metadata.httpStatusCode).toBe(412);
      expect((await failure(get({ IfModifiedSince: new Date() }))).$metadata.httpStatusCode).toBe(304);
      expect(await (await get({ IfModifiedSince: past })).Body?.transformToString()).toBe("3");
    });

    it("lets one of many writers create a key", async () => {
      const Bucket = await newBucket();
      const put = (Body: string) => bench.s3.send(new PutObjectCommand({ Bucket, Key: "k", Body, IfNoneMatch: "*" }));
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => put(String(index))));
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    });

    it("copies an object with or without its metadata", async () => {
      const Bucket = await newBucket();
      const Key = "from/a b&ü";
      await bench.s3.send(
        new PutObjectCommand({ Bucket, Key, Body: "1", ContentType: "text/plain", Metadata: { a: "1" } }),
      );
      const CopySource = `${Bucket}/${encodeURIComponent(Key)}`;
      await bench.s3.send(new CopyObjectCommand({ Bucket, Key: "kept", CopySource }));
      const kept = await bench.s3.send(new HeadObjectCommand({ Bucket, Key: "kept" }));
      expect(kept).toMatchObject({ ContentType: "text/plain", Metadata: { a: "1" } });
      const replacing = { MetadataDirective: "REPLACE", Metadata: { b: "2" } } as const;
      await bench.s3.send(new CopyObjectCommand({ Bucket, Key: "replaced", CopySource, ...replacing }));
      expect((await bench.s3.send(new HeadObjectCommand({ Bucket, Key: "replaced" }))).Metadata).toEqual({ b: "2" });
      const onItself = bench.s3.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
      expect((await failure(onItself)).name).toBe("InvalidRequest");
      const none = bench.s3.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource: `${Bucket}/none` }));
      expect(await failure(none)).toBeInstanceOf(NoSuchKey);
    });

    it("deletes what is there and what is not", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "1" }));
      await bench.s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
      await bench.s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
      expect(await failure(text(Bucket, "a"))).toBeInstanceOf(NoSuchKey);
    });

    it("answers only the bucket's owner when asked to", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: bench.accountId }));
      const other = bench.s3.send(
        new PutObjectCommand({ Bucket, Key: "a", Body: "1", ExpectedBucketOwner: "999999999999" }),
      );
      expect(await failure(other)).toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    });

    it("never mistakes a subresource for the object itself", async () => {
      const Bucket = await newBucket();
      await bench.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "the object" }));
      const tagging = bench.s3.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging: { TagSet: [] } }));
      await tagging.catch((error: Error) => expect(error.name).toBe("NotImplemented"));
      await bench.s3.send(new GetBucketAclCommand({ Bucket })).catch((error: Error) => {
        expect(error.name).toBe("NotImplemented");
      });
      expect(await text(Bucket, "a")).toBe("the object");
    });
  });
}
