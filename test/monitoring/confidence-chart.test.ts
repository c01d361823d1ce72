import { describe, expect, it } from "vitest";
import { renderConfidenceChart } from "../../src/monitoring/charts/confidence-chart.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { observation } from "./captures.js";
import { expectPicture, findTexts, observe, START, summarize, TWENTY, TWO } from "./pictures.js";

/** Where the marks of single answers begin, by the first place of their path. */
function findPoints(svg: string): readonly { readonly x: number; readonly y: number; readonly isBelow: boolean }[] {
  const marks = svg.matchAll(
    /<g class="mark"[^>]*><title>[^<]*event [^<]*<\/title><path class="f-(\w+)" d="M([\d.]+) ([\d.]+)/g,
  );
  return [...marks].map(([, tone, x, y]) => ({ x: Number(x), y: Number(y), isBelow: tone === "alarm" }));
}

describe("renderConfidenceChart", () => {
  it("marks what is below the threshold by its own shape and says so in the legend", async () => {
    const summary = await summarize(100);
    const svg = renderConfidenceChart(summary);
    const points = findPoints(svg);
    expect(points).toHaveLength(100);
    expect(points.filter(({ isBelow }) => isBelow)).toHaveLength(summary.overall.belowThreshold);
    const texts = findTexts(svg).map(({ text }) => text);
    for (const text of ["bicycle", "motorcycle", "below 0.7", "0.7", "Confidence"]) expect(texts).toContain(text);
  });

  it("puts points where their time is, not in equal steps", async () => {
    const all = [0, 60_000, 600_000].map((ms, index) => observation(`${index}`, new Date(START + ms), [0.5, 0.5]));
    const [first = 0, second = 0, third = 0] = findPoints(
      renderConfidenceChart(await summarizeCaptures(all, { labels: TWO })),
    )
      .map(({ x }) => x)
      .sort((one, other) => one - other);
    expect((third - first) / (second - first)).toBeCloseTo(10, 1);
  });

  it("spreads captures of one second over it, so that none lies on another", async () => {
    const confidences = Array.from({ length: 60 }, (_, index) => 0.9 + (index % 3) * 0.001);
    const all = confidences.map((confidence, index) =>
      observation(`${index}`, new Date(START), [confidence, 1 - confidence]),
    );
    const points = findPoints(renderConfidenceChart(await summarizeCaptures(all, { labels: TWO })));
    expect(points).toHaveLength(60);
    for (const [index, one] of points.entries()) {
      for (const other of points.slice(index + 1))
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(4);
    }
  });

  it.each([0.5, 0.8, 0.8123, 1])(
    "counts in cells what has no room, loses none, and never mixes both sides of %d",
    async (threshold) => {
      const summary = await summarize(30_000, TWO, 1000, { maxPoints: 100_000, binMs: 60_000, threshold });
      const svg = renderConfidenceChart(summary);
      const count = (side: string) =>
        [...svg.matchAll(new RegExp(`<title>([\\d\u2009]+) answers? ${side}`, "g"))].reduce(
          (sum, [, found = ""]) => sum + Number(found.replace(/\D/g, "")),
          0,
        );
      expect(count("below")).toBe(summary.overall.belowThreshold);
      expect(count("below") + count("from")).toBe(30_000);
      expectPicture(svg);
      expect(svg.length).toBeLessThan(1_000_000);
      for (const text of ["median", "5 % are below"]) expect(findTexts(svg).map((each) => each.text)).toContain(text);
    },
  );

  it("says that many answers are shown by a sample", async () => {
    const svg = renderConfidenceChart(await summarize(3000, TWO, 1000, { maxPoints: 50 }));
    expect(svg).toContain("The picture shows 100 of them");
  });

  it("draws the band where the answers are: its steps are the quantiles of the bins", async () => {
    const confidences = [0.6, 0.8, 0.9];
    const all = confidences.flatMap((confidence, hour) =>
      Array.from({ length: 100 }, (_, index) =>
        observation(`${hour}-${index}`, new Date(Date.UTC(2025, 9, 4, 8) + hour * 3_600_000 + index * 10_000), [
          confidence,
          1 - confidence,
        ]),
      ),
    );
    const svg = renderConfidenceChart(await summarizeCaptures(all, { labels: TWO, threshold: 0.5 }));
    const steps = /d="(M[^"]*H[^"]*)" stroke-width="2"/.exec(svg)?.[1] ?? "";
    const heights = [...steps.matchAll(/[MV](?:[\d.]+ )?([\d.]+)H/g)].map(([, y]) => Number(y));
    const [first = 0, second = 0, third = 0] = heights;
    expect(heights).toHaveLength(3);
    expect((first - second) / (second - third)).toBeCloseTo(2, 1);
  });

  it.each([
    ["one second", 0],
    ["months", 7 * 86_400_000],
    ["centuries", 4e11],
  ])("draws captures of %s", async (_name, stepMs) => {
    expectPicture(renderConfidenceChart(await summarize(30, TWO, stepMs)));
  });

  it("draws times before our era and at the end of what a date can hold, and confidences at both ends of the scale", async () => {
    const all = [-6e13, 8.64e15].map((time, index) => observation(`${index}`, new Date(time), [index, index]));
    expectPicture(renderConfidenceChart(await summarizeCaptures(all, { labels: TWO, threshold: 1 })));
    expectPicture(renderConfidenceChart(await summarizeCaptures(all, { labels: TWO, threshold: 0 })));
  });

  it("takes all but the five most frequent of many classes together", async () => {
    const texts = findTexts(
      renderConfidenceChart(await summarizeCaptures(observe(40, TWENTY), { labels: TWENTY })),
    ).map(({ text }) => text);
    expect(texts).toContain("15 other classes");
  });
});
