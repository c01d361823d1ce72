import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";
import { createEndpointSource } from "../../src/inference/handlers/endpoint-source.js";
import { parsePayload } from "../../src/inference/handlers/envelope.js";
import { createSerializeHandler } from "../../src/inference/handlers/serialize-handler.js";
import { createLocalAws } from "../../src/local/local-aws.js";

const s3 = { bucket: { name: "scones" }, object: { key: "test/a.png" } };

describe("an event of S3 that brings no image", () => {
  it.each([
    ["a notification of a removal", { Records: [{ eventName: "ObjectRemoved:Delete", s3 }] }, "Records.0"],
    ["an expiry", { Records: [{ eventName: "s3:LifecycleExpiration:Delete", s3 }] }, "Records.0"],
    ["a deletion by EventBridge", { source: "aws.s3", "detail-type": "Object Deleted", detail: s3 }, "event"],
  ])("is refused where it is %s", (_name, event, path) => {
    expect(() => parsePayload(event)).toThrow(new RegExp(`\\(${path}: names an object that was deleted`));
  });

  it("is told apart where it is the test of a new notification", () => {
    const event = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "scones" };
    expect(() => parsePayload(event)).toThrow(/Event: is the test that S3 sends/);
  });
});

it("takes a body that API Gateway has encoded as base64", () => {
  const body = Buffer.from(JSON.stringify({ s3_bucket: "scones", s3_key: "test/ä.png" })).toString("base64");
  expect(parsePayload({ body, isBase64Encoded: true }).s3_key).toBe("test/ä.png");
});

it("forgets an earlier answer when an image is read again", async () => {
  await using local = await createLocalAws();
  await local.clients.s3.send(new CreateBucketCommand({ Bucket: "scones" }));
  await local.clients.s3.send(new PutObjectCommand({ Bucket: "scones", Key: "a.png", Body: "not looked at" }));
  const serialize = createSerializeHandler({ clients: { s3: local.clients.s3 } });
  const answered = { inferences: [0.9, 0.1], label: "bicycle", confidence: 0.9, accepted: true };
  const { body } = await serialize({ s3_bucket: "scones", s3_key: "a.png", ...answered });
  expect(body).toEqual({
    s3_bucket: "scones",
    s3_key: "a.png",
    image_data: Buffer.from("not looked at").toString("base64"),
    inferences: [],
  });
});

it("leaves a resolver that fails alone for a while, and goes on with the endpoint it has", async () => {
  let [time, calls] = [0, 0];
  const resolve = () => {
    calls++;
    if (calls > 1) throw new Error("the parameter store is down");
    return "scones-1";
  };
  const source = createEndpointSource(resolve, 60_000, () => time);
  expect(await source.get(undefined)).toEqual({ endpointName: "scones-1" });
  time = 61_000;
  for (let event = 0; event < 10; event++) expect(await source.get(undefined)).toEqual({ endpointName: "scones-1" });
  expect(calls).toBe(2);
  time += 5000;
  await source.get(undefined);
  expect(calls).toBe(3);
});

it("ends a resolver that does not answer with the invocation, and asks again at the next", async () => {
  const signals: (AbortSignal | undefined)[] = [];
  const handler = createClassifyHandler({
    endpointName: ({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
  });
  const event = { s3_bucket: "scones", s3_key: "a.png", image_data: "aW1hZ2U=", inferences: [] };
  const context = { getRemainingTimeInMillis: () => 510 };
  for (const calls of [1, 2]) {
    await expect(handler(event, context)).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
    expect(signals).toHaveLength(calls);
    expect(signals.at(-1)?.aborted).toBe(true);
  }
});
