import { beforeEach, describe, expect, it } from "vitest";
import { NOW, RawS3 } from "./raw-s3.js";

let raw: RawS3;
let etag = "";
beforeEach(async () => {
  raw = await RawS3.create();
  etag = (await raw.store.head("bucket", "key")).etag;
});
const send = (...request: Parameters<RawS3["send"]>) => raw.send(...request);
const codeOf = async (...request: Parameters<RawS3["send"]>) => {
  const { status, code } = await raw.send(...request);
  return code === undefined ? String(status) : `${status} ${code}`;
};
const EARLIER = new Date(NOW - 1000).toUTCString();
const LATER = new Date(NOW + 1000).toUTCString();

describe("reading under conditions", () => {
  it.each([
    [{ "if-match": "*" }, "200"],
    [{ "if-match": '"none"' }, "412"],
    [{ "if-none-match": "*" }, "304"],
    [{ "if-none-match": 'W/"none", "other"' }, "200"],
    [{ "if-modified-since": LATER }, "304"],
    [{ "if-modified-since": EARLIER }, "200"],
    [{ "if-modified-since": "not a date" }, "200"],
    [{ "if-unmodified-since": EARLIER }, "412"],
    [{ "if-match": "*", "if-unmodified-since": EARLIER }, "200"],
    [{ "if-none-match": '"none"', "if-modified-since": LATER }, "200"],
    [{ range: "bytes=0-2", "if-range": '"none"' }, "200"],
    [{ range: "bytes=0-2", "if-range": "*" }, "206"],
    [{ range: "bytes=0-2,4-5" }, "200"],
    [{ range: "bytes=-" }, "200"],
    [{ range: "bytes=5-2" }, "200"],
    [{ range: "bytes=-0" }, "416"],
    [{ range: "bytes=-99" }, "206"],
  ])("%o gives %s", async (headers: Record<string, string>, status) => {
    expect(String((await send("GET", "/bucket/key", { headers })).status)).toBe(status);
    expect(String((await send("HEAD", "/bucket/key", { headers })).status)).toBe(status);
  });

  it("tells the size of the object when a range lies outside it", async () => {
    const answer = await send("GET", "/bucket/key", { headers: { range: "bytes=10-" } });
    expect(answer).toMatchObject({ status: 416, code: "InvalidRange" });
    expect(answer.headers["content-range"]).toBe("bytes */10");
    await raw.store.put("bucket", "empty", new Uint8Array());
    expect(await codeOf("GET", "/bucket/empty", { headers: { range: "bytes=0-" } })).toBe("416 InvalidRange");
  });

  it("describes what it sends when the object is replaced in between", async () => {
    const { head } = raw.store;
    raw.store.head = async (...where) => {
      const before = await head(...where);
      raw.store.head = head;
      await raw.store.put("bucket", "key", Buffer.from("another object"));
      return before;
    };
    const answer = await send("GET", "/bucket/key");
    expect(answer.text).toBe("another object");
    expect(answer.headers["content-length"]).toBe("14");
  });
});

describe("deleting under a condition", () => {
  it("deletes what is as expected, and is content when nothing is there", async () => {
    const expecting = (value: string) => codeOf("DELETE", "/bucket/key", { headers: { "if-match": value } });
    expect(await expecting('"none"')).toBe("412 PreconditionFailed");
    expect(await expecting(etag)).toBe("204");
    expect(await expecting(etag)).toBe("204");
  });
});

describe("copying on the wire", () => {
  const copy = (headers: Readonly<Record<string, string>>, to = "/bucket/copy") =>
    codeOf("PUT", to, { headers: { "x-amz-copy-source": "bucket/key", ...headers } });

  it.each([
    [{ "x-amz-copy-source-if-match": '"none"' }, "412 PreconditionFailed"],
    [{ "x-amz-copy-source-if-none-match": "*" }, "412 PreconditionFailed"],
    [{ "x-amz-copy-source-if-unmodified-since": EARLIER }, "412 PreconditionFailed"],
    [{ "x-amz-copy-source-if-modified-since": LATER }, "412 PreconditionFailed"],
    [{ "x-amz-copy-source-if-match": "*" }, "200"],
    [{ "x-amz-copy-source": "bucket/key?versionId=1" }, "501 NotImplemented"],
    [{ "x-amz-copy-source": "bucket" }, "400 InvalidArgument"],
    [{ "x-amz-copy-source": "bucket/" }, "400 InvalidArgument"],
    [{ "x-amz-copy-source": "bucket/%ff" }, "400 InvalidArgument"],
    [{ "x-amz-copy-source": "/bucket/key" }, "200"],
    [{ "x-amz-copy-source": "%2Fbucket%2Fkey" }, "200"],
    [{ "x-amz-copy-source": "none/key" }, "404 NoSuchBucket"],
    [{ "x-amz-source-expected-bucket-owner": "999999999999" }, "403 AccessDenied"],
    [{ "x-amz-metadata-directive": "MERGE" }, "400 InvalidArgument"],
    [{ "x-amz-checksum-algorithm": "MD5" }, "400 InvalidRequest"],
    [{ "if-none-match": "*" }, "200"],
  ])("%o gives %s", async (headers: Record<string, string>, code) => {
    expect(await copy(headers)).toBe(code);
    const copied = await codeOf("GET", "/bucket/copy");
    expect(copied).toBe(code === "200" ? "200" : "404 NoSuchKey");
  });

  it("changes storage class and encryption of an object by copying it onto itself", async () => {
    expect(await copy({}, "/bucket/key")).toBe("400 InvalidRequest");
    expect(await copy({ "x-amz-storage-class": "GLACIER_IR" }, "/bucket/key")).toBe("200");
    expect((await send("HEAD", "/bucket/key")).headers["x-amz-storage-class"]).toBe("GLACIER_IR");
    expect(await copy({ "x-amz-server-side-encryption": "AES256" }, "/bucket/key")).toBe("200");
    const { headers, text } = await send("GET", "/bucket/key");
    expect(headers["x-amz-server-side-encryption"]).toBe("AES256");
    expect(headers["x-amz-storage-class"]).toBeUndefined();
    expect(text).toBe("the object");
  });

  it("computes a checksum where one is asked for", async () => {
    const headers = { "x-amz-copy-source": "bucket/key", "x-amz-checksum-algorithm": "crc32" };
    expect((await send("PUT", "/bucket/copy", { headers })).text).toMatch(/<ChecksumCRC32>.{6}==<\/ChecksumCRC32>/);
  });
});

describe("multipart uploads on the wire", () => {
  const start = async (headers: Readonly<Record<string, string>> = {}) => {
    const answer = await send("POST", "/bucket/big?uploads", { headers });
    return { ...answer, uploadId: /<UploadId>(.*)<\/UploadId>/.exec(answer.text)?.[1] ?? "" };
  };

  it.each([
    [{ "x-amz-checksum-algorithm": "CRC64NVME" }, "FULL_OBJECT"],
    [{ "x-amz-checksum-algorithm": "CRC32" }, "COMPOSITE"],
    [{ "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT" }, "FULL_OBJECT"],
    [{ "x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-type": "FULL_OBJECT" }, undefined],
    [{ "x-amz-checksum-algorithm": "CRC64NVME", "x-amz-checksum-type": "COMPOSITE" }, undefined],
    [{ "x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "HALF_OBJECT" }, undefined],
    [{ "x-amz-checksum-type": "FULL_OBJECT" }, undefined],
    [{ "x-amz-checksum-algorithm": "MD5" }, undefined],
  ])("%o makes a checksum of type %s", async (headers: Record<string, string>, type) => {
    const answer = await start(headers);
    expect(answer.headers["x-amz-checksum-type"]).toBe(type);
    expect(answer.code).toBe(type === undefined ? "InvalidRequest" : undefined);
  });

  it("computes the checksum of a part that brings none", async () => {
    const { uploadId } = await start({ "x-amz-checksum-algorithm": "CRC64NVME" });
    const part = await send("PUT", `/bucket/big?partNumber=1&uploadId=${uploadId}`, { body: "123456789" });
    const checksum = Buffer.from("ae8b14860a799888", "hex").toString("base64");
    expect(part.headers["x-amz-checksum-crc64nvme"]).toBe(checksum);
    const listed = await send("GET", `/bucket/big?uploadId=${uploadId}`);
    expect(listed.text).toContain(`<ChecksumCRC64NVME>${checksum}</ChecksumCRC64NVME>`);
    const complete = (headers: Readonly<Record<string, string>>, checks = "") =>
      send("POST", `/bucket/big?uploadId=${uploadId}`, {
        headers,
        body: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers["etag"]}</ETag>${checks}</Part></CompleteMultipartUpload>`,
      });
    expect((await complete({ "x-amz-mp-object-size": "8" })).code).toBe("InvalidRequest");
    expect((await complete({ "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" })).code).toBe("BadDigest");
    expect((await complete({}, "<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>")).code).toBe("InvalidPart");
    expect((await complete({ "if-match": "*" })).code).toBe("NoSuchKey");
    const done = await complete({ "x-amz-mp-object-size": "9", "if-none-match": "*" });
    expect(done.text).toContain(`<ChecksumCRC64NVME>${checksum}</ChecksumCRC64NVME>`);
    expect((await complete({})).code).toBe("NoSuchUpload");
  });

  it.each(["0", "10001", "x", "", "-1"])("refuses the part number %j", async (number) => {
    const { uploadId } = await start();
    const put = await codeOf("PUT", `/bucket/big?partNumber=${number}&uploadId=${uploadId}`, { body: "1" });
    expect(put).toBe("400 InvalidArgument");
  });

  it.each(["<CompleteMultipartUpload/>", "<Other/>", "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>", ""])(
    "refuses to complete with %s",
    async (body) => {
      const { uploadId } = await start();
      expect(await codeOf("POST", `/bucket/big?uploadId=${uploadId}`, { body })).toBe("400 MalformedXML");
    },
  );

  it("belong to one key", async () => {
    const { uploadId } = await start();
    expect(await codeOf("DELETE", `/bucket/other?uploadId=${uploadId}`)).toBe("404 NoSuchUpload");
    expect(await codeOf("DELETE", `/bucket/big?uploadId=${uploadId}`)).toBe("204");
    expect(await codeOf("GET", `/bucket/big?uploadId=${uploadId}`)).toBe("404 NoSuchUpload");
  });
});

describe("buckets on the wire", () => {
  it("are listed in pages, by prefix and by region", async () => {
    for (const name of ["aa-1", "aa-2", "aa-3"]) await raw.store.createBucket(name, "eu-west-1");
    const first = await send("GET", "/?max-buckets=2&prefix=aa-");
    expect(first.text.match(/<Name>.*?<\/Name>/g)).toEqual(["<Name>aa-1</Name>", "<Name>aa-2</Name>"]);
    const token = /<ContinuationToken>(.*?)</.exec(first.text)?.[1];
    const second = await send("GET", `/?max-buckets=2&prefix=aa-&continuation-token=${token}`);
    expect(second.text.match(/<Name>.*?<\/Name>/g)).toEqual(["<Name>aa-3</Name>"]);
    expect(second.text).not.toContain("ContinuationToken");
    expect((await send("GET", "/?bucket-region=us-east-1")).text).not.toContain("aa-");
    expect(await codeOf("GET", "/?continuation-token=%2F")).toBe("400 InvalidArgument");
    expect(await codeOf("GET", "/?max-buckets=0")).toBe("400 InvalidArgument");
  });

  it("have no versions", async () => {
    expect((await send("GET", "/bucket?versioning")).text).toMatch(
      /<VersioningConfiguration [^>]*><\/VersioningConfiguration>$/,
    );
    expect(await codeOf("GET", "/none?versioning")).toBe("404 NoSuchBucket");
  });

  it.each([
    [{ "x-amz-bucket-object-lock-enabled": "true" }, ""],
    [{ "x-amz-object-ownership": "ObjectWriter" }, ""],
    [{}, "<CreateBucketConfiguration><Bucket><Type>Directory</Type></Bucket></CreateBucketConfiguration>"],
  ])("are not created with %o %s", async (headers: Record<string, string>, body) => {
    expect(await codeOf("PUT", "/special", { headers, body })).toBe("501 NotImplemented");
    expect(await codeOf("PUT", "/special", { body: "x".repeat(20_000) })).toBe("400 MalformedXML");
    expect(await codeOf("HEAD", "/special")).toBe("404");
  });
});
