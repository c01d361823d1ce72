import { beforeEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../src/local/s3/object-store.js";
import { createS3Service } from "../../../src/local/s3/s3-service.js";
import { NOW, RawS3 } from "./raw-s3.js";

let raw: RawS3;
beforeEach(async () => {
  raw = await RawS3.create();
});
const send = (...request: Parameters<RawS3["send"]>) => raw.send(...request);
const codeOf = async (...request: Parameters<RawS3["send"]>) => {
  const { status, code } = await raw.send(...request);
  return `${status} ${code}`;
};

describe("what an answer of the local S3 looks like", () => {
  it("identifies itself, also in the error document", async () => {
    const answer = await send("GET", "/bucket/none%26");
    expect(answer.headers["x-amz-request-id"]).toMatch(/^[0-9A-F]{16}$/);
    expect(answer.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>none&amp;</Key><Resource>/bucket/none%26</Resource><RequestId>${answer.headers["x-amz-request-id"]}</RequestId><HostId>${answer.headers["x-amz-id-2"]}</HostId></Error>`,
    );
  });

  it("has no body for HEAD, also when it fails", async () => {
    expect(await send("HEAD", "/bucket/none")).toMatchObject({ status: 404, text: "" });
    const found = await send("HEAD", "/bucket/key");
    expect(found).toMatchObject({ status: 200, text: "" });
    expect(found.headers["content-length"]).toBe("10");
  });

  it("encodes user metadata beyond ASCII as S3 does", async () => {
    await raw.store.put("bucket", "meta", Buffer.from(""), { userMetadata: { label: "日本" } });
    const { headers } = await send("GET", "/bucket/meta");
    expect(headers["x-amz-meta-label"]).toBe("=?UTF-8?B?5pel5pys?=");
  });
});

describe("where the local S3 finds the bucket", () => {
  it.each([
    ["127.0.0.1:4566", "/bucket/key"],
    ["localhost:4566", "/bucket/key"],
    ["s3.us-east-1.amazonaws.com", "/bucket/key"],
    ["s3.localhost:4566", "/bucket/key"],
    ["bucket.localhost:4566", "/key"],
    ["BUCKET.localhost", "/key"],
    ["bucket.s3.amazonaws.com", "/key"],
    ["bucket.s3.eu-west-1.amazonaws.com", "/key"],
    ["bucket.s3.dualstack.eu-west-1.amazonaws.com", "/key"],
    ["bucket.s3-eu-west-1.amazonaws.com", "/key"],
  ])("host %s, path %s", async (host, path) => {
    expect((await send("GET", path, { headers: { host } })).text).toBe("the object");
  });

  it("refuses a path that is not encoded UTF-8", async () => {
    expect(await codeOf("GET", "/bucket/%ff")).toBe("400 InvalidURI");
    expect(await codeOf("GET", "/bucket/%zz")).toBe("400 InvalidURI");
  });
});

describe("what the local S3 does not have", () => {
  it.each([
    ["GET", "/bucket?acl"],
    ["GET", "/bucket?versions"],
    ["GET", "/bucket?uploads"],
    ["PUT", "/bucket?policy"],
    ["PUT", "/bucket?versioning"],
    ["DELETE", "/bucket?lifecycle"],
    ["POST", "/bucket"],
    ["GET", "/bucket/key?torrent"],
    ["GET", "/bucket/key?tagging"],
    ["GET", "/bucket/key?versionId=1"],
    ["GET", "/bucket/key?partNumber=1"],
    ["PUT", "/bucket/key?tagging"],
    ["PUT", "/bucket/key?acl"],
    ["PUT", "/bucket/key?something-new"],
    ["DELETE", "/bucket/key?tagging"],
    ["POST", "/bucket/key?select&select-type=2"],
    ["POST", "/bucket/key?restore"],
    ["GET", "/bucket?list-type=2&something-new=1"],
  ])("%s %s is refused and changes nothing", async (method, url) => {
    expect(await codeOf(method, url, { body: "<x/>" })).toBe("501 NotImplemented");
    expect((await send("GET", "/bucket/key")).text).toBe("the object");
  });

  it.each([
    ["x-amz-tagging", "a=b"],
    ["x-amz-acl", "public-read"],
    ["x-amz-grant-read", "id=1"],
    ["x-amz-object-lock-mode", "GOVERNANCE"],
    ["x-amz-server-side-encryption-customer-algorithm", "AES256"],
    ["if-none-match", '"etag"'],
  ])("a write with the header %s is refused", async (name, value) => {
    expect(await codeOf("PUT", "/bucket/new", { headers: { [name]: value } })).toBe("501 NotImplemented");
    expect(await codeOf("GET", "/bucket/new")).toBe("404 NoSuchKey");
  });

  it("says which methods there are instead", async () => {
    const answer = await send("PATCH", "/bucket/key");
    expect(answer).toMatchObject({ status: 405, code: "MethodNotAllowed" });
    expect(answer.headers["allow"]).toContain("PUT");
  });
});

describe("CreateBucket on the wire", () => {
  const location = (name: string) =>
    `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${name}</LocationConstraint></CreateBucketConfiguration>`;

  it("follows the rules of the first region and of the others", async () => {
    expect((await send("PUT", "/bucket")).status).toBe(200);
    const elsewhere = { region: "eu-west-1" };
    expect(await codeOf("PUT", "/new-bucket", elsewhere)).toBe("400 IllegalLocationConstraintException");
    const wrong = { ...elsewhere, body: location("eu-west-2") };
    expect(await codeOf("PUT", "/new-bucket", wrong)).toBe("400 IllegalLocationConstraintException");
    const right = { ...elsewhere, body: location("eu-west-1") };
    expect((await send("PUT", "/new-bucket", right)).status).toBe(200);
    expect(await codeOf("PUT", "/new-bucket", right)).toBe("409 BucketAlreadyOwnedByYou");
    expect((await send("GET", "/new-bucket?location", elsewhere)).text).toContain(">eu-west-1</LocationConstraint>");
    expect(await codeOf("PUT", "/new-bucket", { body: location("nowhere") })).toBe("400 InvalidLocationConstraint");
    expect(await codeOf("PUT", "/new-bucket", { body: "<Other/>" })).toBe("400 MalformedXML");
  });

  it.each([
    "ab",
    "A-bucket",
    "a..b",
    "-ab",
    "ab-",
    "1.2.3.4",
    "xn--bucket",
    "bucket--ol-s3",
    "a_b",
    "x".repeat(64),
    "%2e%2e",
  ])("refuses the name %s", async (name) => {
    expect(await codeOf("PUT", `/${name}`)).toBe("400 InvalidBucketName");
  });
});

describe("presigned URLs", () => {
  const v4 = (overrides: Readonly<Record<string, string>> = {}) =>
    new URLSearchParams({
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": "AKID/20260102/us-east-1/s3/aws4_request",
      "X-Amz-Date": "20260102T030000Z",
      "X-Amz-Expires": "300",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": "0",
      ...overrides,
    }).toString();

  it("open the object until they expire", async () => {
    expect((await send("GET", `/bucket/key?${v4()}`)).text).toBe("the object");
    expect(await codeOf("GET", `/bucket/key?${v4({ "X-Amz-Expires": "245" })}`)).toBe("403 AccessDenied");
    expect((await send("GET", `/bucket/key?${v4({ "X-Amz-Expires": "246" })}`)).status).toBe(200);
    const older = (end: number) => `/bucket/key?AWSAccessKeyId=A&Signature=0&Expires=${end}`;
    expect((await send("GET", older(NOW / 1000 + 1))).text).toBe("the object");
    expect(await codeOf("GET", older(NOW / 1000))).toBe("403 AccessDenied");
  });

  it.each([{ "X-Amz-Expires": "604801" }, { "X-Amz-Expires": "x" }, { "X-Amz-Date": "yesterday" }])(
    "are refused with %o",
    async (overrides: Record<string, string>) => {
      expect(await codeOf("GET", `/bucket/key?${v4(overrides)}`)).toBe("400 AuthorizationQueryParametersError");
    },
  );

  it("choose headers of the answer, and carry headers of the request", async () => {
    const type = await send("GET", `/bucket/key?${v4({ "response-content-type": "image/png" })}`);
    expect(type.headers["content-type"]).toBe("image/png");
    const wrong = v4({ "x-amz-checksum-crc32": "AAAAAA==" });
    expect(await codeOf("PUT", `/bucket/new?${wrong}`, { body: "abc" })).toBe("400 BadDigest");
    await send("PUT", `/bucket/new?${v4({ "X-Amz-Meta-Label": "bicycle" })}`, { body: "abc" });
    expect((await send("GET", "/bucket/new")).headers["x-amz-meta-label"]).toBe("bicycle");
    expect(await codeOf("PUT", `/bucket/new?${v4({ "x-amz-tagging": "a=b" })}`)).toBe("501 NotImplemented");
  });
});

describe("listing on the wire", () => {
  it.each([
    ["/bucket?list-type=2&max-keys=x", "400 InvalidArgument"],
    ["/bucket?list-type=2&max-keys=-1", "400 InvalidArgument"],
    ["/bucket?list-type=2&encoding-type=base64", "400 InvalidArgument"],
    ["/bucket?list-type=2&continuation-token=%21", "400 InvalidArgument"],
    ["/none?list-type=2", "404 NoSuchBucket"],
  ])("%s gives %s", async (url, code) => {
    expect(await codeOf("GET", url)).toBe(code);
  });

  it("gives no keys when none are asked for", async () => {
    const { text } = await send("GET", "/bucket?list-type=2&max-keys=0");
    expect(text).toContain("<IsTruncated>false</IsTruncated><KeyCount>0</KeyCount>");
  });

  it("gives names that XML cannot carry as they are in an encoding", async () => {
    await raw.store.put("bucket", "bell\u0007 & <more>\r", Buffer.from(""));
    const plain = await send("GET", "/bucket?list-type=2&prefix=bell");
    expect(plain.text).toContain("<Key>bell&#x7; &amp; &lt;more&gt;&#xd;</Key>");
    const encoded = await send("GET", "/bucket?list-type=2&prefix=bell&encoding-type=url");
    expect(encoded.text).toContain("<Key>bell%07%20%26%20%3Cmore%3E%0D</Key>");
  });
});

describe("faults", () => {
  it("of the store reach the caller as they are", async () => {
    const fault = new Error("disk full");
    const broken: ObjectStore = { ...raw.store, head: () => Promise.reject(fault) };
    const service = createS3Service({ store: broken, region: "us-east-1", accountId: "1", now: () => new Date(NOW) });
    const body = (async function* () {})();
    const request = { method: "HEAD", path: "/bucket/key", query: new Map(), headers: {}, body };
    await expect(service(request)).rejects.toBe(fault);
  });
});
