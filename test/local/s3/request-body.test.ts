import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { RawS3 } from "./raw-s3.js";

const base64 = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest("base64");

let raw: RawS3;
beforeEach(async () => {
  raw = await RawS3.create();
});
const send = (...request: Parameters<RawS3["send"]>) => raw.send(...request);
const codeOf = async (...request: Parameters<RawS3["send"]>) => {
  const { status, code } = await raw.send(...request);
  return `${status} ${code}`;
};

describe("bodies on the way in", () => {
  const crc32c = Buffer.from("e3069283", "hex").toString("base64");
  const chunked = (body: string, headers: Readonly<Record<string, string>> = {}) => ({
    headers: {
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "content-encoding": "gzip,aws-chunked",
      "x-amz-decoded-content-length": "9",
      ...headers,
    },
    body,
  });
  const trailer = { "x-amz-trailer": "x-amz-checksum-crc32c" };

  it("takes an aws-chunked body with its checksum in a trailer", async () => {
    const body = `4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32c:${crc32c}\r\n\r\n`;
    const put = await send("PUT", "/bucket/new", chunked(body, trailer));
    expect(put.headers["x-amz-checksum-crc32c"]).toBe(crc32c);
    const got = await send("GET", "/bucket/new", { headers: { "x-amz-checksum-mode": "ENABLED" } });
    expect(got).toMatchObject({ status: 200, text: "123456789" });
    expect(got.headers).toMatchObject({ "content-encoding": "gzip", "x-amz-checksum-crc32c": crc32c });
  });

  it.each([
    ["another checksum", "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n", "400 BadDigest"],
    ["no trailer", "9\r\n123456789\r\n0\r\n\r\n", "400 MalformedTrailerError"],
    ["an early end", "9\r\n12345", "400 IncompleteBody"],
    ["fewer bytes than announced", `4\r\n1234\r\n0\r\nx-amz-checksum-crc32c:${crc32c}\r\n\r\n`, "400 IncompleteBody"],
    ["more bytes than announced", "a\r\n1234567890\r\n0\r\n\r\n", "400 InvalidRequest"],
    ["no framing", "123456789", "400 IncompleteBody"],
    ["broken framing", "z\r\n123456789\r\n0\r\n\r\n", "400 InvalidRequest"],
  ])("refuses %s and stores nothing", async (_what, body, code) => {
    expect(await codeOf("PUT", "/bucket/new", chunked(body, trailer))).toBe(code);
    expect(await codeOf("GET", "/bucket/new")).toBe("404 NoSuchKey");
  });

  it("wants to know the length beforehand", async () => {
    const headers = { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" };
    const answer = await codeOf("PUT", "/bucket/new", { headers, body: "0\r\n\r\n" });
    expect(answer).toBe("411 MissingContentLength");
    const length = String(5 * 1024 ** 3 + 1);
    expect(await codeOf("PUT", "/bucket/new", { headers: { "content-length": length } })).toBe("400 EntityTooLarge");
  });

  it.each([
    [{ "content-md5": "short" }, "400 InvalidDigest"],
    [{ "content-md5": base64("md5", Buffer.from("other")) }, "400 BadDigest"],
    [{ "x-amz-content-sha256": "0".repeat(64) }, "400 XAmzContentSHA256Mismatch"],
    [{ "x-amz-checksum-sha256": "short" }, "400 InvalidRequest"],
    [{ "x-amz-checksum-sha256": base64("sha256", Buffer.from("other")) }, "400 BadDigest"],
    [{ "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA==" }, "400 InvalidRequest"],
    [{ "x-amz-meta-a": "x".repeat(2048) }, "400 MetadataTooLarge"],
  ])("refuses %o", async (headers: Record<string, string>, code) => {
    expect(await codeOf("PUT", "/bucket/new", { headers, body: "abc" })).toBe(code);
    expect(await codeOf("GET", "/bucket/new")).toBe("404 NoSuchKey");
  });
});

describe("DeleteObjects on the wire", () => {
  const remove = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    send("POST", "/bucket?delete", { body, headers: { "content-md5": base64("md5", Buffer.from(body)), ...headers } });

  it("deletes, and lists what it deleted unless it is told to be quiet", async () => {
    const loud = await remove("<Delete><Object><Key>key</Key></Object><Object><Key>none</Key></Object></Delete>");
    expect(loud.text).toContain("<Deleted><Key>key</Key></Deleted><Deleted><Key>none</Key></Deleted>");
    expect(await codeOf("GET", "/bucket/key")).toBe("404 NoSuchKey");
    const quiet = await remove("<Delete><Quiet>true</Quiet><Object><Key>key</Key></Object></Delete>");
    expect(quiet.text).not.toContain("Deleted");
  });

  it("refuses what it does not understand, and deletes nothing then", async () => {
    const version = "<Object><Key>key</Key><VersionId>1</VersionId></Object>";
    expect((await remove(`<Delete>${version}</Delete>`)).code).toBe("NotImplemented");
    expect((await remove("<Delete></Delete>")).code).toBe("MalformedXML");
    expect((await remove("<Delete><Object/></Delete>")).code).toBe("MalformedXML");
    expect((await remove(`<Delete>${"<Object><Key>key</Key></Object>".repeat(1001)}</Delete>`)).code).toBe(
      "MalformedXML",
    );
    expect((await remove(`<Delete>${" ".repeat(3_000_000)}</Delete>`)).code).toBe("MalformedXML");
    const unprotected = await send("POST", "/bucket?delete", {
      body: "<Delete><Object><Key>key</Key></Object></Delete>",
    });
    expect(unprotected.code).toBe("InvalidRequest");
    expect((await send("GET", "/bucket/key")).status).toBe(200);
  });
});
