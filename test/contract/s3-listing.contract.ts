import {
  DeleteObjectsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { openS3Bench, type S3UnderTest } from "./s3-bench.js";

/** Ways to spell a key that have broken S3 servers. */
export const HOSTILE_KEYS = [
  "p/x",
  "p/x/y",
  "p",
  "p/",
  "a&b'c\"d<e>",
  "with space+plus%20percent",
  "ümläut/日本/🚲",
  "../../etc/passwd",
  "a/../b",
  "a/./b",
  "//double//slash",
  ".",
  "..",
  "con",
  "CaseSensitive",
  "casesensitive",
  "line\nbreak\ttab",
  "__proto__",
  "constructor",
  "k".repeat(1024),
  `${"s".repeat(300)}/${"é".repeat(300)}`,
];

/** What a client of S3 relies on for keys and listings, whoever answers. */
export function describeS3Listing(name: string, create: () => Promise<S3UnderTest>): void {
  describe(`S3 keys and listings ${name}`, () => {
    const bench = openS3Bench(create);
    const { newBucket, text, failure } = bench;

    it("takes any key, and lists keys in UTF-8 byte order", async () => {
      const Bucket = await newBucket();
      for (const Key of HOSTILE_KEYS)
        await bench.s3.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
      const byBytes = [...HOSTILE_KEYS].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const EncodingType of [undefined, "url"] as const) {
        const listed: string[] = [];
        for await (const page of paginateListObjectsV2({ client: bench.s3 }, { Bucket, MaxKeys: 4, EncodingType })) {
          for (const { Key = "" } of page.Contents ?? []) listed.push(EncodingType ? decodeURIComponent(Key) : Key);
        }
        expect(listed).toEqual(byBytes);
      }
      for (const Key of HOSTILE_KEYS) expect(await text(Bucket, Key)).toBe(`body of ${Key}`);
      await bench.s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: HOSTILE_KEYS.map((Key) => ({ Key })) } }),
      );
      expect((await bench.s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    });

    it("refuses a key of more than 1,024 bytes", async () => {
      const Bucket = await newBucket();
      const call = bench.s3.send(new PutObjectCommand({ Bucket, Key: "é".repeat(513), Body: "1" }));
      expect((await failure(call)).name).toBe("KeyTooLongError");
    });

    it("folds keys below a delimiter into common prefixes", async () => {
      const Bucket = await newBucket();
      for (const Key of ["a/1", "a/2", "b", "c/d/1", "c/e", "d"]) {
        await bench.s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
      }
      const top = await bench.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
      expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["a/", "c/"]);
      expect(top.Contents?.map(({ Key }) => Key)).toEqual(["b", "d"]);
      const below = await bench.s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", Prefix: "c/" }));
      expect(below.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(["c/d/"]);
      expect(below.Contents?.map(({ Key }) => Key)).toEqual(["c/e"]);
      const after = await bench.s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "b" }));
      expect(after.Contents?.map(({ Key }) => Key)).toEqual(["c/d/1", "c/e", "d"]);

      const seen: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const page = await bench.s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 1, Marker }));
        seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
        seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
        Marker = page.NextMarker;
      } while (Marker !== undefined);
      expect(seen).toEqual(["a/", "b", "c/", "d"]);
    });
  });
}
