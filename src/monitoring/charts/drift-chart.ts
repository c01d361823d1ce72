import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { plainText } from "../../core/plain-text.js";
import { estimateWidth, fitText, wrapText } from "../../core/text-size.js";
import type { DriftReport, DriftTestResult } from "../drift/detect-drift.js";
import { DRIFT_THRESHOLDS, type DriftTestName } from "../drift/drift-tests.js";
import { drawHead, LINE, MARGIN, TEXT_SIZE, writeChart } from "./chart-frame.js";
import { type ChartOptions, type ChartShape, chartOptionsSchema } from "./chart-options.js";
import { drawAlarm, drawHatching } from "./class-looks.js";
import { line, mark, rect, text } from "./svg-parts.js";
import { formatNumber } from "./ticks.js";

const OptionsSchema = chartOptionsSchema({ width: 720, height: 0, title: "Drift from the baseline" });

const NAMES = Object.keys(DRIFT_THRESHOLDS) as [DriftTestName, ...DriftTestName[]];

/** @internal */
export const DriftReportSchema = z.object({
  verdict: z.enum(["drift", "no-drift", "not-enough-data"]),
  text: z.string(),
  baselineCount: z.int().min(0),
  count: z.int().min(0),
  tests: z.array(
    z.object({
      name: z.enum(NAMES),
      effect: z.number().min(0),
      threshold: z.number().min(0),
      pValue: z.number().optional(),
      correctedPValue: z.number().optional(),
      isDrifted: z.boolean(),
      description: z.string(),
    }),
  ),
  omitted: z.array(z.object({ name: z.enum(NAMES), reason: z.string() })),
}) as z.ZodType<unknown> as z.ZodType<DriftReport>;

/** What the tests look at, in words. */
const WORDS: Readonly<Record<DriftTestName, string>> = {
  "class-mix": "Mix of classes (Cramér's V)",
  "class-mix-distance": "Mix of classes (distance)",
  confidence: "Confidence (largest distance)",
  "confidence-stability": "Confidence (stability index)",
  "below-threshold": "Share below the threshold",
  "image-bytes": "Size of the images in bytes",
  "image-brightness": "Brightness of the images",
  "image-contrast": "Contrast of the images",
  "image-colour": "Colour of the images",
};

const ROW = 46;
/** Narrower pictures have no room for name and value beside each other. */
const NARROW = 520;
/** The axis ends at so many times the threshold; longer bars end in a tip. */
const MOST = 3;

/**
 * Draws what `detectDrift` found: the verdict in words, and for each test a bar of its effect against the effect from which
 * it matters. A bar that drifted has another colour, is hatched and has a triangle. 720 pixels wide unless options say
 * otherwise, and as tall as its rows need.
 *
 * @param report - What `detectDrift` returned.
 * @param options - See {@link ChartOptions}.
 * @returns A complete SVG document, the same for the same arguments.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the report or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { type DriftReport, renderDriftChart } from "scones-ml/monitoring";
 *
 * export const draw = (report: DriftReport) => writeFile("drift.svg", renderDriftChart(report, { theme: "auto" }));
 * ```
 */
export function renderDriftChart(report: DriftReport, options: ChartOptions = {}): string {
  const data = parseOptions("renderDriftChart", DriftReportSchema, report);
  return drawDriftChart(data, parseOptions("renderDriftChart", OptionsSchema, options));
}

/** Draws the picture from what is checked already. @internal */
export function drawDriftChart({ tests, omitted, text: verdict }: DriftReport, shape: ChartShape): string {
  const { width } = shape;
  const hasMark = tests.length > 0;
  const head = drawHead(
    shape,
    verdict,
    hasMark
      ? [
          { label: "effect", draw: (x, y) => drawBar(x - 8, y - 6, 16, false) },
          { label: "drifted", draw: (x, y) => drawBar(x - 8, y - 6, 16, true) },
          {
            label: "matters from here on",
            draw: (x, y) => line(x, y - 8, x, y + 8, "alarm", { width: 1.5, dash: "6 4" }),
          },
        ]
      : [],
  );
  const top = head.bottom + 14;
  const [left, right] = [MARGIN, width - MARGIN];
  const isNarrow = width < NARROW;
  const row = isNarrow ? ROW + LINE : ROW;
  const place = { left, right, limit: left + (right - left) / MOST, isNarrow };
  const rows = tests.map((test, index) => drawRow(test, { ...place, y: top + index * row }));
  let y = top + tests.length * row;
  const notes = omitted.flatMap(({ name, reason }) =>
    wrapText(plainText(`Not tested: ${WORDS[name]}. ${reason}.`), TEXT_SIZE, right - left).lines.map((content) => {
      y += LINE;
      return text(content, { x: left, y, size: TEXT_SIZE, tone: "muted" });
    }),
  );
  return writeChart(shape, {
    description: `${verdict} ${tests.map((test) => `${WORDS[test.name]}: ${describeEffect(test)}.`).join(" ")}`,
    height: Math.max(shape.height, Math.ceil(y + MARGIN)),
    parts: [head.parts, ...rows, ...notes],
  });
}

interface RowPlace {
  readonly left: number;
  readonly right: number;
  /** Where the threshold stands. */
  readonly limit: number;
  /** Whether the value stands below the name. */
  readonly isNarrow: boolean;
  readonly y: number;
}

function drawRow(test: DriftTestResult, { left, right, limit, isNarrow, y }: RowPlace): string {
  const { name, effect, threshold, isDrifted, description } = test;
  const ratio = threshold === 0 ? (effect > 0 ? MOST : 0) : effect / threshold;
  const length = Math.min(MOST, ratio) * (limit - left);
  const value = describeEffect(test);
  const room = right - left - (isNarrow ? 0 : estimateWidth(value, TEXT_SIZE) + 16);
  const look = { size: TEXT_SIZE, isBold: isDrifted };
  const valueLook = { ...look, tone: isDrifted ? "alarm" : "muted" } as const;
  const bar = y + (isNarrow ? LINE : 0) + 16;
  const parts = [
    text(fitText(WORDS[name], TEXT_SIZE, room), { ...look, x: left, y: y + 10 }),
    isNarrow
      ? text(value, { ...valueLook, x: left, y: y + 10 + LINE })
      : text(value, { ...valueLook, x: right, y: y + 10, anchor: "end" }),
    rect({ x: left, y: bar, width: right - left, height: 14 }, "grid", 0.5),
    length === 0 ? "" : drawBar(left, bar, length, isDrifted, 14),
    line(limit, bar - 3, limit, bar + 17, "alarm", { width: 1.5, dash: "6 4" }),
    isDrifted ? drawAlarm(Math.min(right - 8, left + length + 10), bar + 7, 5) : "",
  ];
  return mark(parts.join(""), `${WORDS[name]}: ${value}. ${plainText(description)}`);
}

function drawBar(x: number, y: number, width: number, isDrifted: boolean, height = 12): string {
  const box = { x, y, width, height };
  return isDrifted ? rect(box, "alarm") + drawHatching(1, box) : rect(box, "c0");
}

function describeEffect({ effect, threshold, correctedPValue }: DriftTestResult): string {
  const p =
    correctedPValue === undefined ? "" : `, p ${correctedPValue < 0.001 ? "< 0.001" : formatNumber(correctedPValue)}`;
  return `${formatNumber(effect)} of ${formatNumber(threshold)}${p}`;
}
