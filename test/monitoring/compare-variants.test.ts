import { describe, expect, it } from "vitest";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { joinGroundTruth } from "../../src/monitoring/truth/join-ground-truth.js";
import { answersNeeded, anytimeDifference } from "../../src/monitoring/variants/anytime-interval.js";
import { type CompareVariantsOptions, compareVariants } from "../../src/monitoring/variants/compare-variants.js";
import { observation } from "./captures.js";

const counted = (name: string, good: number, count: number) => ({ name, good, count });

describe("compareVariants", () => {
  it.each([
    ["candidate", counted("A", 1600, 2000), counted("B", 1800, 2000)],
    ["control", counted("A", 1800, 2000), counted("B", 1600, 2000)],
    ["no-difference", counted("A", 45_000, 50_000), counted("B", 45_100, 50_000)],
    ["undecided", counted("A", 180, 200), counted("B", 186, 200)],
  ] as const)("tells %s", (verdict, control, candidate) => {
    const comparison = compareVariants({ control, candidate });
    expect(comparison).toMatchObject({ verdict, measure: "counted" });
    expect(comparison.text).toMatch(verdict === "undecided" ? /^Cannot tell yet/ : /The comparison may stop\.$/);
    expect(comparison.missingAnswers === undefined).toBe(verdict !== "undecided");
    const { low = 1, high = -1, value = 0 } = comparison.difference ?? {};
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  });

  it("says nothing on a few answers, and how many are missing", () => {
    const comparison = compareVariants({ control: counted("A", 5, 5), candidate: counted("B", 0, 90) });
    expect(comparison).toMatchObject({ verdict: "undecided", missingAnswers: 105 });
    expect(comparison.difference).toBeUndefined();
    expect(comparison.text).toContain("both need 100");
  });

  it("does not call a difference better that is there but does not matter", () => {
    const comparison = compareVariants({
      control: counted("A", 900_000, 1_000_000),
      candidate: counted("B", 905_000, 1_000_000),
    });
    expect(comparison.difference?.low).toBeGreaterThan(0);
    expect(comparison.verdict).toBe("no-difference");
  });

  it("has had enough answers when those that were missing have come", () => {
    const control = counted("A", 450, 500);
    const candidate = counted("B", 455, 500);
    const { missingAnswers = 0 } = compareVariants({ control, candidate });
    const times = (1000 + missingAnswers) / 1000;
    const grown = ({ name, good, count }: typeof control) =>
      counted(name, Math.round(good * times), Math.round(count * times));
    const { difference } = compareVariants({ control: grown(control), candidate: grown(candidate) });
    expect(((difference?.high ?? 1) - (difference?.low ?? 0)) / 2).toBeCloseTo(0.02, 3);
  });

  it("compares variants of a summary by what is not below the threshold", async () => {
    const observations = Array.from({ length: 400 }, (_, index) => ({
      ...observation(String(index), new Date(index), index % 2 === 0 && index % 8 !== 0 ? [0.9, 0.1] : [0.6, 0.4]),
      endpointName: "scones",
      variantName: index % 2 === 0 ? "A" : "B",
    }));
    const { perVariant } = await summarizeCaptures(observations, { labels: ["bicycle", "motorcycle"] });
    const [control, candidate] = perVariant;
    if (control === undefined || candidate === undefined) throw new Error("two variants are in the summary");
    const comparison = compareVariants({ control, candidate });
    expect(comparison).toMatchObject({ verdict: "control", measure: "confident", control: { name: "A", count: 200 } });
    expect(comparison.control.share.value).toBe(0.75);
    expect(comparison.candidate.share.value).toBe(0);
  });

  it("compares variants by right answers where the truth is known", async () => {
    const labels = ["bicycle", "motorcycle"];
    const judge = async (right: number) => {
      const observations = Array.from({ length: 200 }, (_, index) =>
        observation(String(index), new Date(0), index < right ? [0.9, 0.1] : [0.1, 0.9]),
      );
      const truth = observations.map(({ eventId }) => ({ id: eventId, label: "bicycle" }));
      return joinGroundTruth({ observations, truth, labels });
    };
    const [control, candidate] = [
      { name: "A", truth: await judge(120) },
      { name: "B", truth: await judge(180) },
    ];
    expect(compareVariants({ control, candidate })).toMatchObject({
      verdict: "candidate",
      measure: "right",
      difference: { value: expect.closeTo(0.3, 12) },
    });
  });

  it.each<[string, object]>([
    ["candidate", { control: counted("A", 5, 9), candidate: { variantName: "B", count: 9, belowThreshold: 1 } }],
    ["control", { control: counted("A", 10, 9), candidate: counted("B", 1, 9) }],
    ["minDifference", { control: counted("A", 5, 9), candidate: counted("B", 1, 9), minDifference: 0 }],
  ])("refuses a wrong %s", (path, options) => {
    expect(() => compareVariants(options as CompareVariantsOptions)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTIONS", message: expect.stringContaining(path) }),
    );
  });
});

describe("the interval that may be looked at any time", () => {
  it("is wider than that of a single look, and as short as was asked for at the answers needed", () => {
    const side = { good: 9000, count: 10_000 };
    const { radius } = anytimeDifference(side, side, 0.02, 0.05);
    const single = 1.96 * Math.sqrt((2 * 0.09) / 10_000);
    expect(radius).toBeGreaterThan(single);
    expect(radius).toBeLessThan(2 * single);
    const needed = answersNeeded(side, side, 0.02, 0.05);
    const half = { good: (needed / 2) * 0.9, count: needed / 2 };
    expect(anytimeDifference(half, half, 0.02, 0.05).radius).toBeCloseTo(0.02, 4);
  });

  it("has a width even where nothing but good answers came", () => {
    const { low, high } = anytimeDifference({ good: 100, count: 100 }, { good: 100, count: 100 }, 0.02, 0.05);
    expect(high - low).toBeGreaterThan(0.01);
  });
});
