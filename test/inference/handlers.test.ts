import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";
import { parsePayload } from "../../src/inference/handlers/envelope.js";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import { createSerializeHandler } from "../../src/inference/handlers/serialize-handler.js";
import { sharedData } from "../helpers/shared-data.js";

const PAYLOAD = { image_data: "aGk=", s3_bucket: "scones", s3_key: "test/a.png", inferences: [0.9, 0.1] };

const clientThatAnswers = <Client>(answer: () => object) =>
  ({ send: async () => answer(), destroy() {} }) as unknown as Client;

describe("parsePayload", () => {
  it.each([
    ["flat", PAYLOAD],
    ["in a body", { statusCode: 200, body: PAYLOAD }],
    ["as text in a body", { statusCode: 200, body: JSON.stringify(PAYLOAD) }],
    ["encoded twice", { statusCode: 200, body: JSON.stringify(JSON.stringify(PAYLOAD)) }],
    ["in a lambda:invoke result", { StatusCode: 200, Payload: { statusCode: 200, body: PAYLOAD } }],
    ["with probabilities as text, as Python writes them", { ...PAYLOAD, inferences: "[0.9, 0.1]" }],
  ])("finds it %s", (_, event) => {
    expect(parsePayload(event)).toEqual(PAYLOAD);
  });

  it("reads the input of an event that has no image yet", () => {
    expect(parsePayload({ s3_bucket: "scones", s3_key: "a.png" })).toEqual({
      image_data: "",
      s3_bucket: "scones",
      s3_key: "a.png",
      inferences: [],
    });
  });

  const real = sharedData("data/executions/succeeded-jsonata-quadruple-encoded-AmadouBari.json");
  it.skipIf(real === undefined)("unwraps the four encodings of a real execution (needs the shared data)", () => {
    const history = JSON.parse(readFileSync(real ?? "", "utf8")).historyHash as Record<string, { type: string }>;
    const last = Object.values(history).findLast(({ type }) => type === "ExecutionSucceeded") as unknown as {
      executionSucceededEventDetails: { output: string };
    };
    const payload = parsePayload(last.executionSucceededEventDetails.output);
    expect(payload.inferences).toHaveLength(2);
    expect(payload.s3_key).toMatch(/\.png$/);
  });

  it.each([
    ["nothing", undefined, "event"],
    ["a list", [], "event"],
    ["no key", { s3_bucket: "scones" }, "s3_key"],
    ["an empty key", { body: { s3_bucket: "scones", s3_key: "" } }, "body.s3_key"],
    ["an image that is not base64", { ...PAYLOAD, image_data: "%%" }, "image_data"],
    ["text that is not JSON", { body: "{image" }, "body"],
    ["endless nesting", Array.from({ length: 9 }).reduce<object>((body) => ({ body }), PAYLOAD), "body"],
  ])("refuses %s and names the place", (_, event, path) => {
    expect(() => parsePayload(event)).toThrow(
      expect.objectContaining({ name: "InvalidPayloadError", code: "PAYLOAD_INVALID" }),
    );
    expect(() => parsePayload(event)).toThrow(path);
  });

  it("finds it or refuses with its own errors, and never shows image data", () => {
    const secret = "c2VjcmV0c2VjcmV0";
    fc.assert(
      fc.property(fc.jsonValue(), (noise) => {
        try {
          parsePayload({ body: { ...PAYLOAD, image_data: `${secret}!`, noise } });
        } catch (error) {
          expect(String(error)).not.toContain(secret);
        }
        try {
          parsePayload(noise);
        } catch (error) {
          expect(error).toMatchObject({ code: "PAYLOAD_INVALID" });
        }
      }),
    );
  });
});

describe("createSerializeHandler", () => {
  const serialize = (bytes: Buffer, options: { maxInlineBytes?: number; ContentLength?: number } = {}) => {
    const { ContentLength = bytes.length, ...rest } = options;
    const s3 = clientThatAnswers<S3Client>(() => ({ Body: Readable.from([bytes]), ContentLength }));
    return createSerializeHandler({ ...rest, clients: { s3 } })({ s3_bucket: "scones", s3_key: "test/a.png" });
  };

  it("puts the image into the payload as base64 text", async () => {
    const { statusCode, body } = await serialize(Buffer.from([1, 2, 3]));
    expect(statusCode).toBe(200);
    expect(body).toEqual({ image_data: "AQID", s3_bucket: "scones", s3_key: "test/a.png", inferences: [] });
  });

  it("leaves an image above the limit in S3 and says so, whatever the length header says", async () => {
    const body = { image_data: "", image_source: "s3", s3_bucket: "scones", s3_key: "test/a.png", inferences: [] };
    const result = { statusCode: 200, body };
    expect(await serialize(Buffer.alloc(11), { maxInlineBytes: 10 })).toEqual(result);
    expect(await serialize(Buffer.alloc(11), { maxInlineBytes: 10, ContentLength: 3 })).toEqual(result);
  });

  it("refuses an empty object", async () => {
    await expect(serialize(Buffer.alloc(0))).rejects.toThrow(/s3:\/\/scones\/test\/a.png is empty/);
  });

  it("leaves room for the state around the largest image that it takes", async () => {
    const { body } = await serialize(Buffer.alloc(190_000));
    const state = JSON.stringify({
      ...body,
      s3_key: "k".repeat(1024),
      inferences: Array(100).fill(0.8227921724319458),
    });
    expect(Buffer.byteLength(state) + 958).toBeLessThan(262_144);
  });
});

describe("createClassifyHandler", () => {
  const classify = (answer: string, labels?: string[]) => {
    const sagemakerRuntime = clientThatAnswers<SageMakerRuntimeClient>(() => ({ Body: Buffer.from(answer) }));
    const options = { endpointName: "scones-1", clients: { sagemakerRuntime }, ...(labels ? { labels } : {}) };
    return createClassifyHandler(options)({ ...PAYLOAD, inferences: [] }, { getRemainingTimeInMillis: () => 3000 });
  };

  it("adds probabilities, label and confidence", async () => {
    const { body } = await classify("[0.08, 0.92]", ["bicycle", "motorcycle"]);
    expect(body).toEqual({ ...PAYLOAD, inferences: [0.08, 0.92], label: "motorcycle", confidence: 0.92 });
  });

  it("refuses an answer that is not one probability per label", async () => {
    await expect(classify("<html>")).rejects.toMatchObject({ code: "PREDICTION_INVALID" });
    await expect(classify("[0.2, 0.3, 0.5]", ["bicycle", "motorcycle"])).rejects.toThrow(/3 probabilities for 2/);
  });

  it("reads an image that is not in the payload from S3", async () => {
    const sent: unknown[] = [];
    const sagemakerRuntime = {
      send: async (command: { input: { Body: Uint8Array } }) => {
        sent.push([...command.input.Body]);
        return { Body: Buffer.from("[0.9, 0.1]") };
      },
    } as unknown as SageMakerRuntimeClient;
    const s3 = clientThatAnswers<S3Client>(() => ({ Body: Readable.from([Buffer.from([1, 2, 3])]), ContentLength: 3 }));
    const handler = createClassifyHandler({ endpointName: "scones-1", clients: { sagemakerRuntime, s3 } });
    const { body } = await handler({ s3_bucket: "scones", s3_key: "test/a.png", image_source: "s3" });
    expect(sent).toEqual([[1, 2, 3]]);
    expect(body).toMatchObject({ image_data: "", inferences: [0.9, 0.1] });
  });

  it("refuses an image in S3 that is larger than a request may be", async () => {
    const s3 = clientThatAnswers<S3Client>(() => ({ Body: Readable.from([]), ContentLength: 6_291_457 }));
    const handler = createClassifyHandler({ endpointName: "scones-1", clients: { s3 } });
    await expect(handler({ ...PAYLOAD, image_data: "" })).rejects.toMatchObject({
      name: "InvalidPayloadError",
      code: "IMAGE_TOO_LARGE",
      message: expect.stringMatching(/^s3:\/\/scones\/test\/a.png has 6291457 bytes, but an endpoint takes 6291456/),
    });
  });
});

describe("createFilterHandler", () => {
  const filter = createFilterHandler({ threshold: 0.7 });

  it("lets a confident answer pass, the threshold itself included", async () => {
    await expect(filter({ ...PAYLOAD, inferences: [0.3, 0.7], label: "motorcycle" })).resolves.toMatchObject({
      statusCode: 200,
      body: { label: "motorcycle", confidence: 0.7 },
    });
  });

  it("fails loudly and names confidence, threshold and label", async () => {
    await expect(filter({ ...PAYLOAD, inferences: [0.61, 0.39], label: "bicycle" })).rejects.toMatchObject({
      name: "THRESHOLD_CONFIDENCE_NOT_MET",
      message: "Confidence 0.61 for bicycle is below the threshold 0.7: let a person look at test/a.png.",
      details: { confidence: 0.61, threshold: 0.7, label: "bicycle" },
    });
  });

  it("names the class where it has no label, and takes 0.7 by default", async () => {
    await expect(createFilterHandler()({ ...PAYLOAD, inferences: [0.4, 0.6] })).rejects.toThrow(
      "Confidence 0.6 for class 1 is below the threshold 0.7",
    );
  });

  it("refuses an event that was not classified, and a threshold that is none", async () => {
    await expect(filter({ ...PAYLOAD, inferences: [] })).rejects.toThrow(/inferences: is empty/);
    expect(() => createFilterHandler({ threshold: Number.NaN })).toThrow(/threshold/);
  });
});
