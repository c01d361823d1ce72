import fc from "fast-check";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import type { AnsweredImage } from "../../src/monitoring/charts/answered-image.js";
import { renderCalibrationChart } from "../../src/monitoring/charts/calibration-chart.js";
import type { ChartOptions } from "../../src/monitoring/charts/chart-options.js";
import { renderClassMixChart } from "../../src/monitoring/charts/class-mix-chart.js";
import { renderConfidenceChart } from "../../src/monitoring/charts/confidence-chart.js";
import { renderConfidenceHistogram } from "../../src/monitoring/charts/confidence-histogram.js";
import { renderConfusionMatrix } from "../../src/monitoring/charts/confusion-matrix.js";
import { renderDriftChart } from "../../src/monitoring/charts/drift-chart.js";
import { renderLeastConfidentStrip } from "../../src/monitoring/charts/least-confident-strip.js";
import { renderVariantChart } from "../../src/monitoring/charts/variant-chart.js";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { summarizeCaptures } from "../../src/monitoring/statistics/summarize-captures.js";
import { expectPicture, findTexts, findTruth, observe, summarize, TWENTY, TWO } from "./pictures.js";

const png = new Uint8Array(PNG.sync.write(new PNG({ width: 4, height: 4 })));

/** Every picture of some captures. */
async function drawAll(count: number, labels: readonly string[], options: ChartOptions, stepMs = 60_000) {
  const summary = await summarize(count, labels, stepMs, { binMs: 600_000 });
  const truth = await findTruth(count, labels);
  const baseline = createBaseline(await summarize(500, labels));
  const images: readonly AnsweredImage[] = summary.leastConfident.map((point, index) => ({
    ...point,
    ...(index % 3 === 0 ? {} : { image: png }),
    ...(index % 2 === 0 ? {} : { truth: labels[0] ?? "" }),
  }));
  return {
    confidence: renderConfidenceChart(summary, options),
    mix: renderClassMixChart(summary, options),
    histogram: renderConfidenceHistogram(summary, options),
    calibration: renderCalibrationChart(truth, options),
    confusion: renderConfusionMatrix(truth, options),
    drift: renderDriftChart(detectDrift({ baseline, summary }), options),
    variants: renderVariantChart(summary, options),
    strip: renderLeastConfidentStrip(images, options),
  };
}

describe("every picture", () => {
  const sizes: readonly ChartOptions[] = [
    {},
    { width: 280, height: 240 },
    { width: 340 },
    { width: 1400, height: 700 },
  ];
  const cases = [0, 1, 2, 90, 900].flatMap((count) => sizes.map((size) => ({ count, size, labels: TWO })));
  const many = sizes.map((size) => ({ count: 400, size, labels: TWENTY }));

  it.each([...cases, ...many])(
    "of $count captures at $size is sound, and nothing in it is cut or covered",
    async (each) => {
      for (const svg of Object.values(await drawAll(each.count, each.labels, each.size))) expectPicture(svg);
    },
  );

  it("is the same for the same data, whatever was drawn before", async () => {
    expect(await drawAll(50, TWO, {})).toEqual(await drawAll(50, TWO, {}));
  });

  it("serves light and dark in one file when asked to", async () => {
    const [light, dark, auto] = await Promise.all(
      (["light", "dark", "auto"] as const).map((theme) => drawAll(60, TWO, { theme })),
    );
    for (const [name, svg] of Object.entries(auto ?? {})) {
      expect(svg, name).toContain("@media screen and (prefers-color-scheme: dark)");
      // But for the style sheet and its name, the three are one.
      const bare = (text = "") => text.replace(/<style>[\s\S]*?<\/style>/, "").replace(/scones-\w+/, "");
      expect(bare(svg)).toBe(bare(light?.[name as "mix"]));
      expect(bare(svg)).toBe(bare(dark?.[name as "mix"]));
      expect(svg.replace(/<style>[\s\S]*?<\/style>/, ""), name).not.toMatch(/(fill|stroke)="(?!none)/);
    }
    expect(light?.mix).not.toContain("#161b22");
    expect(dark?.mix).toContain("#161b22");
    expect(dark?.mix).not.toContain("@media");
  });

  it("says in words what it shows", async () => {
    const desc = (svg: string) => /<desc>([^<]*)<\/desc>/.exec(svg)?.[1];
    const all = await drawAll(100, TWO, {});
    expect(desc(all.confidence)).toBe("40 of 100 answers (40\u00a0%) are below the threshold of 0.7.");
    expect(desc(all.confusion)).toMatch(/^85\u00a0% of 100 answers with known truth are right/);
    expect(desc(all.drift)).toMatch(/^(Drift|No drift): 100 answers against 500 of the baseline/);
    expect(desc(all.variants)).toContain("AllTraffic: 66 answers");
  });

  it("shows hostile names as text, wherever they stand", async () => {
    const name = fc.oneof(
      fc.constantFrom(
        "</text><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "&amp;<b>",
        "__proto__",
        "\u202eevil",
      ),
      fc.string({ minLength: 1, maxLength: 60, unit: "binary" }),
      fc.string({ minLength: 60, maxLength: 400, unit: "grapheme-ascii" }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 2, maxLength: 9 }),
        fc.string({ unit: "binary" }),
        fc.constantFrom(280, 480, 960),
        async (labels, title, width) => {
          for (const svg of Object.values(await drawAll(30, labels, { title, width }))) expectPicture(svg);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("refuses what it cannot draw, by its own name", async () => {
    expect(() => renderConfidenceChart({} as never)).toThrow(/^renderConfidenceChart cannot work with these options/);
    expect(() => renderConfusionMatrix({ counts: {} } as never)).toThrow(/^renderConfusionMatrix cannot/);
    expect(() => renderDriftChart({ tests: 1 } as never)).toThrow(/^renderDriftChart cannot/);
    const summary = await summarize(2);
    expect(() => renderVariantChart(summary, { width: 10 })).toThrow(/^renderVariantChart cannot/);
    expect(() => renderClassMixChart(summary, { theme: "grey" as never })).toThrow(/^renderClassMixChart cannot/);
    const { counts } = await findTruth(2);
    expect(() => renderCalibrationChart({ counts: { ...counts, confusion: [[1]] } } as never)).toThrow(
      /row and a column/,
    );
  });
});

describe("renderClassMixChart", () => {
  it("joins bins until their columns can be seen, and says how long they are", async () => {
    const summary = await summarize(3000, TWO, 3_600_000, { binMs: 60_000 });
    const svg = renderClassMixChart(summary);
    expect(svg.match(/<g class="mark"/g)?.length).toBeLessThan(110);
    // A minute, doubled until some hundred columns are left of 125 days.
    expect(svg).toContain("A column is 34.1 hours.");
  });

  it("takes all but the five most frequent of many classes together", async () => {
    const texts = findTexts(renderClassMixChart(await summarize(400, TWENTY))).map(({ text }) => text);
    expect(texts).toContain("15 other classes");
    expect(texts.filter((text) => /^class \d/.test(text))).toHaveLength(5);
  });
});

describe("renderConfidenceHistogram", () => {
  it("counts every answer once, also those of confidence 0 and 1", async () => {
    const summary = await summarize(500);
    const ends = [0, 1].map((confidence) => ({
      ...observe(1)[0],
      eventId: `e${confidence}`,
      probabilities: [confidence, 0],
      labelId: 0,
      confidence,
    }));
    const all = await summarizeCaptures([...observe(500), ...ends] as never, { labels: TWO });
    const total = (svg: string) =>
      [...svg.matchAll(/<title>[\d.]+ to [\d.]+: ([\d\u2009]+) answers?<\/title>/g)].reduce(
        (sum, [, count = ""]) => sum + Number(count.replace(/\D/g, "")),
        0,
      );
    expect(total(renderConfidenceHistogram(summary))).toBe(500);
    expect(total(renderConfidenceHistogram(all))).toBe(502);
  });
});

describe("renderConfusionMatrix", () => {
  it("has a cell for each pair of classes with its count and share", async () => {
    const svg = renderConfusionMatrix(await findTruth(70));
    expect(svg).toContain("<title>bicycle answered as bicycle: 30 of 35 (85.7\u00a0%)</title>");
    expect(svg.match(/ answered as /g)).toHaveLength(4);
  });

  it("gives columns numbers where their names have no room", async () => {
    const texts = findTexts(renderConfusionMatrix(await findTruth(200, TWENTY), { width: 340 })).map(
      ({ text }) => text,
    );
    expect(texts).toContain("20");
    expect(texts.some((text) => text.startsWith("20 class"))).toBe(true);
  });
});

describe("renderDriftChart", () => {
  it("marks what drifted by form as well as by colour, and names what was not tested", async () => {
    const baseline = createBaseline(await summarize(500));
    const shifted = observe(300).map((each) => ({
      ...each,
      labelId: 0,
      probabilities: [0.52, 0.48],
      confidence: 0.52,
    }));
    const report = detectDrift({ baseline, summary: await summarizeCaptures(shifted, { labels: TWO }) });
    expect(report.verdict).toBe("drift");
    const svg = renderDriftChart({ ...report, omitted: [{ name: "image-bytes", reason: "no images" }] });
    // One triangle for each test that drifted.
    const triangles = svg.match(/<path class="f-alarm"/g) ?? [];
    expect(triangles).toHaveLength(report.tests.filter(({ isDrifted }) => isDrifted).length);
    expect(svg).toContain("Not tested: Size of the images in bytes. no images.");
    expectPicture(svg);
  });

  it("gives no more than the verdict where there is too little data", async () => {
    const baseline = createBaseline(await summarize(500));
    const svg = renderDriftChart(detectDrift({ baseline, summary: await summarize(3) }));
    expect(svg).toContain("No verdict: 3 answers now");
    expect(svg).not.toContain('class="mark"');
  });
});

describe("renderVariantChart", () => {
  it("names endpoints where there are several, and says what it leaves out", async () => {
    const observations = Array.from({ length: 50 }, (_, index) => ({
      ...observe(1)[0],
      eventId: `${index}`,
      endpointName: `e${index % 25}`,
    }));
    const svg = renderVariantChart(await summarizeCaptures(observations as never, { labels: TWO }));
    expect(svg).toContain(">e0, next<");
    expect(svg).toContain("5 more are not shown.");
    expectPicture(svg);
  });
});
