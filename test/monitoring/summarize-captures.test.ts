import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { readCaptures } from "../../src/monitoring/capture/read-captures.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { sharedData } from "../helpers/shared-data.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
const at = (text: string) => new Date(`2025-10-04T${text}Z`);
const few = [
  observation("a", at("08:00:00"), [0.9, 0.1]),
  observation("b", at("08:59:59"), [0.4, 0.6]),
  observation("c", at("09:00:00"), [0.2, 0.8]),
  { eventId: "d", time: at("09:30:00"), unclassified: "no-output" } as Observation,
  observation("e", at("07:00:00"), [0.1, 0.2, 0.7]),
];

describe("summarizeCaptures", () => {
  it("counts and measures by class, by time and by threshold", async () => {
    expect(await summarizeCaptures(few, { labels })).toMatchObject({
      labels,
      threshold: 0.7,
      records: 5,
      skipped: 2,
      unclassified: { "no-output": 1, "other-labels": 1 },
      firstTime: "2025-10-04T07:00:00.000Z",
      lastTime: "2025-10-04T09:30:00.000Z",
      overall: { count: 3, belowThreshold: 1, mean: expect.closeTo(2.3 / 3, 12), min: 0.6, max: 0.9 },
      perLabel: [
        { label: "bicycle", count: 1, belowThreshold: 0, mean: 0.9, min: 0.9, max: 0.9 },
        { label: "motorcycle", count: 2, belowThreshold: 1, mean: 0.7, min: 0.6, max: 0.8 },
      ],
      binMs: 3_600_000,
      bins: [
        { start: "2025-10-04T07:00:00.000Z", count: 0, unclassified: 1 },
        { start: "2025-10-04T08:00:00.000Z", count: 2, belowThreshold: 1, mean: 0.75, min: 0.6, max: 0.9 },
        {
          start: "2025-10-04T09:00:00.000Z",
          count: 1,
          unclassified: 1,
          belowThreshold: 0,
          mean: 0.8,
          min: 0.8,
          max: 0.8,
        },
      ],
      points: [
        { time: "2025-10-04T08:00:00.000Z", confidence: 0.9, label: "bicycle", eventId: "a", belowThreshold: false },
        { time: "2025-10-04T08:59:59.000Z", confidence: 0.6, label: "motorcycle", eventId: "b", belowThreshold: true },
        { time: "2025-10-04T09:00:00.000Z", confidence: 0.8, label: "motorcycle", eventId: "c", belowThreshold: false },
      ],
      pointsOmitted: 0,
      leastConfident: [
        expect.objectContaining({ eventId: "b" }),
        expect.objectContaining({ eventId: "c" }),
        expect.objectContaining({ eventId: "a" }),
      ],
    });
  });

  it("is a plain JSON value, for no captures, too", async () => {
    for (const observations of [few, []]) {
      const summary = await summarizeCaptures(observations, { labels });
      expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    }
    expect(await summarizeCaptures([], { labels })).toMatchObject({
      records: 0,
      skipped: 0,
      overall: { count: 0, belowThreshold: 0 },
      bins: [],
      points: [],
    });
  });

  it("calls a confidence at the threshold not below it", async () => {
    const summary = await summarizeCaptures([observation("a", at("08:00:00"), [0.7, 0.3])], { labels, threshold: 0.7 });
    expect(summary.overall.belowThreshold).toBe(0);
  });

  it("agrees with figures that are computed another way", async () => {
    const one = fc.record({ p: fc.double({ min: 0, max: 1, noNaN: true }), s: fc.nat(100_000) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (values, threshold) => {
          const all = values.map(({ p, s }, i) => observation(`${i}`, new Date(s * 1000), [p, 1 - p]));
          const { overall, perLabel, bins, points } = await summarizeCaptures(all, {
            labels,
            threshold,
            binMs: 60_000,
          });
          const confidences = all.map(({ confidence = 0 }) => confidence);
          expect(overall.count).toBe(all.length);
          expect(overall.belowThreshold).toBe(confidences.filter((c) => c < threshold).length);
          expect(overall.mean).toBeCloseTo(confidences.reduce((a, b) => a + b) / all.length, 10);
          expect([overall.min, overall.max]).toEqual([Math.min(...confidences), Math.max(...confidences)]);
          expect(perLabel.map(({ count }) => count)).toEqual(
            [0, 1].map((id) => all.filter(({ labelId }) => labelId === id).length),
          );
          expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
          for (const { start, count, mean } of bins) {
            const inside = all.filter(({ time }) => Math.floor(time.getTime() / 60_000) * 60_000 === Date.parse(start));
            expect(count).toBe(inside.length);
            expect(mean).toBeCloseTo(inside.reduce((sum, { confidence = 0 }) => sum + confidence, 0) / count, 10);
          }
          expect(points.map(({ time }) => time)).toEqual(points.map(({ time }) => time).toSorted());
        },
      ),
      { numRuns: 100 },
    );
  });

  it("keeps a bounded, even and repeatable sample of points, whatever their order", async () => {
    const all = Array.from({ length: 10_000 }, (_, i) =>
      observation(`event-${i}`, new Date(i * 1000), i % 4 ? [0.9, 0.1] : [0.6, 0.4]),
    );
    const summary = await summarizeCaptures(all, { labels, maxPoints: 500 });
    expect(summary.points).toHaveLength(1000);
    expect(summary.pointsOmitted).toBe(9000);
    expect(summary.points.filter(({ belowThreshold }) => belowThreshold)).toHaveLength(500);
    const early = summary.points.filter(({ time }) => Date.parse(time) < 5_000_000).length;
    expect(early).toBeGreaterThan(430);
    expect(early).toBeLessThan(570);
    expect(await summarizeCaptures(all.toReversed(), { labels, maxPoints: 500 })).toEqual({
      ...summary,
      overall: {
        ...summary.overall,
        mean: expect.closeTo(0.825, 9),
        entropy: expect.closeTo(summary.overall.entropy ?? 0, 9),
        margin: expect.closeTo(summary.overall.margin ?? 0, 9),
        sketch: { ...summary.overall.sketch, sum: expect.closeTo(8250, 6) },
      },
      perVariant: expect.anything(),
      perLabel: expect.anything(),
      bins: expect.anything(),
    });
    expect(summary.leastConfident).toHaveLength(20);
  });

  it("makes bins longer rather than too many", async () => {
    const all = Array.from({ length: 20_001 }, (_, i) => observation(`${i}`, new Date(i * 1000), [0.9, 0.1]));
    const { binMs, bins } = await summarizeCaptures(all, { labels, binMs: 1000 });
    expect(binMs).toBe(4000);
    expect(bins).toHaveLength(5001);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(20_001);
  });

  it("passes failures of the source on, and refuses wrong options", async () => {
    const failure = new Error("broken");
    async function* broken(): AsyncGenerator<Observation> {
      yield* few;
      throw failure;
    }
    await expect(summarizeCaptures(broken(), { labels })).rejects.toBe(failure);
    await expect(summarizeCaptures(few, { labels: ["one"] })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    await expect(summarizeCaptures(5 as never, { labels })).rejects.toThrow(/iterable/);
  });
});

const captures = sharedData("data/captures");

describe.skipIf(captures === undefined)("summarizeCaptures on real captures", () => {
  it("classifies every image and leaves the tables out", async () => {
    const summary = await summarizeCaptures(readCaptures({ source: captures ?? "" }), { labels, threshold: 0.94 });
    let images = 0;
    let tables = 0;
    let below = 0;
    let sum = 0;
    for await (const { input, probabilities } of readCaptures({ source: captures ?? "" })) {
      if (input?.encoding !== "BASE64") tables++;
      else {
        const [p = 0, q = 0] = probabilities ?? [];
        images++;
        sum += Math.max(p, q);
        if (p < 0.94 && q < 0.94) below++;
      }
    }
    expect([summary.records, summary.skipped, summary.overall.count]).toEqual([images + tables, tables, images]);
    expect(summary.overall.belowThreshold).toBe(below);
    expect(summary.overall.mean).toBeCloseTo(sum / images, 12);
  });
});
