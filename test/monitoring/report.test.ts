import { createHash } from "node:crypto";
import fc from "fast-check";
import { PNG } from "pngjs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { type RenderReportOptions, renderReport } from "../../src/monitoring/report/report.js";
import { REPORT_SCRIPT } from "../../src/monitoring/report/report-script.js";
import { expectReadable, expectWellFormed, findTruth, summarize, TWENTY, TWO } from "./pictures.js";

const image = new Uint8Array(PNG.sync.write(new PNG({ width: 2, height: 2 })));

/** A report with everything that can be in one. */
async function fill(count: number, labels: readonly string[] = TWO, changes: Partial<RenderReportOptions> = {}) {
  const summary = await summarize(count, labels, 1000, { binMs: 60_000 });
  const baseline = createBaseline(await summarize(400, labels));
  return renderReport({
    summary,
    truth: await findTruth(count, labels),
    drift: detectDrift({ baseline, summary }),
    images: summary.leastConfident.map((point) => ({ ...point, image, truth: labels[1] ?? "" })),
    comparison: { text: "Nobody knows." } as never,
    skipped: [{ reason: "malformed", file: "a/b.jsonl", line: 7, message: "it is not JSON" }],
    title: "Scones",
    sections: [{ heading: "Endpoint", facts: [{ name: "Instance", value: "ml.m5.xlarge" }] }],
    ...changes,
  });
}

const bodyOf = (html: string) => html.slice(html.indexOf("<body>"), html.indexOf("<script>"));
const pictures = (html: string) => html.match(/<svg [\s\S]*?<\/svg>/g) ?? [];
const headings = (html: string) => [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, heading]) => heading);
const sha256 = (text = "") => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("renderReport", () => {
  it("shows the figures, and everything that it was given", async () => {
    const html = await fill(150);
    expect(html).toContain("<h1>Scones</h1>");
    expect(html).toContain("<p>Nobody knows.</p>");
    expect(html).toContain("<strong>150</strong><span>captures</span>");
    expect(html).toContain("<strong>85.3\u00a0%</strong><span>right of 150 with known truth");
    expect(headings(html)).toEqual([
      "Truth",
      "Drift",
      "Variants",
      "By class",
      "Least confident answers",
      "Left out",
      "Endpoint",
    ]);
    expect(html).toMatch(/<p class="verdict( drift)?">(No drift|Drift): 150 answers against 400 of the baseline/);
    expect(html).toContain('<th scope="row" class="path">a/b.jsonl</th><td class="number">7</td><td>no capture</td>');
    expect(html.match(/<img src="data:image\/png;base64,/g)).toHaveLength(20);
    // Seven pictures, each for wide and for narrow screens.
    expect(pictures(html)).toHaveLength(14);
  });

  it("needs no more than a summary", async () => {
    const html = renderReport({ summary: await summarize(40) });
    expect(headings(html)).toEqual(["Variants", "By class", "Least confident answers"]);
    expect(html).not.toContain("<img");
  });

  it.each([
    [0, TWO],
    [1, TWO],
    [400, TWENTY],
  ])("makes sense of %d captures", async (count, labels) => {
    const html = await fill(count, labels);
    expectWellFormed(bodyOf(html).replace(/<body>/, ""));
    for (const svg of pictures(html)) expectReadable(svg);
    expect(bodyOf(html)).not.toMatch(/NaN|undefined|Infinity/);
    expect(html).toContain(
      count === 0 ? "No captures." : count === 1 ? "One capture, 2025-10-04 08:44:00 UTC" : "400 captures, ",
    );
  });

  it("stays small for a hundred thousand captures, counts them by their bins and says so", async () => {
    const summary = await summarize(100_000, TWO, 26_000, { binMs: 3_600_000 });
    const html = renderReport({ summary });
    expect(html.length).toBeLessThan(2_000_000);
    expect(html).toContain("The picture shows 4\u2009000 of them, an even sample");
    const { span, rows } = JSON.parse(/id="captures">([^<]*)</.exec(html)?.[1] ?? "");
    expect(span).toBe("1 hour");
    expect(rows.reduce((sum: number, [, , count]: readonly number[]) => sum + (count ?? 0), 0)).toBe(100_000);
  });

  it("lets nothing in but its own style and script, and sends nothing out", async () => {
    const html = await fill(60);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? [];
    expect(policy).toBe(
      `default-src 'none'; style-src ${sha256(style)}; script-src ${sha256(script)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(html.match(/<style/g)).toHaveLength(1);
    expect(bodyOf(html)).not.toMatch(/<link|<iframe|<form|<object|\b(href|src)="(?!data:image\/png;base64,)/);
    expect(style).not.toMatch(/@import|url\(|@font-face/);
    expect(html.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:/);
  });

  it("shows hostile names, keys, files and facts as text", async () => {
    const hostile = fc.oneof(
      fc.constantFrom(
        "</script><script>alert(1)</script>",
        `"><img src=x onerror='alert(1)'>`,
        "<!--",
        "</title>",
        "&#60;b",
        "constructor",
        "__proto__",
      ),
      fc.string({ maxLength: 80, unit: "binary" }),
    );
    const labels = fc.uniqueArray(
      hostile.filter((text) => text !== ""),
      { minLength: 2, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(labels, hostile, hostile, async (names, one, other) => {
        const summary = await summarize(12, names, 1000);
        const points = summary.leastConfident.map((point) => ({ ...point, eventId: one }));
        const variants = summary.perVariant.map((variant) => ({ ...variant, endpointName: other, variantName: one }));
        const html = await fill(12, names, {
          summary: {
            ...summary,
            leastConfident: points,
            points,
            pointsOmitted: 0,
            perVariant: variants,
            skipped: 1,
            unclassified: { [one]: 1 } as never,
          },
          images: points.map((point) => ({ ...point, image, truth: other })),
          skipped: [{ reason: "malformed", file: one, line: 1, message: other }],
          title: one,
          sections: [{ heading: other, facts: [{ name: one, value: other }] }],
        });
        expect(html.match(/<script/g)).toHaveLength(2);
        expect(html.match(/<title>[^<]*<\/title>\n<style>/g)).toHaveLength(1);
        expectWellFormed(bodyOf(html).replace(/<body>/, ""));
      }),
      { numRuns: 60 },
    );
  });

  it("gives no two elements the same id", async () => {
    const ids = [...(await fill(60)).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("keeps to one theme when asked to", async () => {
    const summary = await summarize(5);
    expect(renderReport({ summary, theme: "dark" })).not.toContain("prefers-color-scheme");
    expect(renderReport({ summary })).toContain("@media screen and (prefers-color-scheme: dark)");
  });

  it("refuses what is none of its options", async () => {
    expect(() => renderReport({ summary: {} as never })).toThrow(/^renderReport cannot work with these options/);
    const summary = await summarize(2);
    expect(() => renderReport({ summary, drift: { verdict: "maybe" } as never })).toThrow(/drift/);
  });
});

it("the script of the report is sound JavaScript, as strict as everything else, and cannot end its element", () => {
  expect(REPORT_SCRIPT).not.toMatch(/<\/|<!--|\bon\w+=|innerHTML|eval|fetch|XMLHttp|import\b/);
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    noEmit: true,
    noImplicitAny: false,
    strictNullChecks: false,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => name === "report.js" || fileExists(name);
  host.readFile = (name) => (name === "report.js" ? REPORT_SCRIPT : readFile(name));
  host.getSourceFile = (name, version, ...rest) =>
    name === "report.js"
      ? ts.createSourceFile(name, REPORT_SCRIPT, version, true, ts.ScriptKind.JS)
      : getSourceFile.call(host, name, version, ...rest);
  const program = ts.createProgram(["report.js"], options, host);
  const messages = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(messages).toEqual([]);
});
