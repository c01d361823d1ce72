import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as commands from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ObjectWriter } from "../../../src/etl/staging/object-writer.js";
import type { StageProgressEvent } from "../../../src/etl/staging/stage-progress.js";
import { uploadFile } from "../../../src/etl/staging/upload-file.js";
import { createLocalAws, type LocalAws } from "../../../src/local/local-aws.js";

let events: StageProgressEvent[] = [];
const writerOf = (client: commands.S3Client, signal?: AbortSignal) =>
  new ObjectWriter({
    client,
    commands,
    bucket: "scones",
    expectedBucketOwner: undefined,
    retryDelayMs: 0,
    signal,
    onProgress: (event) => events.push(event),
  });
const failureOf = (name: string, status: number) =>
  Object.assign(new Error("no"), { name, $metadata: { httpStatusCode: status } });

beforeEach(() => {
  events = [];
});

describe("an upload that fails", () => {
  const client = new commands.S3Client({ region: "us-east-1" });
  const s3 = mockClient(client);
  beforeEach(() => s3.reset());

  it.each([
    ["throttling", failureOf("SlowDown", 503)],
    ["a server error without a name", failureOf("Unknown", 500)],
    ["too many requests", failureOf("Unknown", 429)],
    ["a broken connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
  ])("is tried again after %s", async (_, failure) => {
    s3.on(commands.PutObjectCommand).rejectsOnce(failure).rejectsOnce(failure).resolves({});
    await writerOf(client).put("a.png", Buffer.from("a"), "image/png");
    expect(s3.commandCalls(commands.PutObjectCommand)).toHaveLength(3);
    expect(events.map((event) => [event.type, "attempt" in event ? event.attempt : undefined])).toEqual([
      ["retry", 1],
      ["retry", 2],
      ["uploaded", undefined],
    ]);
  });

  it.each([
    ["AccessDenied", 403],
    ["NoSuchBucket", 404],
    ["InvalidRequest", 400],
    ["NotImplemented", 501],
  ])("is raised at once and unchanged as %s", async (name, status) => {
    const failure = failureOf(name, status);
    s3.on(commands.PutObjectCommand).rejects(failure);
    await expect(writerOf(client).put("a.png", Buffer.from("a"), "image/png")).rejects.toBe(failure);
    expect(s3.commandCalls(commands.PutObjectCommand)).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it("is raised after five calls", async () => {
    const failure = failureOf("SlowDown", 503);
    s3.on(commands.PutObjectCommand).rejects(failure);
    await expect(writerOf(client).put("a.png", Buffer.from("a"), "image/png")).rejects.toBe(failure);
    expect(s3.commandCalls(commands.PutObjectCommand)).toHaveLength(5);
  });

  it("rejects with the signal's reason between two calls", async () => {
    const controller = new AbortController();
    s3.on(commands.PutObjectCommand).callsFake(() => {
      controller.abort(new Error("enough"));
      throw failureOf("SlowDown", 503);
    });
    await expect(writerOf(client, controller.signal).put("a", Buffer.from("a"), "image/png")).rejects.toThrow("enough");
  });

  it("names what could not be removed", async () => {
    s3.on(commands.PutObjectCommand).resolves({});
    s3.on(commands.DeleteObjectsCommand).resolves({ Errors: [{ Key: "b.png", Code: "AccessDenied" }] });
    const writer = writerOf(client);
    await writer.put("a.png", Buffer.from("a"), "image/png");
    await writer.put("b.png", Buffer.from("b"), "image/png");
    await writer.removeAdded();
    expect(events.at(-1)).toEqual({ type: "cleanup", removed: 1, left: ["b.png"] });
  });
});

describe("uploadFile", () => {
  let local: LocalAws;
  let folder = "";
  const content = randomBytes(40 * 1024 * 1024);
  beforeEach(async () => {
    local = await createLocalAws();
    await local.clients.s3.send(new commands.CreateBucketCommand({ Bucket: "scones" }));
    folder = await mkdtemp(join(tmpdir(), "scones-upload-"));
    await writeFile(join(folder, "train.rec"), content);
  });
  afterEach(async () => {
    await local.close();
    await rm(folder, { recursive: true });
  });
  const upload = async (signal?: AbortSignal) => {
    const writer = writerOf(local.clients.s3, signal);
    await writer.listExisting("");
    const contentType = "application/x-recordio";
    await uploadFile({ writer, path: join(folder, "train.rec"), key: "train.rec", contentType, signal });
  };

  it("stores a large file in parts, and not again", async () => {
    await upload();
    const stored = await local.clients.s3.send(new commands.GetObjectCommand({ Bucket: "scones", Key: "train.rec" }));
    const bytes = Buffer.from((await stored.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(content)).toBe(true);
    expect(stored.ETag).toMatch(/-3"$/);
    await upload();
    expect(events.map(({ type }) => type)).toEqual(["uploaded", "unchanged"]);
  });

  it("repeats a part that failed with what may pass", async () => {
    let failures = 2;
    local.clients.s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === "UploadPartCommand" && failures-- > 0) throw failureOf("SlowDown", 503);
        return next(args);
      },
      { step: "initialize" },
    );
    await upload();
    expect(events.map(({ type }) => type)).toEqual(["retry", "retry", "uploaded"]);
    const head = new commands.HeadObjectCommand({ Bucket: "scones", Key: "train.rec" });
    expect((await local.clients.s3.send(head)).ContentLength).toBe(content.length);
  });

  it("gives the upload up when it fails in between, so that nothing is billed", async () => {
    const controller = new AbortController();
    const sent: string[] = [];
    let UploadId: string | undefined;
    local.clients.s3.middlewareStack.add(
      (next, context) => async (args) => {
        sent.push(String(context.commandName));
        if ("UploadId" in args.input) UploadId = String(args.input.UploadId);
        if (sent.filter((name) => name === "UploadPartCommand").length === 2) controller.abort(new Error("enough"));
        return next(args);
      },
      { step: "initialize" },
    );
    await expect(upload(controller.signal)).rejects.toThrow("enough");
    expect(sent.at(-1)).toBe("AbortMultipartUploadCommand");
    const parts = new commands.ListPartsCommand({ Bucket: "scones", Key: "train.rec", UploadId });
    await expect(local.clients.s3.send(parts)).rejects.toMatchObject({ name: "NoSuchUpload" });
    expect((await local.clients.s3.send(new commands.ListObjectsV2Command({ Bucket: "scones" }))).KeyCount).toBe(0);
  });
});
