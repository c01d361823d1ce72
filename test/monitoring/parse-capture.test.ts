import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSconesError } from "../../src/core/errors.js";
import { type Observation, parseCapture } from "../../src/monitoring/capture/parse-capture.js";
import { sharedData } from "../helpers/shared-data.js";
import { captureLine, side } from "./captures.js";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const answer = (output: object | undefined) => parseCapture(captureLine({ output }));

function reasonOf(line: string | Uint8Array): string | undefined {
  try {
    parseCapture(line);
  } catch (error) {
    return isSconesError(error, "CAPTURE_INVALID") ? error.details.reason : String(error);
  }
  return undefined;
}

describe("parseCapture", () => {
  it("reads an image and its answer", () => {
    expect(parseCapture(captureLine())).toEqual({
      eventId: "e-1",
      time: new Date("2025-10-04T08:44:11Z"),
      probabilities: [0.82, 0.18],
      labelId: 0,
      confidence: 0.82,
      input: { contentType: "image/png", encoding: "BASE64", bytes: 8 },
      output: { contentType: "application/json", encoding: "JSON", bytes: 12 },
    });
  });

  it("takes bytes, a byte order mark, another key order and fields that are new", () => {
    const { eventMetadata, captureData } = JSON.parse(captureLine()) as Record<string, object>;
    const line = `\uFEFF${JSON.stringify({ eventVersion: "0", added: 1, eventMetadata, captureData })}`;
    expect(parseCapture(Buffer.from(line))).toEqual(parseCapture(captureLine()));
  });

  it("keeps what the caller named the invocation", () => {
    const metadata = { inferenceId: "57", customAttributes: ["a=b"] };
    expect(parseCapture(captureLine({ metadata }))).toMatchObject(metadata);
  });

  it.each<[string, object]>([
    ["a charset", side("[0.82, 0.18]", { observedContentType: "application/json; charset=utf-8" })],
    ["no content type", side("[0.82, 0.18]", { observedContentType: null })],
    ["line breaks", side("[0.82,\n 0.18]\n")],
    ["JSON as base64", side(base64("[0.82, 0.18]"), { encoding: "BASE64" })],
    [
      "JSON as base64 that calls itself HTML",
      side(base64("[0.82, 0.18]"), { encoding: "BASE64", observedContentType: "text/html; charset=utf-8" }),
    ],
    [
      "one line of JSON Lines",
      side('{"prediction": [0.82, 0.18]}\n', { observedContentType: "application/jsonlines" }),
    ],
    ["CSV", side("0.82,0.18\n", { encoding: "CSV", observedContentType: "text/csv; charset=utf-8" })],
    ["CSV as base64", side(base64("0.82, 0.18"), { encoding: "BASE64", observedContentType: "text/csv" })],
  ])("reads probabilities with %s", (_what, output) => {
    expect(answer(output)).toMatchObject({ probabilities: [0.82, 0.18], labelId: 0, confidence: 0.82 });
  });

  it.each<[string, object | undefined, string]>([
    ["no answer", undefined, "no-output"],
    ["the answer of a regression", side("10.52\n", { encoding: "CSV" }), "not-probabilities"],
    ["a score alone", side("0.5217", { encoding: "CSV" }), "not-probabilities"],
    ["several rows", side("0.1,0.9\n0.2,0.8\n", { encoding: "CSV" }), "several-answers"],
    ["an empty cell", side("0.1,,0.9", { encoding: "CSV" }), "not-probabilities"],
    [
      "several JSON Lines",
      side('{"score":0.98}\n{"score":0.1}', { observedContentType: "application/jsonlines" }),
      "several-answers",
    ],
    ["generated text", side('{"generated_text":"[0.9, 0.1]"}'), "not-probabilities"],
    ["numbers that are no probabilities", side("[1.5, -0.5]"), "not-probabilities"],
    ["text that is no JSON", side("[0.9 0.1]"), "not-probabilities"],
    ["NaN", side("[NaN, 0.1]"), "not-probabilities"],
    ["bytes that are no text", side("//79/A==", { encoding: "BASE64" }), "not-probabilities"],
    ["nothing", side(""), "not-probabilities"],
  ])("gives an observation without probabilities for %s", (_what, output, unclassified) => {
    const seen = answer(output);
    expect(seen).toMatchObject({ eventId: "e-1", unclassified });
    expect(seen).not.toHaveProperty("probabilities");
  });

  it("takes a record without a request", () => {
    expect(parseCapture(captureLine({ input: undefined }))).toMatchObject({ confidence: 0.82 });
  });

  it("decodes the image only when asked", () => {
    expect(parseCapture(captureLine())).not.toHaveProperty("image");
    const { image } = parseCapture(captureLine(), { images: "bytes" });
    expect(image).toEqual(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    const text = captureLine({ input: side("1,2", { encoding: "CSV" }) });
    expect(parseCapture(text, { images: "bytes" })).not.toHaveProperty("image");
    const broken = captureLine({ input: side("iVBO*w0K", { observedContentType: "image/png", encoding: "BASE64" }) });
    expect(() => parseCapture(broken, { images: "bytes" })).toThrow(/not base64/);
  });

  it.each<[string, string, RegExp]>([
    ["text", "hello", /not JSON/],
    ["a line that was cut", captureLine().slice(0, -20), /not JSON/],
    ["a list", "[]", /the line/],
    ["another object", "{}", /captureData/],
    ["no event", captureLine({ metadata: { eventId: undefined } }), /eventMetadata\.eventId/],
    ["the placeholder of the SDK's template", captureLine({ metadata: { inferenceTime: "{%s}" } }), /inferenceTime/],
    [
      "a time that does not exist",
      captureLine({ metadata: { inferenceTime: "2025-13-04T08:44:11Z" } }),
      /inferenceTime/,
    ],
    ["another encoding", captureLine({ output: side("x", { encoding: "XML" }) }), /endpointOutput\.encoding/],
    ["data that is no text", captureLine({ output: side("x", { data: [0.8, 0.2] }) }), /endpointOutput\.data/],
    ["another version", captureLine({ rest: { eventVersion: "1" } }), /eventVersion/],
  ])("refuses %s and says why", (_what, line, reason) => {
    expect(reasonOf(line)).toMatch(reason);
  });

  it("refuses a line that is longer than any capture", () => {
    expect(reasonOf(new Uint8Array(40 * 1024 * 1024 + 1))).toMatch(/more than/);
  });

  it("never quotes the payload", () => {
    const secret = captureLine({ output: side("secret-payload", { encoding: "secret-encoding" }) });
    expect(reasonOf(secret)).not.toMatch(/secret/);
    expect(reasonOf(`${secret}}`)).not.toMatch(/secret/);
  });
});

/** An observation that hangs together, or a coded error. */
function expectSound(line: string | Uint8Array): void {
  let seen: Observation;
  try {
    seen = parseCapture(line, { images: "bytes" });
  } catch (error) {
    if (!isSconesError(error, "CAPTURE_INVALID")) throw error;
    return;
  }
  expect(Number.isNaN(seen.time.getTime())).toBe(false);
  expect(seen.probabilities === undefined).toBe(seen.unclassified !== undefined);
  if (seen.probabilities !== undefined) expect(seen.confidence).toBe(Math.max(...seen.probabilities));
}

describe("parseCapture on damaged lines", () => {
  const line = captureLine();

  it("gives an observation or a coded error for arbitrary lines", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array()), expectSound), { numRuns: 300 });
  });

  it("does so for a record with anything in its fields", () => {
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined));
    const part = fc.record(
      {
        observedContentType: value,
        mode: value,
        data: fc.oneof(fc.string(), value),
        encoding: fc.oneof(fc.constantFrom("CSV", "JSON", "BASE64"), value),
      },
      { requiredKeys: [] },
    );
    const record = fc.record(
      {
        input: part,
        output: part,
        metadata: fc.dictionary(fc.constantFrom("eventId", "inferenceTime", "inferenceId"), value),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(record, (changes) => expectSound(captureLine(changes))),
      { numRuns: 500 },
    );
  });

  it("does so for a line with characters changed, cut out or put in", () => {
    const edit = fc.record({ at: fc.nat(line.length), remove: fc.nat(5), insert: fc.string({ maxLength: 5 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        expectSound(
          edits.reduce((text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove), line),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("decodes any probabilities that JSON can carry", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(probability, { minLength: 2, maxLength: 100 }),
        fc.constantFrom("JSON", "CSV", "BASE64"),
        (values, encoding) => {
          const text = encoding === "CSV" ? values.join(",") : JSON.stringify(values);
          const output = side(encoding === "BASE64" ? base64(text) : text, { encoding });
          expect(answer(output).probabilities).toEqual(values.map((v) => (Object.is(v, -0) ? 0 : v)));
        },
      ),
      { numRuns: 200 },
    );
  });
});

const tables = sharedData("data/captures/csv-inference-id.jsonl");

describe.skipIf(tables === undefined)("parseCapture on real records that are no image classification", () => {
  it.each([
    ["csv-inference-id.jsonl", "not-probabilities"],
    ["csv.jsonl", "not-probabilities"],
    ["jsonlines-multi-line.jsonl", undefined],
  ])("keeps the events of %s", (file, unclassified) => {
    const lines = readFileSync(`${sharedData("data/captures")}/${file}`, "utf8")
      .trimEnd()
      .split("\n");
    for (const line of lines) {
      const seen = parseCapture(line);
      expect(seen.probabilities).toBeUndefined();
      if (unclassified !== undefined) expect(seen.unclassified).toBe(unclassified);
    }
  });
});
