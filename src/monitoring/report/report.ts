import { createHash } from "node:crypto";
import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { escapeHtml } from "../../core/plain-text.js";
import type { SkippedCapture } from "../capture/skipped-capture.js";
import { type AnsweredImage, AnsweredImagesSchema } from "../charts/answered-image.js";
import type { ChartTheme } from "../charts/chart-theme.js";
import { DriftReportSchema } from "../charts/drift-chart.js";
import { TruthInputSchema } from "../charts/truth-input.js";
import type { DriftReport } from "../drift/detect-drift.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import type { TruthSummary } from "../truth/describe-truth.js";
import type { VariantComparison } from "../variants/compare-variants.js";
import { factTable, paragraph, section } from "./html-parts.js";
import { describeBrush } from "./report-brush.js";
import { describeRange, showFigures } from "./report-head.js";
import { showConfidence, showConfusion, showDrift, showTime, showVariants } from "./report-pictures.js";
import { REPORT_SCRIPT } from "./report-script.js";
import { describeReportStyle } from "./report-style.js";
import { showLabels, showLeast, showSkipped, showTruth } from "./report-tables.js";

/** One line of a table of facts. */
export interface ReportFact {
  /** What it is. */
  readonly name: string;
  /** Its value; numbers are written as they are. */
  readonly value: string | number;
}

/** A table of facts with a heading. */
export interface ReportSection {
  /** Heading. */
  readonly heading: string;
  /** The facts, in order. */
  readonly facts: readonly ReportFact[];
}

/** Options of {@link renderReport}. */
export interface RenderReportOptions {
  /** What `summarizeCaptures` or `mergeSummaries` returned. */
  readonly summary: CaptureSummary;
  /** What `joinGroundTruth` or `mergeTruth` returned: adds accuracy, calibration and the confusion matrix. @defaultValue none */
  readonly truth?: TruthSummary;
  /** What `detectDrift` returned: adds the verdict and its tests. @defaultValue none */
  readonly drift?: DriftReport;
  /** What `compareVariants` returned: adds its verdict to the picture of the variants. @defaultValue none */
  readonly comparison?: VariantComparison;
  /** What `collectLeastConfident` returned: adds the images of the least confident answers. @defaultValue none */
  readonly images?: readonly AnsweredImage[];
  /** What `onSkip` of `readCaptures` was told: adds the files and lines that were left out. @defaultValue none */
  readonly skipped?: readonly SkippedCapture[];
  /** Heading of the page. @defaultValue `"Captured answers"` */
  readonly title?: string;
  /** Tables of your own, which follow at the end. @defaultValue none */
  readonly sections?: readonly ReportSection[];
  /** Colours; `"auto"` follows the setting of the reader's system. @defaultValue `"auto"` */
  readonly theme?: ChartTheme;
}

const SkippedSchema = z.object({
  reason: z.enum(["foreign-file", "unknown-endpoint", "malformed", "duplicate"]),
  file: z.string(),
  line: z.int().min(0).optional(),
  message: z.string().optional(),
}) as z.ZodType<unknown> as z.ZodType<SkippedCapture>;

const isComparison = (value: unknown) => z.object({ text: z.string() }).safeParse(value).success;

const OptionsSchema = z.strictObject({
  summary: CaptureSummarySchema,
  truth: TruthInputSchema.optional(),
  drift: DriftReportSchema.optional(),
  comparison: z.custom<VariantComparison>(isComparison, "must be what compareVariants returns").optional(),
  images: AnsweredImagesSchema.default([]),
  skipped: z.array(SkippedSchema).default([]),
  title: z.string().default("Captured answers"),
  sections: z
    .array(
      z.strictObject({
        heading: z.string(),
        facts: z.array(z.strictObject({ name: z.string(), value: z.union([z.string(), z.number()]) })),
      }),
    )
    .default([]),
  theme: z.enum(["light", "dark", "auto"]).default("auto"),
});

type ResolvedOptions = z.output<typeof OptionsSchema>;

/**
 * Writes one self-contained HTML page of everything that is known: figures, pictures over time, histogram, and, where they
 * were given, truth, drift, variants and the images of the least confident answers. It opens offline and sends no
 * request, which its content security policy holds it to; it works on narrow and wide screens, in light and dark, and on
 * paper. A small script of its own shows what a mark stands for, and counts what lies in a span of time that is chosen by
 * sliders or by drawing over a picture; without it the page shows everything all the same. What a label, key or file name
 * holds is shown as text.
 *
 * @param options - See {@link RenderReportOptions}.
 * @returns The page.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { collectLeastConfident, readCaptures, renderReport, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const source = "captured_data";
 * const summary = await summarizeCaptures(readCaptures({ source }), { labels: ["bicycle", "motorcycle"] });
 * const images = await collectLeastConfident({ summary, observations: readCaptures({ source, images: "lazy" }) });
 * const sections = [{ heading: "Endpoint", facts: [{ name: "Instance", value: "ml.m5.xlarge" }] }];
 * await writeFile("report.html", renderReport({ summary, images, title: "Scones Unlimited", sections }));
 * ```
 */
export function renderReport(options: RenderReportOptions): string {
  const resolved = parseOptions("renderReport", OptionsSchema, options);
  const heading = escapeHtml(resolved.title);
  const style = describeReportStyle(resolved.theme);
  const policy = `default-src 'none'; style-src '${hash(style)}'; script-src '${hash(REPORT_SCRIPT)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${describeBody(resolved)}
</main>
<div id="tip" hidden></div>
<script>${REPORT_SCRIPT}</script>
</body>
</html>
`;
}

function describeBody({ summary, truth, drift, comparison, images, skipped, sections }: ResolvedOptions): string {
  const isDrift = drift?.verdict === "drift";
  return [
    paragraph(describeRange(summary), "muted"),
    drift === undefined ? "" : paragraph(drift.text, isDrift ? "verdict drift" : "verdict"),
    showFigures(summary, truth, drift),
    describeBrush(summary),
    showTime(summary),
    showConfidence(summary, truth),
    truth === undefined ? "" : section("Truth", showTruth(truth), showConfusion(truth)),
    drift === undefined ? "" : section("Drift", showDrift(drift)),
    section("Variants", paragraph(comparison?.text ?? ""), showVariants(summary)),
    section("By class", showLabels(summary)),
    section("Least confident answers", showLeast(summary, images)),
    section("Left out", showSkipped(summary, skipped)),
    ...sections.map(({ heading, facts }) => section(heading, factTable(facts))),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
