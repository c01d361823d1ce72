import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { CaptureBaselineSchema, createBaseline } from "../../src/monitoring/drift/baseline.js";
import {
  compareClasses,
  compareCurves,
  compareMixes,
  compareStability,
} from "../../src/monitoring/drift/compare-distributions.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { chiSquareTail, correctHolm, kolmogorovTail } from "../../src/monitoring/drift/p-values.js";
import { SketchBuilder } from "../../src/monitoring/statistics/sketch.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];

describe("the probabilities", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: critical values of the chi-square distribution.
  it.each([
    [1, 3.841, 0.05],
    [1, 6.635, 0.01],
    [5, 11.07, 0.05],
    [5, 20.515, 0.001],
    [10, 18.307, 0.05],
    [30, 43.773, 0.05],
    [100, 124.342, 0.05],
    [100, 149.449, 0.001],
  ])("agree with the table of chi-square for %i degrees at %f", (degrees, value, tail) => {
    expect(chiSquareTail(value, degrees) / tail).toBeCloseTo(1, 2);
  });

  it("agree with the closed forms of chi-square for 2 and 4 degrees", () => {
    for (const x of [0.1, 1, 2, 3, 5, 10, 40]) {
      expect(chiSquareTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12);
      expect(chiSquareTail(x, 4)).toBeCloseTo(Math.exp(-x / 2) * (1 + x / 2), 12);
    }
    expect(chiSquareTail(0, 3)).toBe(1);
  });

  // Smirnov, Annals of Mathematical Statistics 19, 1948: the limit's critical values.
  it.each([
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ])("agree with the table of Kolmogorov at %f", (value, tail) => {
    const n = 2e12;
    expect(kolmogorovTail(value / Math.sqrt(n / 2), n, n) / tail).toBeCloseTo(1, 3);
  });

  it("are corrected as Holm says", () => {
    expect(correctHolm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(6)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(correctHolm([])).toEqual([]);
    expect(correctHolm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe("the comparisons", () => {
  const sketch = (values: readonly number[]) => {
    const builder = new SketchBuilder("share");
    for (const value of values) builder.add(value);
    return builder.build();
  };

  it("compute chi-square and Cramér's V as by hand", () => {
    // 30 of each, 10 and 20 against 20 and 10: chi-square is 4 * 25 / 15.
    const { effect, pValue } = compareClasses([10, 20], [20, 10]);
    expect(effect).toBeCloseTo(1 / 3, 12);
    expect(pValue).toBeCloseTo(chiSquareTail(20 / 3, 1), 12);
  });

  it("take rare classes together, and say nothing of one class", () => {
    const rare = Array.from({ length: 20 }, () => 1);
    expect(compareClasses([100, 100, ...rare], [100, 100, ...rare])).toEqual({ effect: 0, pValue: 1 });
    expect(compareClasses([100, 1], [100, 0]).pValue).toBeUndefined();
    expect(compareClasses([0, 0], [0, 0]).pValue).toBeUndefined();
  });

  it("compute the Jensen-Shannon distance as its closed form", () => {
    expect(compareMixes([100, 0], [0, 100]).effect).toBeCloseTo(1, 12);
    expect(compareMixes([100, 50], [200, 100]).effect).toBeCloseTo(0, 12);
    const entropy = (p: number) => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
    expect(compareMixes([100, 0], [50, 50]).effect).toBeCloseTo(Math.sqrt(entropy(0.25) - 0.5), 12);
  });

  it("find the largest distance of two curves", () => {
    expect(compareCurves(sketch([0.1, 0.2, 0.3, 0.4]), sketch([0.3, 0.4, 0.5, 0.6])).effect).toBeCloseTo(0.5, 12);
    expect(compareCurves(sketch([0.1, 0.2]), sketch([0.8, 0.9])).effect).toBe(1);
    expect(compareCurves(sketch([0.1, 0.9]), sketch([0.1, 0.9])).effect).toBe(0);
    expect(compareCurves(sketch([]), sketch([0.1])).pValue).toBeUndefined();
  });

  it("compute the stability index as its definition", () => {
    const points = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);
    const before = sketch(points.flatMap((value) => Array.from({ length: 100 }, () => value)));
    const now = sketch(points.flatMap((value, index) => Array.from({ length: index < 5 ? 50 : 150 }, () => value)));
    // Half a count is added to each cell.
    const share = (count: number) => (count + 0.5) / 1005;
    const expected =
      5 * (share(100) - share(50)) * Math.log(share(100) / share(50)) +
      5 * (share(100) - share(150)) * Math.log(share(100) / share(150));
    const { effect, pValue } = compareStability(before, now);
    expect(effect).toBeCloseTo(expected, 9);
    expect(pValue).toBeCloseTo(chiSquareTail(expected * 500, 9), 12);
  });
});

/** Answers whose confidences are spread evenly over a range, every other one of the second class by `share`. */
function answers(count: number, low: number, high: number, share = 0.5): readonly Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const confidence = low + ((high - low) * ((index * 0.618034) % 1 || 0.5)) / 1;
    const isSecond = (index * 0.381966) % 1 < share;
    return observation(
      `${index}`,
      new Date(index * 1000),
      isSecond ? [1 - confidence, confidence] : [confidence, 1 - confidence],
    );
  });
}

const summarize = (seen: readonly Observation[]) => summarizeCaptures(seen, { labels });

describe("detectDrift", () => {
  it("finds none between samples of the same kind", async () => {
    const baseline = createBaseline(await summarize(answers(1000, 0.6, 1)));
    const report = detectDrift({ baseline, summary: await summarize(answers(700, 0.6, 1)) });
    expect(report.verdict).toBe("no-drift");
    expect(report.text).toMatch(/^No drift: 700 answers against 1000/);
    expect(report.tests.map(({ name }) => name)).toEqual([
      "class-mix",
      "class-mix-distance",
      "confidence",
      "confidence-stability",
      "below-threshold",
    ]);
  });

  it("finds another mix of classes, and less confidence, and says what changed", async () => {
    const baseline = createBaseline(await summarize(answers(1000, 0.6, 1)));
    const mix = detectDrift({ baseline, summary: await summarize(answers(700, 0.6, 1, 0.8)) });
    expect(mix.verdict).toBe("drift");
    expect(mix.tests.filter(({ isDrifted }) => isDrifted).map(({ name }) => name)).toEqual([
      "class-mix",
      "class-mix-distance",
    ]);
    expect(mix.text).toMatch(/motorcycle: 50\.\d % of the answers before, 80\.\d % now/);
    const unsure = detectDrift({ baseline, summary: await summarize(answers(700, 0.5, 0.9)) });
    expect(unsure.tests.filter(({ isDrifted }) => isDrifted).map(({ name }) => name)).toEqual([
      "confidence",
      "confidence-stability",
      "below-threshold",
    ]);
  });

  it("is not alarmed by a small difference, however much data shows it", async () => {
    const baseline = createBaseline(await summarize(answers(40_000, 0.6, 1)));
    const report = detectDrift({ baseline, summary: await summarize(answers(40_000, 0.6, 1, 0.53)) });
    expect(report.tests[0]?.correctedPValue).toBeLessThan(0.001);
    expect(report.verdict).toBe("no-drift");
    const strict = { "class-mix": 0.01 } as const;
    expect(
      detectDrift({ baseline, summary: await summarize(answers(40_000, 0.6, 1, 0.53)), thresholds: strict }).verdict,
    ).toBe("drift");
  });

  it("gives no verdict on too little data", async () => {
    const baseline = createBaseline(await summarize(answers(1000, 0.6, 1)));
    const report = detectDrift({ baseline, summary: await summarize(answers(99, 0.5, 0.6)) });
    expect(report).toMatchObject({ verdict: "not-enough-data", tests: [], count: 99 });
    expect(report.text).toMatch(/99 answers now and 1000 answers in the baseline/);
  });

  it("compares images where there are enough on both sides", async () => {
    const summary = await summarize(answers(500, 0.6, 1));
    const images = (level: number, count: number) => {
      const share = new SketchBuilder("share");
      for (let index = 0; index < count; index++) share.add(level + (index % 50) / 250);
      const size = new SketchBuilder("size").build();
      return {
        ...{ count, unreadable: 0, bytes: size, width: size, height: size, distinct: count, fingerprints: [] },
        ...{ brightness: share.build(), contrast: share.build(), colour: share.build() },
      };
    };
    const baseline = createBaseline({ ...summary, images: images(0.5, 500) });
    const dark = detectDrift({ baseline, summary: { ...summary, images: images(0.2, 500) } });
    expect(dark.text).toMatch(/median brightness: 0\.\d+ before, 0\.\d+ now/);
    expect(dark.omitted.map(({ name }) => name)).toEqual(["image-bytes"]);
    const few = detectDrift({ baseline, summary: { ...summary, images: images(0.2, 50) } });
    expect(few.verdict).toBe("no-drift");
    expect(few.omitted).toHaveLength(4);
  });

  it("keeps its baseline as JSON, and refuses other labels", async () => {
    const summary = await summarize(answers(200, 0.6, 1));
    const baseline = createBaseline(summary);
    expect(CaptureBaselineSchema.parse(JSON.parse(JSON.stringify(baseline)))).toEqual(baseline);
    const other = { ...baseline, labels: ["a", "b"] };
    expect(() => detectDrift({ baseline: other, summary })).toThrow(/same labels/);
    expect(() => detectDrift({ baseline, summary, minCount: 5 })).toThrow(/minCount/);
  });
});
