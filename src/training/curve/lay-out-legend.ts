import { formatPercent } from "../../core/format-percent.js";
import type { EpochMetrics } from "../../core/training-record.js";
import { CHARACTER_WIDTH } from "./curve-layout.js";
import { type CurveKind, type CurveTheme, mark, path, text } from "./svg-parts.js";

interface LegendEntry {
  readonly label: string;
  readonly draw: (x: number, y: number) => string;
}

const LEGEND_ROW = 20;

/**
 * Draws what the lines are, in as many rows as are needed, with the values at the end.
 *
 * @param theme - The colours.
 * @param curve - The epochs, the level of chance where it is drawn, and the width of the picture.
 * @returns The drawing, and where its last row is.
 * @internal
 */
export function layOutLegend(
  theme: CurveTheme,
  {
    epochs,
    chance,
    width,
  }: { readonly epochs: readonly EpochMetrics[]; readonly chance?: number | undefined; readonly width: number },
) {
  const last = epochs.at(-1);
  const accuracy = (name: string, kind: CurveKind, color: string): LegendEntry => ({
    label:
      last?.[kind] === undefined ? `${name} accuracy` : `${name} accuracy, ${formatPercent(last[kind])} at the end`,
    draw: (x, y) => path(`M${x} ${y}h26`, color, kind) + mark(kind, x + 13, y, color, 3.5),
  });
  const entries = [
    accuracy("training", "trainAccuracy", theme.train),
    accuracy("validation", "validationAccuracy", theme.validation),
    ...(chance === undefined ? [] : [{ label: `chance, ${formatPercent(chance)}`, draw: drawChanceSwatch(theme) }]),
  ];
  let [x, row] = [16, 0];
  const parts = entries.map(({ label, draw }) => {
    const needed = 33 + Math.ceil(label.length * 12 * CHARACTER_WIDTH);
    if (x > 16 && x + needed > width - 8) [x, row] = [16, row + 1];
    const y = 54 + row * LEGEND_ROW;
    const part = draw(x, y) + text(label, { x: x + 33, y: y + 4, size: 12, fill: theme.ink });
    x += needed + 14;
    return part;
  });
  return { drawn: parts.join("\n"), bottom: 54 + row * LEGEND_ROW };
}

function drawChanceSwatch(theme: CurveTheme): LegendEntry["draw"] {
  return (x, y) => `<path d="M${x} ${y}h26" stroke="${theme.muted}" stroke-dasharray="2 4"/>`;
}
