import { describe, expect, it } from "vitest";
import { type ClassifyImage, classifyOnce } from "../../examples/lambda/with-idempotency.js";
import type { InferencePayload } from "../../src/inference/handlers/payload.js";

const EVENT = { s3_bucket: "scones", s3_key: "a.png", image_data: "aGk=", inferences: [] };

/** Remembers answers by the fields of its options, as a table would. */
function remember(classify: ClassifyImage, fields: readonly (keyof InferencePayload)[]): ClassifyImage {
  const answers = new Map<string, ReturnType<ClassifyImage>>();
  return (payload, context) => {
    const key = JSON.stringify(fields.map((field) => payload[field]));
    const answer = answers.get(key) ?? classify(payload, context);
    answers.set(key, answer);
    return answer;
  };
}

describe("the example of an idempotent handler", () => {
  it("asks once for the same image in different wrappings, and again for another image", async () => {
    const asked: string[] = [];
    const classify: ClassifyImage = async (body) => {
      asked.push(body.s3_key);
      return { statusCode: 200, body };
    };
    const handler = classifyOnce(remember, ["s3_bucket", "s3_key", "image_data"], classify);
    const first = await handler(EVENT);
    expect(await handler({ statusCode: 200, body: JSON.stringify(EVENT) })).toEqual(first);
    const other = await handler({ Payload: { statusCode: 200, body: { ...EVENT, s3_key: "b.png" } } });
    expect(other.body.s3_key).toBe("b.png");
    expect(asked).toEqual(["a.png", "b.png"]);
  });

  it("refuses an event whose image it cannot tell", async () => {
    const handler = classifyOnce(remember, ["s3_key"], async (body) => ({ statusCode: 200, body }));
    await expect(handler({ body: {} })).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
    await expect(handler([EVENT, EVENT])).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
  });
});
