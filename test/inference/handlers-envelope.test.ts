import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEnvelope, parsePayload } from "../../src/inference/handlers/envelope.js";
import { sharedData } from "../helpers/shared-data.js";

const SECRET = "c2VjcmV0c2VjcmV0";
const key = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter((text) => text.length <= 1024);
const probability = fc.double({ min: 0, max: 1, noNaN: true }).map((p) => p + 0);
const payloads = fc.record(
  {
    image_data: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    s3_bucket: fc.stringMatching(/^[a-z0-9]{3,20}$/),
    s3_key: key,
    inferences: fc.array(probability, { maxLength: 4 }),
    label: fc.string({ minLength: 1 }),
    confidence: probability,
  },
  { requiredKeys: ["s3_bucket", "s3_key"] },
);

/** What other programs put around a payload. */
const WRAPS: Readonly<Record<string, (inner: unknown) => unknown>> = {
  body: (body) => ({ statusCode: 200, body }),
  Payload: (Payload) => ({
    ExecutedVersion: "$LATEST",
    Payload,
    SdkHttpMetadata: { HttpStatusCode: 200 },
    StatusCode: 200,
  }),
  "body beside other fields": (body) => ({ statusCode: 200, headers: { "content-type": "application/json" }, body }),
};
const wraps = fc.array(fc.constantFrom(...Object.keys(WRAPS), "text"), { maxLength: 7 });
const wrap = (payload: unknown, names: readonly string[]) =>
  names.reduce<unknown>((inner, name) => (name === "text" ? JSON.stringify(inner) : WRAPS[name]?.(inner)), payload);
const complete = (payload: object) => ({ image_data: "", inferences: [], ...payload });

const notification = (bucket: string, encodedKey: string) => ({
  Records: [
    {
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: bucket }, object: { key: encodedKey } },
    },
  ],
});

describe("an envelope", () => {
  it("gives the same payload however it is nested and encoded, with fields missing and others in addition", () => {
    fc.assert(
      fc.property(payloads, wraps, fc.dictionary(fc.string(), fc.jsonValue()), (payload, names, extra) => {
        const others = complete(payload);
        const noise = Object.fromEntries(
          Object.entries(extra).filter(
            ([name]) =>
              !["s3_key", "image_source", "accepted", ...Object.keys(others), "label", "confidence"].includes(name),
          ),
        );
        expect(parsePayload(wrap({ ...noise, ...payload }, names))).toEqual(complete(payload));
      }),
      { numRuns: 300 },
    );
  });

  it("reads probabilities as text, encoded once or repeatedly, inside the payload or beside it", () => {
    fc.assert(
      fc.property(
        payloads,
        fc.array(probability, { minLength: 1 }),
        fc.integer({ min: 1, max: 4 }),
        (payload, inferences, times) => {
          let text: unknown = inferences;
          for (let time = 0; time < times; time++) text = JSON.stringify(text);
          expect(parsePayload({ ...payload, inferences: text }).inferences).toEqual(inferences);
          expect(parsePayload({ statusCode: 200, body: payload, inferences: text }).inferences).toEqual(inferences);
        },
      ),
    );
  });

  it("reads the keys of S3 notifications as they were before they were encoded", () => {
    fc.assert(
      fc.property(key, (name) => {
        const encoded = encodeURIComponent(name).replaceAll("%20", "+");
        expect(parsePayload(notification("scones", encoded)).s3_key).toBe(name);
      }),
    );
    expect(parsePayload(notification("scones", "a+b%2Bc/d.png")).s3_key).toBe("a b+c/d.png");
  });

  it("takes the keys of EventBridge events as they are", () => {
    const event = {
      source: "aws.s3",
      "detail-type": "Object Created",
      detail: { bucket: { name: "scones" }, object: { key: "a+b%20c.png", size: 3 } },
    };
    expect(parsePayload(event)).toEqual(complete({ s3_bucket: "scones", s3_key: "a+b%20c.png" }));
  });

  it.each([
    [
      "a notification through SQS",
      { Records: [{ messageId: "1", body: JSON.stringify(notification("scones", "a.png")) }] },
    ],
    [
      "a notification through SNS",
      { Records: [{ Sns: { Message: JSON.stringify(notification("scones", "a.png")) } }] },
    ],
    ["a location as text", "s3://scones/a.png"],
    ["an object of a listing", { Bucket: "scones", Key: "a.png", Size: 3 }],
    [
      "None of Python for what is not there",
      { s3_bucket: "scones", s3_key: "a.png", image_data: null, inferences: null },
    ],
  ])("reads %s", (_, event) => {
    expect(parsePayload(event)).toEqual(complete({ s3_bucket: "scones", s3_key: "a.png" }));
  });

  it("finds the images of a list, of a Distributed Map and of a notification with several records", () => {
    const read = (event: unknown) => {
      const envelope = parseEnvelope(event);
      return envelope.type === "batch" ? envelope.items.map((item) => item().s3_key) : [];
    };
    const items = [
      { Key: "a.png", Size: 1 },
      { Key: "b.png", Size: 2 },
    ];
    expect(read({ Items: items, BatchInput: { s3_bucket: "scones" } })).toEqual(["a.png", "b.png"]);
    expect(read({ statusCode: 200, body: JSON.stringify({ Items: items, BatchInput: { Bucket: "scones" } }) })).toEqual(
      ["a.png", "b.png"],
    );
    expect(read(["s3://scones/a.png", { statusCode: 200, body: { s3_bucket: "scones", s3_key: "b.png" } }])).toEqual([
      "a.png",
      "b.png",
    ]);
    const records = [...notification("scones", "a+1.png").Records, ...notification("scones", "b.png").Records];
    expect(read({ Records: records })).toEqual(["a 1.png", "b.png"]);
  });

  it.each([
    ["an unknown shape", { hello: "world" }, "s3_bucket"],
    ["a key without a bucket", { body: { Key: "a.png" } }, "body.s3_bucket"],
    ["a key that is no text", { body: { s3_bucket: "scones", s3_key: 1 } }, "body.s3_key"],
    ["a probability that is none", { s3_bucket: "scones", s3_key: "a", inferences: [0.5, 2] }, "inferences.1"],
    [
      "a probability that is not finite",
      { s3_bucket: "scones", s3_key: "a", inferences: [Number.NaN] },
      "inferences.0",
    ],
    ["probabilities that are no JSON", { s3_bucket: "scones", s3_key: "a", inferences: "0.9 0.1" }, "inferences"],
    ["an encoding that is none", notification("scones", "%E0%A4%A"), "Records.0.s3.object.key"],
    ["an empty list", { Items: [] }, "Items"],
    ["a list where one image is expected", [{ s3_bucket: "scones", s3_key: "a" }, "s3://scones/b"], ""],
    ["text without end", Array.from({ length: 9 }).reduce<string>((text) => JSON.stringify(text), "{}"), ""],
  ])("refuses %s and names the place", (_, event, path) => {
    let caught: unknown;
    try {
      parsePayload(event);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ name: "InvalidPayloadError", code: "PAYLOAD_INVALID" });
    expect((caught as { details: { issues: { path: string }[] } }).details.issues.map((issue) => issue.path)).toContain(
      path,
    );
  });

  it("refuses anything else with its own error, and never repeats what stands in it", () => {
    const leaves = fc.constantFrom<unknown>(SECRET, `${SECRET}!`, 1, null, true, {}, []);
    const names = fc.constantFrom(
      "body",
      "Payload",
      "Records",
      "Items",
      "s3",
      "detail",
      "object",
      "key",
      "image_data",
      "inferences",
      "s3_key",
      "s3_bucket",
      "BatchInput",
    );
    const { event } = fc.letrec((tie) => ({
      event: fc.oneof(
        { maxDepth: 5 },
        leaves,
        fc.array(tie("event"), { maxLength: 3 }),
        fc.dictionary(names, tie("event")),
        tie("event").map((value) => JSON.stringify(value)),
      ),
    }));
    fc.assert(
      fc.property(event, (value) => {
        try {
          const envelope = parseEnvelope(value);
          if (envelope.type === "batch") for (const item of envelope.items) item();
        } catch (error) {
          expect(error).toMatchObject({ code: "PAYLOAD_INVALID" });
          expect(JSON.stringify([String(error), error])).not.toContain(SECRET);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("does not let an event reach the prototype of anything", () => {
    const evil =
      '{"s3_bucket":"scones","s3_key":"a","__proto__":{"label":"evil","polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const payload = parsePayload({ statusCode: 200, body: evil });
    expect(payload).toEqual(complete({ s3_bucket: "scones", s3_key: "a" }));
    expect(payload.label).toBeUndefined();
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  const executions = [
    "failed-redriven-jsonata-cow-sschuhmi",
    "succeeded-jsonata-quadruple-encoded-AmadouBari",
    "succeeded-jsonpath-DannyLCG",
  ];
  const real = sharedData("data/executions");
  it.skipIf(real === undefined).each(executions)(
    "reads every state of the recorded execution %s (needs the shared data)",
    (name) => {
      const { historyHash } = JSON.parse(readFileSync(`${real}/${name}.json`, "utf8")) as {
        historyHash: Record<string, Record<string, unknown>>;
      };
      const texts = Object.values(historyHash).flatMap((event) =>
        Object.entries(event).flatMap(([field, details]) => {
          if (!field.endsWith("EventDetails") || details === null) return [];
          const { input, output, parameters } = details as Record<string, unknown>;
          return [input, output, (parameters as { Payload?: unknown } | undefined)?.Payload].filter(
            (value) => value !== undefined && value !== null,
          );
        }),
      );
      expect(texts.length).toBeGreaterThan(5);
      for (const text of texts) expect(parsePayload(text).s3_key).toMatch(/\.png$/);
      const classified = texts.map((text) => parsePayload(text).inferences.length);
      expect(classified.filter((length) => length > 0).every((length) => length === 2)).toBe(true);
      expect(classified).toContain(2);
    },
  );
});
