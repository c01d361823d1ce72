import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClassifyHandler } from "../../src/inference/handlers/classify-handler.js";
import { createFilterHandler } from "../../src/inference/handlers/filter-handler.js";
import type { HandlerResult } from "../../src/inference/handlers/payload.js";
import { createSerializeHandler } from "../../src/inference/handlers/serialize-handler.js";

/** What Step Functions counts: the task's result with what lambda:invoke puts around it, as recorded executions have it. */
function stateBytes(result: unknown): number {
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return bytes + 962 + 2 * (String(bytes).length - 4);
}
const LIMIT = 262_144;

const s3With = (image: Buffer) =>
  ({
    send: async () => ({ Body: Readable.from([image]), ContentLength: image.length }),
  }) as unknown as S3Client;
async function runSteps(size: number, key: string, classes = 2) {
  const probabilities = Array.from({ length: classes }, (_, index) =>
    index === 1 ? 0.9226798564195633 : 0.0077320143580436 / classes,
  );
  const s3 = s3With(Buffer.alloc(size, 7));
  const sent: number[] = [];
  const sagemakerRuntime = {
    send: async (command: { input: { Body: Uint8Array } }) => {
      sent.push(command.input.Body.length);
      return { Body: Buffer.from(JSON.stringify(probabilities)) };
    },
  } as unknown as SageMakerRuntimeClient;
  const serialized = await createSerializeHandler({ clients: { s3 } })({ s3_bucket: "scones", s3_key: key });
  const classified = await createClassifyHandler({ endpointName: "scones", clients: { sagemakerRuntime, s3 } })(
    serialized.body,
  );
  const filtered = await createFilterHandler()(classified.body);
  return { serialized, classified, filtered, sent };
}

describe("the size of a workflow's state", () => {
  it("stays below the limit in every step, whatever the image and its key are, and the endpoint gets the whole image", async () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 6_000 }),
      fc.integer({ min: 190_000, max: 200_000 }),
      fc.constantFrom(1_000_000, 6_291_456),
    );
    const keys = fc.string({ minLength: 1, maxLength: 300, unit: "binary" });
    await fc.assert(
      fc.asyncProperty(sizes, keys, async (size, key) => {
        const { serialized, classified, filtered, sent } = await runSteps(size, key);
        for (const result of [serialized, classified, filtered]) {
          expect(stateBytes(result)).toBeLessThan(LIMIT);
          expect(result.body.image_data === "").toBe(result.body.image_source === "s3");
        }
        expect(sent).toEqual([size]);
      }),
      { numRuns: 60 },
    );
  });

  it("is used up: an image is left out only where little room is left", async () => {
    const { body } = (await runSteps(1, "a.png")).serialized;
    const largest = async (from: number, to: number): Promise<number> => {
      if (to - from <= 1) return from;
      const middle = Math.floor((from + to) / 2);
      const { serialized } = await runSteps(middle, "a.png");
      return serialized.body.image_source === undefined ? largest(middle, to) : largest(from, middle);
    };
    const size = await largest(1, 200_000);
    const full: HandlerResult = {
      statusCode: 200,
      body: { ...body, image_data: Buffer.alloc(size).toString("base64") },
    };
    expect(LIMIT - stateBytes(full)).toBeGreaterThan(0);
    expect(LIMIT - stateBytes(full)).toBeLessThan(512);
  });

  it("stays below the limit when many classes leave no room for the image", async () => {
    const { serialized, classified } = await runSteps(190_000, "a.png", 1000);
    expect(serialized.body.image_data).not.toBe("");
    expect(classified.body).toMatchObject({ image_data: "", image_source: "s3", confidence: 0.9226798564195633 });
    expect(stateBytes(classified)).toBeLessThan(LIMIT);
  });

  it("is shared evenly by the images of a batch", async () => {
    const serialize = createSerializeHandler({ clients: { s3: s3With(Buffer.alloc(3000)) } });
    const batch = (count: number) => serialize(Array.from({ length: count }, (_, index) => `s3://scones/${index}.png`));
    const [few, many] = [await batch(60), await batch(1000)];
    expect(few.body.items.every((item) => item.image_data?.length === 4000)).toBe(true);
    expect(many.body.items.every((item) => item.image_data === "" && item.image_source === "s3")).toBe(true);
    expect(Math.max(stateBytes(few), stateBytes(many))).toBeLessThan(LIMIT);
  });

  it("that cannot hold the references of a batch is refused with the numbers", async () => {
    const serialize = createSerializeHandler({ clients: { s3: s3With(Buffer.alloc(1)) } });
    const batch = serialize(Array.from({ length: 4000 }, (_, index) => `s3://scones/${index}.png`));
    await expect(batch).rejects.toMatchObject({ name: "InvalidPayloadError", code: "RESULT_TOO_LARGE" });
  });

  it("holds hundreds of failures", async () => {
    const s3 = { send: async () => Promise.reject(new Error("x".repeat(5000))) } as unknown as S3Client;
    const { body } = await createSerializeHandler({ clients: { s3 } })(
      Array.from({ length: 900 }, (_, index) => `s3://scones/${index}.png`),
    );
    expect(body.failed).toBe(900);
  });
});
