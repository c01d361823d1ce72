import { describe, expect, it } from "vitest";
import {
  type RenderConfidenceChartOptions,
  renderConfidenceChart,
} from "../../src/monitoring/charts/confidence-chart.js";
import { renderReport } from "../../src/monitoring/report/report.js";
import {
  type SummarizeCapturesOptions,
  summarizeCaptures,
} from "../../src/monitoring/statistics/summarize-captures.js";
import { observation } from "./captures.js";

const labels = ["bicycle", "motorcycle"];
const START = Date.UTC(2025, 9, 4, 8, 44);

/** Captures from 0.5 to 1 in equal steps, one class after the other. */
function summarize(count: number, stepMs = 60_000, options: Partial<SummarizeCapturesOptions> = {}) {
  const all = Array.from({ length: count }, (_, i) => {
    const confidence = 0.5 + (0.5 * (i + 1)) / count;
    return observation(
      `event-${i}`,
      new Date(START + i * stepMs),
      i % 2 ? [confidence, 1 - confidence] : [1 - confidence, confidence],
    );
  });
  return summarizeCaptures(all, { labels, ...options });
}

const draw = async (count: number, stepMs?: number, options?: RenderConfidenceChartOptions) =>
  renderConfidenceChart(await summarize(count, stepMs), options);

/** Triangles are drawn with three corners, which nothing else in the picture has. */
const countTriangles = (svg: string) => (svg.match(/d="M0 -1L1 1L-1 1Z"/g) ?? []).length;

/** Texts of the picture with their size and place, to look for what is cut. */
const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

/** Fails when tags do not nest, or a bare angle bracket or ampersand is left. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_all, closes, name, _attributes, empty) => {
      if (closes) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|#39|#x27);)/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(rest).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
}

describe("renderConfidenceChart", () => {
  it.each([0, 1, 2, 78, 2000])("draws %i captures as sound SVG with axes, legend and threshold", async (count) => {
    const svg = await draw(count);
    expectWellFormed(svg);
    const texts = textsOf(svg);
    for (const text of ["bicycle", "motorcycle", "below 0.7", "threshold 0.7", "Confidence"])
      expect(texts).toContain(text);
    expect(texts.some((text) => text?.startsWith("Time of capture in UTC"))).toBe(true);
    expect(texts.includes("No classified captures")).toBe(count === 0);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|<script|<style/);
  });

  it("marks what is below the threshold by shape", async () => {
    const summary = await summarize(100);
    expect(countTriangles(renderConfidenceChart(summary))).toBe(summary.overall.belowThreshold);
    expect(summary.overall.belowThreshold).toBeGreaterThan(30);
  });

  it("puts points where their time is, not in equal steps", async () => {
    const times = [0, 60_000, 600_000];
    const all = times.map((ms, i) => observation(`${i}`, new Date(START + ms), [0.5, 0.5]));
    const svg = renderConfidenceChart(await summarizeCaptures(all, { labels }));
    const xs = [...svg.matchAll(/d="M0 -1L1 1L-1 1Z" transform="matrix\([\d.]+,0,0,[\d.]+,([\d.]+),/g)].map(([, x]) =>
      Number(x),
    );
    const [first = 0, second = 0, third = 0] = xs.toSorted((one, other) => one - other);
    expect(xs).toHaveLength(3);
    expect((third - first) / (second - first)).toBeCloseTo(10, 1);
  });

  it("gives the same text for the same captures", async () => {
    expect(await draw(50)).toBe(await draw(50));
  });

  it("draws captures of one second, of months, and at both ends of the scale", async () => {
    expectWellFormed(await draw(30, 0));
    expectWellFormed(await draw(30, 7 * 86_400_000));
    const extremes = await summarizeCaptures(
      [observation("a", new Date(START), [0, 0]), observation("b", new Date(START), [1, 1])],
      { labels, threshold: 0 },
    );
    expectWellFormed(renderConfidenceChart(extremes));
  });

  it("escapes names and titles, and takes control characters out", async () => {
    const hostile = ["</text><script>alert(1)</script>", '"&\u0000\u001b\ud800<b>'];
    const summary = await summarize(20, 60_000, { labels: hostile });
    const svg = renderConfidenceChart(summary, { title: '<img src=x onerror=alert(1)> zr0-1 class="x"' });
    expectWellFormed(svg);
    expect(svg).not.toMatch(/<script|<img|<b>/);
  });

  it("keeps many classes, and classes of one name when shortened, apart", async () => {
    const many = Array.from({ length: 100 }, (_, i) => `a class with a long name ${i}`);
    const all = many.map((_, i) =>
      observation(
        `${i}`,
        new Date(START + i * 1000),
        many.map((_name, id) => (id === i ? 0.9 : 0.001)),
      ),
    );
    const texts = textsOf(renderConfidenceChart(await summarizeCaptures(all, { labels: many })));
    expect(texts).toContain("95 other classes");
    expect(texts.filter((text) => text?.startsWith("a class with a"))).toHaveLength(5);
    expect(new Set(texts.filter((text) => text?.startsWith("a class with a"))).size).toBe(5);
  });

  it("has a dark theme and any sensible size", async () => {
    expect(await draw(10, 1000, { theme: "dark", width: 280, height: 240 })).toMatch(
      /^<svg width="280" height="240"[\s\S]*#161b22/,
    );
    await expect(draw(10, 1000, { width: 10 })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  it("refuses what is no summary", () => {
    expect(() => renderConfidenceChart({} as never)).toThrow(/cannot work with these options/);
  });
});

describe("renderReport", () => {
  it("shows the figures, the classes and the least confident answers", async () => {
    const summary = await summarize(40);
    const html = renderReport({
      summary,
      title: "Scones",
      sections: [{ heading: "Endpoint", facts: [{ name: "Accuracy", value: 0.91 }] }],
    });
    expect(html).toContain("<h1>Scones</h1>");
    expect(html).toContain('<tr><th scope="row">Captures</th><td>40</td></tr>');
    expect(html).toContain('<tr><th scope="row">Accuracy</th><td>0.91</td></tr>');
    expect(html).toContain("Below the threshold of 0.7");
    expect(html.match(/event-\d+/g)).toHaveLength(20);
    expect(html.match(/<svg /g)).toHaveLength(2);
  });

  it.each([0, 1])("works for %i captures", async (count) => {
    const html = renderReport({ summary: await summarize(count) });
    expect(html).toContain(count === 0 ? "No captures." : "One capture, 2025-10-04 08:44:00 UTC");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("loads nothing from outside and runs nothing", async () => {
    const html = renderReport({ summary: await summarize(40) });
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<link|<iframe|@import|url\(\s*['"]?(?!#)|\b(src|href)=/);
    expect(html.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:/);
  });

  it("escapes everything that comes from outside", async () => {
    const hostile = `"><script>alert('1')</script>&`;
    const summary = await summarize(4, 1000, { labels: [hostile, "b"] });
    const points = summary.leastConfident.map((point) => ({ ...point, eventId: hostile }));
    const sections = [{ heading: hostile, facts: [{ name: hostile, value: hostile }] }];
    const html = renderReport({ summary: { ...summary, leastConfident: points }, title: hostile, sections });
    expect(html).not.toContain("<script");
    expect(html).toContain("&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;");
    expectWellFormed(html.slice(html.indexOf("<body>"), html.indexOf("</html>")));
  });

  it("says when the picture is a sample", async () => {
    expect(renderReport({ summary: await summarize(300, 1000, { maxPoints: 50 }) })).toContain(
      "The picture shows an even sample of 100 of 300 answers.",
    );
  });

  it("keeps the ids of its pictures apart", async () => {
    const html = renderReport({ summary: await summarize(40) });
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
