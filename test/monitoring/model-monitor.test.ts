import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/etl/images/encode-png.js";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { toMonitorConstraints, toMonitorViolations } from "../../src/monitoring/model-monitor/monitor-constraints.js";
import { toMonitorStatistics } from "../../src/monitoring/model-monitor/monitor-statistics.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
const image = (shade: number) => encodePng({ width: 4, height: 4, rgb: new Uint8Array(48).fill(shade) });
const confidences = Array.from({ length: 200 }, (_, index) => 0.5 + index / 400);
const answers = confidences.map((confidence, index) => ({
  ...observation(
    String(index),
    new Date(index * 1000),
    index % 4 === 0 ? [1 - confidence, confidence] : [confidence, 1 - confidence],
  ),
  image: image(index),
}));
const broken = { eventId: "broken", time: new Date(0), unclassified: "no-output" as const };

describe("the bridge to Model Monitor", () => {
  it("writes statistics that agree with those of the values themselves", async () => {
    const summary = await summarizeCaptures([...answers, broken], { labels, images: "measure" });
    const { version, dataset, features } = toMonitorStatistics(summary);
    expect([version, dataset.item_count]).toEqual([0, 201]);
    expect(features.map(({ name }) => name)).toEqual([
      "predicted_label",
      "confidence",
      "image_bytes",
      "image_brightness",
      "image_contrast",
      "image_colour",
    ]);
    // At a confidence of exactly one half both classes are as probable, and the first one counts.
    expect(features[0]).toMatchObject({
      inferred_type: "String",
      string_statistics: { common: { num_present: 200, num_missing: 1 }, distinct_count: 2 },
    });
    const confidence = features.find(({ name }) => name === "confidence");
    if (confidence?.inferred_type !== "Fractional") throw new Error("confidence is a number");
    const { mean, std_dev, min, max, sum, distribution, common } = confidence.numerical_statistics;
    const exactMean = confidences.reduce((total, value) => total + value, 0) / 200;
    const exactDeviation = Math.sqrt(confidences.reduce((total, value) => total + (value - exactMean) ** 2, 0) / 200);
    expect(mean).toBeCloseTo(exactMean, 10);
    expect(sum).toBeCloseTo(exactMean * 200, 8);
    expect(std_dev).toBeCloseTo(exactDeviation, 2);
    expect([min, max]).toEqual([0.5, 0.9975]);
    expect(common).toEqual({ num_present: 200, num_missing: 1 });
    const { buckets } = distribution.kll;
    expect(buckets).toHaveLength(10);
    expect(buckets.reduce((total, { count }) => total + count, 0)).toBe(200);
    for (const { count } of buckets) expect(Math.abs(count - 20)).toBeLessThan(8);
    expect(buckets.at(-1)?.upper_bound).toBe(0.9975);
  });

  it("writes statistics of nothing and of one answer", async () => {
    const empty = toMonitorStatistics(await summarizeCaptures([], { labels }));
    expect(empty).toMatchObject({ dataset: { item_count: 0 }, features: [{ name: "predicted_label" }] });
    const one = toMonitorStatistics(await summarizeCaptures([observation("1", new Date(0), [0.9, 0.1])], { labels }));
    expect(one.features[1]).toMatchObject({ numerical_statistics: { mean: 0.9, min: 0.9, max: 0.9 } });
    expect(JSON.stringify(one)).not.toContain("null");
  });

  it("writes constraints of a baseline, and violations of what drifted or is missing", async () => {
    const usual = await summarizeCaptures(answers, { labels });
    const baseline = createBaseline(usual);
    expect(toMonitorConstraints({ baseline, completeness: 0.9 })).toEqual({
      version: 0,
      features: [
        {
          name: "predicted_label",
          inferred_type: "String",
          completeness: 0.9,
          string_constraints: { domains: labels },
        },
        {
          name: "confidence",
          inferred_type: "Fractional",
          completeness: 0.9,
          num_constraints: { is_non_negative: true },
        },
      ],
    });
    expect(toMonitorViolations({ drift: detectDrift({ baseline, summary: usual }), summary: usual })).toEqual({
      violations: [],
    });
    const changed = await summarizeCaptures(
      [
        ...answers.map(({ eventId, time }) => observation(eventId, time, [0.1, 0.9])),
        ...Array.from({ length: 50 }, (_, index) => ({ ...broken, eventId: `b${index}` })),
      ],
      { labels },
    );
    const { violations } = toMonitorViolations({
      drift: detectDrift({ baseline, summary: changed }),
      summary: changed,
    });
    const found = violations.map((violation) => `${violation.feature_name} ${violation.constraint_check_type}`);
    expect(found).toContain("predicted_label baseline_drift_check");
    expect(found).toContain("confidence baseline_drift_check");
    expect(found.at(-1)).toBe("predicted_label completeness_check");
  });
});
