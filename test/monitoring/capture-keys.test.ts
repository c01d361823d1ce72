import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureHourPrefixes, formatCaptureKey, parseCaptureKey } from "../../src/monitoring/capture/capture-keys.js";

const ID = "04c92c7e-3666-48c8-963c-cb83a5bcf154";
const KEY = `data_capture/scones-1/AllTraffic/2025/10/04/08/44-11-981-${ID}.jsonl`;

describe("parseCaptureKey and formatCaptureKey", () => {
  it("read and write the service's layout", () => {
    const parts = {
      prefix: "data_capture",
      endpointName: "scones-1",
      variantName: "AllTraffic",
      time: new Date("2025-10-04T08:44:11.981Z"),
      id: ID,
    };
    expect(parseCaptureKey(KEY)).toEqual(parts);
    expect(formatCaptureKey(parts)).toBe(KEY);
  });

  it("are each other's inverse", () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9](-?[a-zA-Z0-9]){0,20}$/);
    const parts = fc.record({
      prefix: fc.constantFrom("", "a", "a/b c/d"),
      endpointName: name,
      variantName: name,
      time: fc.date({ min: new Date(0), max: new Date("2099-12-31T00:00:00Z"), noInvalidDate: true }),
      id: fc.uuid(),
    });
    fc.assert(
      fc.property(parts, (key) => {
        expect(parseCaptureKey(formatCaptureKey(key))).toEqual(key);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    "44-11-981-04c92c7e-3666-48c8-963c-cb83a5bcf154.jsonl",
    "captured_data.jsonl",
    KEY.replace(".jsonl", ".json"),
    KEY.replace("/10/04/", "/02/30/"),
    KEY.replace("/08/", "/25/"),
    KEY.replace("44-11", "61-11"),
    `${KEY}.zip`,
    "",
  ])("tell %s from a capture", (key) => {
    expect(parseCaptureKey(key)).toBeUndefined();
  });
});

describe("captureHourPrefixes", () => {
  const list = (from: string, to: string) =>
    captureHourPrefixes({ prefix: "/d/", endpointName: "e", from: new Date(from), to: new Date(to) });

  it("names every hour that the range touches, across a year's end", () => {
    expect(list("2025-12-31T22:59:59Z", "2026-01-01T00:00:01Z")).toEqual([
      "d/e/AllTraffic/2025/12/31/22/",
      "d/e/AllTraffic/2025/12/31/23/",
      "d/e/AllTraffic/2026/01/01/00/",
    ]);
  });

  it("leaves the end out, and has nothing for an empty range", () => {
    expect(list("2025-10-04T08:00:00Z", "2025-10-04T09:00:00Z")).toHaveLength(1);
    expect(list("2025-10-04T08:00:00Z", "2025-10-04T08:00:00Z")).toEqual([]);
  });

  it("refuses a range that runs backwards or without end", () => {
    expect(() => list("2025-10-04T09:00:00Z", "2025-10-04T08:00:00Z")).toThrow(/must not be after/);
    expect(() => list("1970-01-01T00:00:00Z", "2025-10-04T08:00:00Z")).toThrow(/hours/);
  });
});
