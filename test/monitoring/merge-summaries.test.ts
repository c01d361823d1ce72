import fc from "fast-check";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../src/monitoring/capture/parse-capture.js";
import { mergeSummaries } from "../../src/monitoring/statistics/merge-summaries.js";
import { SketchBuilder, sketchQuantile } from "../../src/monitoring/statistics/sketch.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { CaptureSummarySchema } from "../../src/monitoring/statistics/summary-schema.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];

/** A picture of one colour, or of two in halves. */
function png(...colours: readonly (readonly [number, number, number])[]): Uint8Array {
  const image = new PNG({ width: 4, height: 2 });
  for (let pixel = 0; pixel < 8; pixel++) {
    const [r, g, b] = colours[Math.floor((pixel * colours.length) / 8)] ?? [0, 0, 0];
    image.data.set([r, g, b, 255], pixel * 4);
  }
  return PNG.sync.write(image);
}

/** Rounds every number that is not whole, because the order of additions shows in the last digits. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
    typeof item === "number" && !Number.isInteger(item) ? Number(item.toPrecision(10)) : item,
  );

describe("mergeSummaries", () => {
  it("gives for captures that were summarised apart what they give together", async () => {
    const one = fc.record({
      p: fc.double({ min: 0, max: 1, noNaN: true }),
      s: fc.nat(40_000),
      part: fc.nat(2),
      variantName: fc.constantFrom("A", "B"),
      latencyMs: fc.option(fc.double({ min: 0, max: 5000, noNaN: true }), { nil: undefined }),
      isOther: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 80 }), fc.boolean(), async (values, hasImages) => {
        const all = values.map(({ p, s, part, variantName, latencyMs, isOther }, index) => ({
          part,
          seen: {
            ...observation(`${index}`, new Date(s * 1000), isOther ? [0.2, 0.3, 0.5] : [p, 1 - p]),
            endpointName: "e",
            variantName,
            ...(latencyMs === undefined ? {} : { latencyMs }),
            ...(hasImages ? { image: png([s % 256, 0, 0]) } : {}),
          } as Observation,
        }));
        const options = { labels, maxPoints: 10, binMs: 60_000, images: "measure" } as const;
        const summarize = (part?: number) =>
          summarizeCaptures(
            all.filter((item) => part === undefined || item.part === part).map(({ seen }) => seen),
            options,
          );
        const parts = await Promise.all([0, 1, 2].map(summarize));
        expect(rounded(mergeSummaries(parts))).toEqual(rounded(await summarize()));
        const kept = parts.map((part) => CaptureSummarySchema.parse(JSON.parse(JSON.stringify(part))));
        expect(mergeSummaries(kept)).toEqual(mergeSummaries(parts));
      }),
      { numRuns: 40 },
    );
  });

  it("refuses what does not fit together", async () => {
    const one = await summarizeCaptures([], { labels });
    expect(() => mergeSummaries([])).toThrow(/at least one/);
    expect(() => mergeSummaries([one, { ...one, labels: ["a", "b"] }])).toThrow(/same labels/);
    expect(() => mergeSummaries([one, { ...one, threshold: 0.5 }])).toThrow(/same threshold/);
    expect(() => mergeSummaries([one, { ...one, binMs: one.binMs * 3 }])).toThrow(/same length/);
    expect(() => mergeSummaries([{} as never])).toThrow(/labels/);
  });
});

describe("sketchQuantile", () => {
  const exact = (values: readonly number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? 0;

  it("is within 1 % of the odds of the exact quantile", () => {
    const share = fc.double({ min: 1e-7, max: 1 - 1e-7, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(share, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, at) => {
          const sketch = new SketchBuilder("share");
          for (const value of values) sketch.add(value);
          const found = sketchQuantile(sketch.build(), at) ?? Number.NaN;
          const right = exact(values, at);
          const odds = (p: number) => Math.log(p / (1 - p));
          expect(Math.abs(odds(found) - odds(right))).toBeLessThan(0.01 + 1e-6);
          expect(Math.abs(found - right)).toBeLessThan(0.0025 + 1e-9);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is within 1 % of the exact quantile of sizes", () => {
    const size = fc.oneof(fc.double({ min: 1e-5, max: 1e12, noNaN: true }), fc.constant(0));
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, at) => {
          const sketch = new SketchBuilder("size");
          for (const value of values) sketch.add(value);
          const found = sketchQuantile(sketch.build(), at) ?? Number.NaN;
          const right = exact(values, at);
          expect(Math.abs(found - right)).toBeLessThanOrEqual(right * 0.0101);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps 0 and 1 apart from everything else, and has nothing for nothing", () => {
    const sketch = new SketchBuilder("share");
    expect(sketchQuantile(sketch.build(), 0.5)).toBeUndefined();
    for (const value of [0, 0, 0.5, 1, 1]) sketch.add(value);
    expect([0, 0.25, 0.5, 0.75, 1].map((at) => sketchQuantile(sketch.build(), at))).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe("summarizeCaptures with images", () => {
  it("measures brightness, contrast, colour and size, and counts different images", async () => {
    const images = [
      png([255, 255, 255]),
      png([255, 255, 255]),
      png([0, 0, 0], [255, 255, 255]),
      png([255, 0, 0]),
      Buffer.from("no image"),
    ];
    const seen = images.map((image, index) => ({ ...observation(`${index}`, new Date(index), [0.9, 0.1]), image }));
    const summary = await summarizeCaptures(seen, { labels, images: "measure" });
    expect(summary.images).toMatchObject({ count: 5, unreadable: 1, distinct: 4, width: { min: 4, max: 4 } });
    const { brightness, contrast, colour } = summary.images ?? {};
    // Red alone is 0.299 bright; half black and half white has a standard deviation of 0.5.
    expect(brightness?.sum).toBeCloseTo(1 + 1 + 0.5 + 0.299, 9);
    expect(contrast?.sum).toBeCloseTo(1, 6);
    expect(colour?.sum).toBeCloseTo(1, 9);
    expect(await summarizeCaptures(seen, { labels })).not.toHaveProperty("images");
  });

  it("does not unpack an image that claims to be huge", async () => {
    const bomb = Buffer.from(png([1, 2, 3]));
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    const seen = [{ ...observation("a", new Date(0), [0.9, 0.1]), image: bomb }];
    expect((await summarizeCaptures(seen, { labels, images: "measure" })).images).toMatchObject({ unreadable: 1 });
  });

  it("estimates the number of different images beyond what it keeps", async () => {
    const seen = Array.from({ length: 6000 }, (_, index) => ({
      ...observation(`${index}`, new Date(0), [0.9, 0.1]),
      image: Buffer.from(`image ${index % 3000}`),
    }));
    const { images } = await summarizeCaptures(seen, { labels, images: "measure" });
    expect(Math.abs((images?.distinct ?? 0) / 3000 - 1)).toBeLessThan(0.1);
    expect(images?.fingerprints).toHaveLength(1024);
  });
});

it("measures entropy and margin", async () => {
  const summary = await summarizeCaptures(
    [observation("a", new Date(0), [0.5, 0.5]), observation("b", new Date(0), [1, 0])],
    { labels },
  );
  expect(summary.overall).toMatchObject({ entropy: 0.5, margin: 0.5 });
});
