import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSconesError } from "../../src/core/errors.js";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { adviseThreshold } from "../../src/monitoring/truth/advise-threshold.js";
import { parseGroundTruth } from "../../src/monitoring/truth/ground-truth.js";
import { joinGroundTruth, mergeTruth } from "../../src/monitoring/truth/join-ground-truth.js";
import { readGroundTruth } from "../../src/monitoring/truth/read-ground-truth.js";
import { estimateShare } from "../../src/monitoring/truth/truth-summary.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
const seen = (id: string, probabilities: readonly number[]) => observation(id, new Date(0), probabilities);
const truthLine = (eventId: string, data: string, encoding = "CSV") =>
  JSON.stringify({ groundTruthData: { data, encoding }, eventMetadata: { eventId }, eventVersion: "0" });

describe("joinGroundTruth", () => {
  const observations = [
    seen("a", [0.9, 0.1]),
    seen("b", [0.8, 0.2]),
    { ...seen("c", [0.3, 0.7]), inferenceId: "57" },
    seen("d", [0.05, 0.95]),
    seen("unknown", [0.9, 0.1]),
    { eventId: "e", time: new Date(0), unclassified: "no-output" } as Observation,
  ];
  const truth = [
    { id: "a", label: "bicycle" },
    { id: "b", label: "motorcycle" },
    { id: "57", label: "motorcycle" },
    { id: "d", label: "motorcycle" },
    { id: "c", label: "bicycle" },
    { id: "never asked", label: "bicycle" },
  ];

  it("counts right and wrong answers by class, and leaves out what it cannot judge", async () => {
    const result = await joinGroundTruth({ observations, truth, labels });
    expect(result.counts).toMatchObject({ matched: 4, unmatched: 1, skipped: 1 });
    expect(result.confusion).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(result.accuracy.value).toBe(0.75);
    expect(result.perLabel).toMatchObject([
      { label: "bicycle", images: 1, answers: 2, precision: { value: 0.5 }, recall: { value: 1 }, f1: 2 / 3 },
      { label: "motorcycle", images: 3, answers: 2, precision: { value: 1 }, recall: { value: 2 / 3 }, f1: 0.8 },
    ]);
    // Each answer stands alone in its step: 0.1 and 0.8 and 0.3 and 0.05 off.
    expect(result.calibrationError).toBeCloseTo((0.1 + 0.8 + 0.3 + 0.05) / 4, 12);
  });

  it("joins by a key of the caller's", async () => {
    const byKey = observations.map((one) => ({ ...one, customAttributes: [`s3://images/${one.eventId}.png`] }));
    const result = await joinGroundTruth({
      observations: byKey,
      truth: [{ id: "s3://images/a.png", label: "bicycle" }],
      labels,
      idOf: ({ customAttributes }) => customAttributes?.[0],
    });
    expect(result.counts).toMatchObject({ matched: 1, unmatched: 4 });
  });

  it("says nothing where no truth is known, and refuses a class that is not there", async () => {
    const result = await joinGroundTruth({ observations, truth: [], labels });
    expect(result.accuracy).toEqual({ low: 0, high: 1 });
    expect(result).not.toHaveProperty("calibrationError");
    expect(adviseThreshold({ truth: result }).text).toMatch(/No advice/);
    await expect(joinGroundTruth({ observations, truth: [{ id: "a", label: "car" }], labels })).rejects.toThrow(
      /class that is not among the labels/,
    );
  });

  it("gives for parts that are joined what it gives for the whole, and agrees with counting by hand", async () => {
    const one = fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), truth: fc.nat(1), part: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 60 }), async (values) => {
        const all = values.map(({ p }, index) => seen(`${index}`, [p, 1 - p]));
        const known = values.map((value, index) => ({ id: `${index}`, label: labels[value.truth] ?? "" }));
        const whole = await joinGroundTruth({ observations: all, truth: known, labels });
        const parts = await Promise.all(
          [0, 1].map((part) =>
            joinGroundTruth({
              observations: all.filter((_, index) => values[index]?.part === part),
              truth: known,
              labels,
            }),
          ),
        );
        const merged = mergeTruth(JSON.parse(JSON.stringify(parts)));
        expect(merged.confusion).toEqual(whole.confusion);
        expect(merged.accuracy).toEqual(whole.accuracy);
        expect(merged.calibrationError ?? 0).toBeCloseTo(whole.calibrationError ?? 0, 9);
        const right = values.filter(({ truth }, index) => all[index]?.labelId === truth).length;
        expect(whole.accuracy.value).toBe(values.length === 0 ? undefined : right / values.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe("estimateShare", () => {
  // Newcombe, Statistics in Medicine 17, 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("agrees with the published interval for %i of %i", (hits, count, low, high) => {
    const found = estimateShare(hits, count);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });
});

describe("adviseThreshold", () => {
  it("counts what each threshold would reject and let pass, and picks the cheapest", async () => {
    // Ten answers, 0.50 to 0.95; those below 0.7 are wrong.
    const all = Array.from({ length: 10 }, (_, index) => 0.5 + index * 0.05);
    const result = await joinGroundTruth({
      observations: all.map((p, index) => seen(`${index}`, [p, 1 - p])),
      truth: all.map((p, index) => ({ id: `${index}`, label: p < 0.69 ? "motorcycle" : "bicycle" })),
      labels,
    });
    const thresholds = [0.5, 0.62, 0.68, 0.9];
    const advice = adviseThreshold({ truth: result, thresholds });
    expect(advice.outcomes.map(({ rejected, wrong, cost }) => [rejected, wrong, cost])).toEqual([
      [0, 4, 40],
      [3, 1, 13],
      [4, 0, 4],
      [8, 0, 8],
    ]);
    expect(advice.cheapest?.threshold).toBe(0.68);
    expect(advice.text).toMatch(/cheapest threshold is 0.68, which would have rejected 4 of 10.*few answers/);
    expect(adviseThreshold({ truth: result, thresholds, maxWrongShare: 0.4 }).lowestWithin?.threshold).toBe(0.68);
    expect(adviseThreshold({ truth: result, thresholds, maxWrongShare: 0.01 }).text).toMatch(/None of the thresholds/);
    expect(adviseThreshold({ truth: result, thresholds, rejectedCost: 100 }).cheapest?.threshold).toBe(0.5);
  });
});

describe("parseGroundTruth", () => {
  it.each([
    ["a number", "1", "CSV"],
    ["a number with a line break", "1\n", "CSV"],
    ["a number of a float", "1.0", "CSV"],
    ["a name", "motorcycle", "CSV"],
    ["a name as JSON", '"motorcycle"', "JSON"],
    ["base64", Buffer.from("1").toString("base64"), "BASE64"],
  ])("reads %s", (_what, data, encoding) => {
    expect(parseGroundTruth(truthLine("57", data, encoding), labels)).toEqual({ id: "57", label: "motorcycle" });
  });

  it("takes a name before a number", () => {
    expect(parseGroundTruth(truthLine("57", "1"), ["1", "0"]).label).toBe("1");
  });

  it.each([
    truthLine("57", "2"),
    truthLine("57", "secret"),
    truthLine("", "1"),
    "{}",
    "no",
    "[]",
    truthLine("5", "-1"),
  ])("refuses %s without quoting it", (line) => {
    let reason: unknown;
    try {
      parseGroundTruth(line, labels);
    } catch (error) {
      reason = isSconesError(error, "CAPTURE_INVALID") ? error.message : error;
    }
    expect(reason).toMatch(/not a record/);
    expect(reason).not.toMatch(/secret/);
  });

  it("gives a truth or a coded error for anything", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => truthLine("a", json)),
        ),
        (line) => {
          try {
            expect(labels).toContain(parseGroundTruth(line, labels).label);
          } catch (error) {
            if (!isSconesError(error, "CAPTURE_INVALID")) throw error;
          }
        },
      ),
    );
  });
});

describe("readGroundTruth", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "truth-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("reads every line of every file, and names what it leaves out", async () => {
    await writeFile(join(folder, "a.jsonl"), `${truthLine("a", "0")}\nbroken\n${truthLine("b", "1")}\n`);
    await writeFile(join(folder, "b.txt"), "x");
    const skipped: unknown[] = [];
    const read = async (onMalformed: "skip" | "throw") => {
      const found = [];
      const options = { source: folder, labels, onMalformed, onSkip: (what: unknown) => skipped.push(what) };
      for await (const entry of readGroundTruth(options)) found.push(entry);
      return found;
    };
    expect(await read("skip")).toEqual([
      { id: "a", label: "bicycle" },
      { id: "b", label: "motorcycle" },
    ]);
    expect(skipped).toMatchObject([
      { reason: "malformed", line: 2, file: join(folder, "a.jsonl") },
      { reason: "foreign-file", file: join(folder, "b.txt") },
    ]);
    await expect(read("throw")).rejects.toMatchObject({ details: { line: 2 } });
  });
});
