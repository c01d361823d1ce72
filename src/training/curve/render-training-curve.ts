import * as z from "zod";
import { formatPercent } from "../../core/format-percent.js";
import { parseOptions } from "../../core/options.js";
import { escapeHtml, plainText, shorten } from "../../core/plain-text.js";
import { type EpochMetrics, EpochMetricsSchema } from "../../core/training-record.js";
import { CHARACTER_WIDTH, type CurveLayout, layOutCurve } from "./curve-layout.js";
import { layOutLegend } from "./lay-out-legend.js";
import { placeLabel } from "./place-label.js";
import { CURVE_THEMES, type CurveKind, type CurveTheme, line, mark, path, rect, round, text } from "./svg-parts.js";

/** What {@link renderTrainingCurve} draws: a `TrainedModel`, a `TrainingLog`, or just epochs. */
export interface TrainingCurve {
  /** The epochs, in order. */
  readonly epochs?: readonly EpochMetrics[] | undefined;
  /** The epoch whose weights the artifact holds, which is marked. */
  readonly bestEpoch?: EpochMetrics | undefined;
}

/** Options of {@link renderTrainingCurve}. */
export interface RenderTrainingCurveOptions {
  /** Width in pixels, 320 to 4000. @defaultValue `720` */
  readonly width?: number;
  /** Height in pixels, 240 to 4000. @defaultValue `400` */
  readonly height?: number;
  /** Heading. @defaultValue `"Training"` */
  readonly title?: string;
  /** Number of classes; with it the level of chance is drawn. @defaultValue not drawn */
  readonly classes?: number;
  /** Colours. @defaultValue `"light"` */
  readonly theme?: "light" | "dark";
}

const CurveSchema = z.object({
  epochs: z.array(EpochMetricsSchema).readonly().default([]),
  bestEpoch: EpochMetricsSchema.optional(),
});

const OptionsSchema = z.strictObject({
  width: z.int().min(320).max(4000).default(720),
  height: z.int().min(240).max(4000).default(400),
  title: z.string().default("Training"),
  classes: z.int().min(2).optional(),
  theme: z.enum(["light", "dark"]).default("light"),
});

/** Beyond so many epochs a mark on each is a smear. */
const MOST_MARKS = 60;

/**
 * Draws the accuracies of a training over its epochs, with the epoch whose weights the artifact holds. The lines differ
 * in form as well as in colour, so that the picture can be read in grey.
 *
 * @param curve - A trained model, a parsed log, or epochs.
 * @param options - See {@link RenderTrainingCurveOptions}.
 * @returns A complete SVG document.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the epochs or an option are wrong.
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from "node:fs/promises";
 * import { parseTrainingLog, renderTrainingCurve } from "scones-ml/training";
 *
 * const log = parseTrainingLog(await readFile("training.log", "utf8"));
 * await writeFile("training.svg", renderTrainingCurve(log, { title: "Bicycles and motorcycles", classes: 2 }));
 * ```
 */
export function renderTrainingCurve(curve: TrainingCurve, options: RenderTrainingCurveOptions = {}): string {
  const { epochs, bestEpoch } = parseOptions("renderTrainingCurve", CurveSchema, curve);
  const { width, height, title, classes, theme: name } = parseOptions("renderTrainingCurve", OptionsSchema, options);
  const theme = CURVE_THEMES[name];
  const chance = classes === undefined ? undefined : 1 / classes;
  const legend = layOutLegend(theme, { epochs, chance, width });
  const layout = layOutCurve(epochs, { width, height, head: legend.bottom + 24, chance });
  const heading = shorten(plainText(title), Math.floor((width - 32) / (17 * CHARACTER_WIDTH)));
  const parts = [
    rect(0, 0, width, height, theme.paper),
    text(heading, { x: 16, y: 30, size: 17, fill: theme.ink, weight: 600 }),
    legend.drawn,
    drawAxes(layout, theme),
    ...(epochs.length === 0 ? [drawNothing(layout, theme)] : []),
    ...(chance === undefined ? [] : [drawChance(layout, theme, chance)]),
    drawLine(layout, epochs, "trainAccuracy", theme.train),
    drawLine(layout, epochs, "validationAccuracy", theme.validation),
    ...(bestEpoch === undefined ? [] : [drawBest(layout, theme, epochs, bestEpoch)]),
  ];
  const description = describe(epochs, bestEpoch);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif">`,
    `<title>${escapeHtml(heading)}</title>`,
    `<desc>${escapeHtml(description)}</desc>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawAxes({ left, right, bottom, x, y, epochTicks, accuracyTicks }: CurveLayout, theme: CurveTheme): string {
  return [
    ...accuracyTicks.map((tick) => line(left, y(tick), right, y(tick), theme.grid)),
    ...accuracyTicks.map((tick) =>
      text(`${Math.round(tick * 100)} %`, { x: left - 8, y: y(tick) + 4, size: 12, fill: theme.muted, anchor: "end" }),
    ),
    line(left, bottom, right, bottom, theme.muted),
    ...epochTicks.map((tick) => line(x(tick), bottom, x(tick), bottom + 4, theme.muted)),
    ...epochTicks.map((tick) =>
      text(String(tick), { x: x(tick), y: bottom + 18, size: 12, fill: theme.muted, anchor: "middle" }),
    ),
    text("epoch, as the log counts from 0", {
      x: (left + right) / 2,
      y: bottom + 38,
      size: 12,
      fill: theme.muted,
      anchor: "middle",
    }),
  ].join("\n");
}

function drawNothing({ left, right, top, bottom }: CurveLayout, theme: CurveTheme): string {
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return text("no epochs", { ...middle, size: 14, fill: theme.muted, anchor: "middle" });
}

function drawChance({ left, right, y }: CurveLayout, theme: CurveTheme, chance: number): string {
  return `<path d="M${left} ${round(y(chance))}H${right}" stroke="${theme.muted}" stroke-dasharray="2 4"/>`;
}

function drawLine({ x, y }: CurveLayout, epochs: readonly EpochMetrics[], kind: CurveKind, color: string): string {
  const points = epochs.map((epoch) => ({ epoch: epoch.epoch, value: epoch[kind] }));
  let isDown = false;
  const steps = points.map(({ epoch, value }) => {
    if (value === undefined) {
      isDown = false;
      return "";
    }
    const step = `${isDown ? "L" : "M"}${round(x(epoch))} ${round(y(value))}`;
    isDown = true;
    return step;
  });
  const marks =
    points.length > MOST_MARKS
      ? []
      : points.flatMap(({ epoch, value }) => (value === undefined ? [] : [mark(kind, x(epoch), y(value), color, 2.5)]));
  return [path(steps.join(""), color, kind), ...marks].join("\n");
}

function drawBest(layout: CurveLayout, theme: CurveTheme, epochs: readonly EpochMetrics[], best: EpochMetrics): string {
  const value = best.validationAccuracy ?? best.trainAccuracy;
  if (value === undefined || !epochs.some(({ epoch }) => epoch === best.epoch)) return "";
  const label = `kept: epoch ${best.epoch}, ${formatPercent(value)}`;
  const [x, y] = [layout.x(best.epoch), layout.y(value)];
  const place = placeLabel(layout, epochs, x, label.length * 12 * CHARACTER_WIDTH);
  return [
    `<path d="M${round(x)} ${layout.top}V${layout.bottom}" stroke="${theme.muted}" stroke-dasharray="4 3"/>`,
    `<circle cx="${round(x)}" cy="${round(y)}" r="6" fill="none" stroke="${theme.ink}" stroke-width="2"/>`,
    text(label, { ...place, size: 12, fill: theme.ink, weight: 600, halo: theme.paper }),
  ].join("\n");
}

function describe(epochs: readonly EpochMetrics[], best: EpochMetrics | undefined): string {
  const kept = best?.validationAccuracy;
  const which =
    kept === undefined ? "" : ` The artifact holds epoch ${best?.epoch}, validation ${formatPercent(kept)}.`;
  return `Accuracy on training and validation images over ${epochs.length} epochs.${which}`;
}
