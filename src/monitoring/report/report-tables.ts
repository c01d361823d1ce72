import { escapeHtml } from "../../core/plain-text.js";
import type { SkippedCapture } from "../capture/skipped-capture.js";
import type { AnsweredImage } from "../charts/answered-image.js";
import { embedImage } from "../charts/embed-image.js";
import { describeAnswer } from "../charts/least-confident-strip.js";
import { formatCount } from "../charts/ticks.js";
import { formatTime, SECOND_MS } from "../charts/time-axis.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { TruthSummary } from "../truth/describe-truth.js";
import type { ShareEstimate } from "../truth/truth-summary.js";
import { factTable, paragraph, table } from "./html-parts.js";

/** Longer lists would make the page slow, and nobody reads them. */
const MOST_SKIPPED = 200;

/** Figures by class. @internal */
export function showLabels({ perLabel }: CaptureSummary): string {
  const columns = [
    { name: "Class" },
    { name: "Answers", isNumber: true },
    { name: "Below", isNumber: true },
    { name: "Mean", isNumber: true },
    { name: "Median", isNumber: true, isWide: true },
    { name: "Lowest", isNumber: true, isWide: true },
  ];
  const rows = perLabel.map(({ label, count, belowThreshold, mean, min, quantiles }) => ({
    cells: [
      label,
      { number: formatCount(count) },
      { number: formatCount(belowThreshold) },
      ...[mean, quantiles?.p50, min].map((value) => ({ number: confidence(value) })),
    ],
  }));
  return table(columns, rows);
}

/** What the answers of each class are worth. @internal */
export function showTruth({ perLabel }: TruthSummary): string {
  const columns = [
    { name: "Class" },
    { name: "Images", isNumber: true },
    { name: "Precision", isNumber: true },
    { name: "at 95 %", isNumber: true, isWide: true },
    { name: "Recall", isNumber: true },
    { name: "at 95 %", isNumber: true, isWide: true },
    { name: "F1", isNumber: true, isWide: true },
  ];
  const share = ({ value, low, high }: ShareEstimate) => [
    { number: value === undefined ? "–" : percent(value) },
    { number: value === undefined ? "–" : `${percent(low)} to ${percent(high)}` },
  ];
  const rows = perLabel.map(({ label, images, precision, recall, f1 }) => ({
    cells: [label, { number: formatCount(images) }, ...share(precision), ...share(recall), { number: confidence(f1) }],
  }));
  return table(columns, rows);
}

/** The least confident answers: as images where there are any, and as a table. @internal */
export function showLeast({ leastConfident }: CaptureSummary, images: readonly AnsweredImage[]): string {
  const rows = leastConfident.map(({ confidence: value, label, time, eventId, belowThreshold }) => ({
    cells: [
      label,
      { number: `${belowThreshold ? "▲ " : ""}${confidence(value)}`, isAlarm: belowThreshold },
      formatTime(time),
      eventId,
    ],
    span: spanOf(time),
  }));
  if (rows.length === 0 && images.length === 0) return "";
  const columns = [
    { name: "Class" },
    { name: "Confidence", isNumber: true },
    { name: "Time" },
    { name: "Event", isWide: true },
  ];
  const list = table(columns, rows);
  return [
    paragraph("A triangle marks what is below the threshold.", "muted"),
    images.length === 0 ? "" : `<ul class="answers">\n${images.map(showAnswer).join("\n")}\n</ul>`,
    rows.length === 0
      ? ""
      : images.length === 0
        ? list
        : `<details>\n<summary>As a table</summary>\n${list}\n</details>`,
  ].join("\n");
}

function showAnswer(answer: AnsweredImage): string {
  const { label, confidence: value, belowThreshold, truth, time } = answer;
  const embedded = embedImage(answer.image);
  const picture =
    "uri" in embedded
      ? `<img src="${embedded.uri}" width="96" height="96" alt="${escapeHtml(describeAnswer(answer))}">`
      : `<span class="missing">${escapeHtml(embedded.reason)}</span>`;
  const isWrong = truth !== undefined && truth !== label;
  const shown =
    truth === undefined
      ? ""
      : `<br><span class="${isWrong ? "alarm" : "muted"}">${isWrong ? `is ${escapeHtml(truth)}` : "right"}</span>`;
  const { from, to } = spanOf(time);
  return `<li class="mark" data-from="${from}" data-to="${to}">${picture}<strong>${escapeHtml(label)}</strong><br><span${belowThreshold ? ' class="alarm"' : ""}>${belowThreshold ? "▲ " : ""}${confidence(value)}</span>${shown}</li>`;
}

/** What was left out of the figures, and why. @internal */
export function showSkipped({ unclassified, skipped }: CaptureSummary, files: readonly SkippedCapture[]): string {
  const reasons = Object.entries(unclassified).map(([reason, count]) => ({
    name: wordsOf(reason),
    value: formatCount(count ?? 0),
  }));
  const rows = files.slice(0, MOST_SKIPPED).map(({ reason, file, line, message }) => ({
    cells: [file, { number: line === undefined ? "–" : formatCount(line) }, wordsOf(reason), message ?? ""],
  }));
  const more = files.length - rows.length;
  const columns = [
    { name: "File", isPath: true },
    { name: "Line", isNumber: true },
    { name: "Why" },
    { name: "Detail", isWide: true },
  ];
  return [
    skipped === 0 ? "" : paragraph("Captures that were read and hold no answer for these classes:"),
    skipped === 0 ? "" : factTable(reasons),
    rows.length === 0 ? "" : paragraph("Files and lines that were left out:"),
    rows.length === 0 ? "" : table(columns, rows),
    more > 0 ? paragraph(`${formatCount(more)} more are not listed.`, "muted") : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** The reasons of `SkippedCapture` and of `unclassified` in words. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["foreign-file", "not named as capture files are"],
  ["unknown-endpoint", "endpoint or variant cannot be told"],
  ["malformed", "no capture"],
  ["duplicate", "read already"],
  ["no-output", "the answer was not captured"],
  ["several-answers", "several answers in one record"],
  ["not-probabilities", "the answer is not one probability per class"],
  ["other-labels", "the answer has another number of classes"],
]);

function wordsOf(reason: string): string {
  return REASONS.get(reason) ?? reason;
}

function spanOf(time: string): { readonly from: number; readonly to: number } {
  const from = Date.parse(time);
  return { from, to: from + SECOND_MS };
}

function confidence(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(3);
}

/** Always with one digit behind the point, so that a column of them is straight. */
function percent(share: number): string {
  return `${(share * 100).toFixed(1)}\u00a0%`;
}
