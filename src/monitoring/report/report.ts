import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { escapeHtml } from "../../core/plain-text.js";
import { drawConfidenceChart } from "../charts/confidence-chart.js";
import type { ConfidenceSummary } from "../statistics/answer-statistics.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import { describeReportStyle } from "./report-style.js";

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
  /** What `summarizeCaptures` returned. */
  readonly summary: CaptureSummary;
  /** Heading of the page. @defaultValue `"Captured answers"` */
  readonly title?: string;
  /** Tables of your own, which follow the figures. @defaultValue none */
  readonly sections?: readonly ReportSection[];
}

const OptionsSchema = z.strictObject({
  summary: CaptureSummarySchema,
  title: z.string().default("Captured answers"),
  sections: z
    .array(
      z.strictObject({
        heading: z.string(),
        facts: z.array(z.strictObject({ name: z.string(), value: z.union([z.string(), z.number()]) })),
      }),
    )
    .default([]),
});

const WIDE = { width: 1000, height: 460 };
const NARROW = { width: 360, height: 400 };
const CHART_TITLE = "Confidence over time";

/**
 * Writes one self-contained HTML page: the chart, the figures, figures by class, the least confident answers, and
 * tables of your own. It opens offline and sends no request; it follows the reader's light or dark setting.
 *
 * @param options - See {@link RenderReportOptions}.
 * @returns The page.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderReport, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * const sections = [{ heading: "Endpoint", facts: [{ name: "Instance", value: "ml.m5.xlarge" }] }];
 * await writeFile("report.html", renderReport({ summary, title: "Scones Unlimited", sections }));
 * ```
 */
export function renderReport(options: RenderReportOptions): string {
  const { summary, title, sections } = parseOptions("renderReport", OptionsSchema, options);
  const heading = escapeHtml(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${heading}</title>
<style>${describeReportStyle()}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p class="muted">${describeRange(summary)}</p>
<figure role="img" aria-label="Confidence of the captured answers over time">
${drawAll(summary)}
</figure>
${summary.pointsOmitted === 0 ? "" : `<p class="muted">The picture shows an even sample of ${summary.points.length} of ${summary.overall.count} answers.</p>`}
${describeFacts({ heading: "Figures", facts: listFigures(summary) })}
${describeLabels(summary)}
${describeLeast(summary)}
${sections.map(describeFacts).join("\n")}
</main>
</body>
</html>
`;
}

/** The picture for wide and for narrow screens; the style shows one of them. */
function drawAll(summary: CaptureSummary): string {
  const draw = (size: { readonly width: number; readonly height: number }, name: string) => {
    const svg = drawConfidenceChart(summary, { ...size, theme: "light", title: CHART_TITLE }, name);
    return `<div class="${name}">${svg}</div>`;
  };
  return `${draw(WIDE, "wide")}\n${draw(NARROW, "narrow")}`;
}

function describeRange({ firstTime, lastTime, records }: CaptureSummary): string {
  if (firstTime === undefined || lastTime === undefined) return "No captures.";
  const count = records === 1 ? "One capture" : `${records} captures`;
  const range = firstTime === lastTime ? formatTime(firstTime) : `${formatTime(firstTime)} to ${formatTime(lastTime)}`;
  return `${count}, ${range}`;
}

function listFigures({ records, skipped, overall, threshold }: CaptureSummary): readonly ReportFact[] {
  const share = overall.count === 0 ? "" : ` (${formatPercent(overall.belowThreshold / overall.count)})`;
  return [
    { name: "Captures", value: records },
    { name: "Classified", value: overall.count },
    { name: "Without usable probabilities", value: skipped },
    { name: `Below the threshold of ${threshold}`, value: `${overall.belowThreshold}${share}` },
    { name: "Mean confidence", value: formatConfidence(overall.mean) },
    { name: "Lowest and highest", value: `${formatConfidence(overall.min)} and ${formatConfidence(overall.max)}` },
  ];
}

function describeFacts({ heading, facts }: ReportSection): string {
  const rows = facts.map(
    ({ name, value }) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<h2>${escapeHtml(heading)}</h2>\n<div class="scroll"><table><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

function describeLabels({ perLabel }: CaptureSummary): string {
  const numbers = ({ count, belowThreshold, mean, min }: ConfidenceSummary) =>
    [String(count), String(belowThreshold), formatConfidence(mean), formatConfidence(min)]
      .map((text, index) => `<td class="number${index === 3 ? " wide-only" : ""}">${text}</td>`)
      .join("");
  const rows = perLabel.map((row) => `<tr><th scope="row">${escapeHtml(row.label)}</th>${numbers(row)}</tr>`);
  const head = ["Answers", "Below", "Mean", "Lowest"].map(
    (name) => `<th scope="col" class="number${name === "Lowest" ? " wide-only" : ""}">${name}</th>`,
  );
  return `<h2>By class</h2>
<div class="scroll"><table><thead><tr><th scope="col">Class</th>${head.join("")}</tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function describeLeast({ leastConfident }: CaptureSummary): string {
  if (leastConfident.length === 0) return "";
  const rows = leastConfident.map(
    ({ confidence, label, time, eventId, belowThreshold }) =>
      `<tr><td class="number${belowThreshold ? " below" : ""}">${belowThreshold ? "▲ " : ""}${formatConfidence(confidence)}</td>` +
      `<td>${escapeHtml(label)}</td><td>${escapeHtml(formatTime(time))}</td><td class="wide-only">${escapeHtml(eventId)}</td></tr>`,
  );
  return `<h2>Least confident answers</h2>
<p class="muted">A triangle marks what is below the threshold.</p>
<div class="scroll"><table><thead><tr><th scope="col" class="number">Confidence</th><th scope="col">Class</th><th scope="col">Time</th><th scope="col" class="wide-only">Event</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function formatTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function formatPercent(share: number): string {
  return `${(share * 100).toFixed(1)}\u00a0%`;
}

function formatConfidence(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(3);
}
