import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalAws, type LocalAws } from "../../../src/local/index.js";

const run = promisify(execFile);
const hasCli = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);

let local: LocalAws;
let endpoint: string;
const seen: unknown[] = [];
beforeAll(async () => {
  local = await createLocalAws({ accountId: "123456789012" });
  ({ endpoint } = await local.listen());
  local.registerFunction("double", async (event: { n: number }) => ({ twice: event.n * 2 }), { timeoutSeconds: 30 });
  local.registerFunction("keep", (event: unknown) => {
    seen.push(event);
  });
  local.registerFunction("fail", () => {
    throw Object.assign(new Error("no"), { name: "Refused" });
  });
  local.registerFunction("never", () => 1, { reservedConcurrency: 0 });
});
afterAll(() => local.close());

const call = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${endpoint}/2015-03-31/functions${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
};
const invoke = (name: string, payload: string, headers: Record<string, string> = {}, query = "") =>
  call(`/${name}/invocations${query}`, { method: "POST", body: payload, headers });

describe("the local Lambda over HTTP", () => {
  it.each(["double", "double:$LATEST", encodeURIComponent("arn:aws:lambda:us-east-1:123456789012:function:double")])(
    "invokes %s",
    async (name) => {
      const { status, headers, body } = await invoke(name, '{"n":4}');
      expect([status, body]).toEqual([200, { twice: 8 }]);
      expect(headers.get("x-amz-executed-version")).toBe("$LATEST");
      expect(headers.get("x-amz-function-error")).toBeNull();
    },
  );

  it("answers with the error payload and a header where the function fails", async () => {
    const { status, headers, body } = await invoke("fail", "{}");
    expect([status, headers.get("x-amz-function-error")]).toEqual([200, "Unhandled"]);
    expect(body).toEqual({ errorType: "Refused", errorMessage: "no", trace: expect.any(Array) });
  });

  it("takes a request without a payload as an empty event", async () => {
    await invoke("keep", "");
    expect(seen.splice(0)).toEqual([{}]);
  });

  it("runs an event without letting the caller wait, and a dry run not at all", async () => {
    expect((await invoke("keep", '"dry"', { "x-amz-invocation-type": "DryRun" })).status).toBe(204);
    const { status, body } = await invoke("keep", '"event"', { "x-amz-invocation-type": "Event" });
    expect([status, body]).toEqual([202, undefined]);
    await expect.poll(() => seen.splice(0)).toEqual(["event"]);
  });

  it("returns the end of the log on request", async () => {
    const { headers } = await invoke("double", "{}", { "x-amz-log-type": "Tail" });
    const log = Buffer.from(headers.get("x-amz-log-result") ?? "", "base64").toString();
    expect(log).toMatch(
      /^START RequestId: (\S+) Version: \$LATEST\nEND RequestId: \1\nREPORT RequestId: \1\tDuration: /,
    );
  });

  it.each<[string, string, string, Record<string, string>, string, number, string]>([
    ["an unknown function", "none", "{}", {}, "", 404, "ResourceNotFoundException"],
    ["an unknown version", "double", "{}", {}, "?Qualifier=7", 404, "ResourceNotFoundException"],
    ["no concurrency", "never", "{}", {}, "", 429, "TooManyRequestsException"],
    ["a payload that is not JSON", "double", "{", {}, "", 400, "InvalidRequestContentException"],
    ["a payload over 6 MB", "double", " ".repeat(6_291_457), {}, "", 413, "RequestTooLargeException"],
    [
      "an event over 1 MB",
      "double",
      " ".repeat(1_048_577),
      { "x-amz-invocation-type": "Event" },
      "",
      413,
      "RequestTooLargeException",
    ],
    [
      "an unknown invocation type",
      "double",
      "{}",
      { "x-amz-invocation-type": "Later" },
      "",
      400,
      "ValidationException",
    ],
    ["a name that is no URL text", "%zz", "{}", {}, "", 400, "ValidationException"],
  ])("refuses %s", async (_what, name, payload, headers, query, status, type) => {
    const answer = await invoke(name, payload, headers, query);
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([status, type]);
    expect(answer.body).toMatchObject({ message: expect.any(String) });
  });

  it("says why it throttles", async () => {
    const { body } = await invoke("never", "{}");
    expect(body).toMatchObject({ Reason: "ReservedFunctionConcurrentInvocationLimitExceeded", Type: "User" });
  });

  it("describes functions and lists them in pages", async () => {
    const { body } = await call("/double");
    expect(body.Configuration).toMatchObject({ FunctionName: "double", Timeout: 30, MemorySize: 128, State: "Active" });
    expect((await call("/double/configuration")).body).toEqual(body.Configuration);
    expect((await call("/never")).body.Concurrency).toEqual({ ReservedConcurrentExecutions: 0 });
    const names: string[] = [];
    let marker: string | null = "";
    do {
      const page = await call(`/?MaxItems=3&Marker=${marker}`);
      names.push(...page.body.Functions.map((item: { FunctionName: string }) => item.FunctionName));
      marker = page.body.NextMarker;
    } while (marker !== null);
    expect(names).toEqual(["double", "fail", "keep", "never"]);
    expect((await call("/?MaxItems=0")).status).toBe(400);
  });

  it("refuses what it does not have by name", async () => {
    const { status, body } = await call("/double", { method: "DELETE" });
    expect(status).toBe(501);
    expect(body.message).toContain("DELETE /2015-03-31/functions/double");
  });

  it("lets a bundle reach the local AWS with a client of its own", async () => {
    const folder = mkdtempSync(join(process.cwd(), "node_modules", ".bundle-"));
    try {
      const code = `import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
        const s3 = new S3Client({});
        export const handler = async ({ Bucket }) => (await s3.send(new CreateBucketCommand({ Bucket }))).Location;`;
      writeFileSync(join(folder, "index.mjs"), code);
      local.registerFunction("maker", { bundle: join(folder, "index.mjs") });
      expect((await invoke("maker", '{"Bucket":"made-by-a-bundle"}')).body).toBe("/made-by-a-bundle");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(!hasCli)("serves the AWS CLI (skipped where there is none)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "scones-cli-"));
    try {
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: "x",
        AWS_SECRET_ACCESS_KEY: "x",
        AWS_DEFAULT_REGION: "us-east-1",
      };
      const out = join(folder, "out.json");
      writeFileSync(join(folder, "in.json"), '{"n":21}');
      const lambda = (...words: string[]) =>
        run("aws", ["--endpoint-url", endpoint, "--output", "json", "lambda", ...words], { env });
      const invoked = await lambda(
        "invoke",
        "--function-name",
        "double",
        "--payload",
        `fileb://${folder}/in.json`,
        out,
      );
      expect(JSON.parse(invoked.stdout)).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST" });
      expect(readFileSync(out, "utf8")).toBe('{"twice":42}');
      const listed = JSON.parse((await lambda("list-functions")).stdout) as { Functions: { FunctionName: string }[] };
      expect(listed.Functions.map(({ FunctionName }) => FunctionName)).toContain("never");
      await expect(lambda("get-function", "--function-name", "none")).rejects.toThrow(/ResourceNotFoundException/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
