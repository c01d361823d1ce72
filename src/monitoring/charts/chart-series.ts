import { plainText, shorten } from "../../core/plain-text.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import type { CapturePoint } from "../statistics/point-sample.js";
import { ALARM_SYMBOL, CHART_FONT, type ChartTheme, CLASS_SYMBOLS } from "./chart-theme.js";

/** More classes than this share one entry of the legend. */
const MAX_CLASSES = 6;

/** One series for each class above the threshold, and one for everything below it, which is drawn on top. @internal */
export function describeSeries(summary: CaptureSummary, theme: ChartTheme, size: number) {
  const { points, labels, perLabel } = summary;
  const counts = new Map(perLabel.map(({ label, count }) => [label, count]));
  const shown =
    labels.length <= MAX_CLASSES
      ? labels
      : labels.toSorted((one, other) => (counts.get(other) ?? 0) - (counts.get(one) ?? 0)).slice(0, MAX_CLASSES - 1);
  const above = points.filter(({ belowThreshold }) => !belowThreshold);
  const pointsOf = (wanted: (point: CapturePoint) => boolean, from = above) =>
    from.filter(wanted).map(({ time, confidence }) => [Date.parse(time), confidence]);
  const scatter = { type: "scatter" as const, silent: true, z: 3 };
  const groups = [
    ...shown.map((label) => ({ name: label, data: pointsOf((point) => point.label === label) })),
    ...(shown.length === labels.length
      ? []
      : [
          {
            name: `${labels.length - shown.length} other classes`,
            data: pointsOf(({ label }) => !shown.includes(label)),
          },
        ]),
  ];
  const names = uniqueNames(groups.map(({ name }) => name));
  return [
    ...groups.map(({ data }, index) => ({
      ...scatter,
      name: names[index] ?? "",
      data,
      symbol: CLASS_SYMBOLS[index % CLASS_SYMBOLS.length],
      symbolSize: size,
      itemStyle: {
        color: theme.classes[index % theme.classes.length],
        opacity: 0.85,
        borderColor: theme.background,
        borderWidth: 0.5,
      },
    })),
    {
      ...scatter,
      name: `below ${formatShare(summary.threshold)}`,
      data: pointsOf(({ belowThreshold }) => belowThreshold, [...points]),
      symbol: ALARM_SYMBOL,
      symbolSize: size + 2,
      z: 4,
      itemStyle: { color: theme.alarm, opacity: 0.95, borderColor: theme.background, borderWidth: 0.5 },
    },
  ];
}

/** Smaller the denser the picture is, so that single points can still be told apart. @internal */
export function chooseSymbolSize(count: number, area: number): number {
  return Math.min(10, Math.max(3, Math.round(Math.sqrt((area / Math.max(1, count)) * 0.16))));
}

/** The line is a series of its own without points, so that it is drawn when there are no captures, too. @internal */
export function describeThreshold(threshold: number, theme: ChartTheme, isWide: boolean) {
  return {
    type: "scatter" as const,
    data: [],
    silent: true,
    z: 5,
    markLine: {
      silent: true,
      symbol: "none",
      lineStyle: { color: theme.alarm, type: "dashed" as const, width: 1.5 },
      label: {
        formatter: `${isWide ? "threshold " : ""}${formatShare(threshold)}`,
        position: "end" as const,
        color: theme.alarm,
        fontFamily: CHART_FONT,
        fontSize: 12,
      },
      data: [{ yAxis: threshold }],
    },
  };
}

/** The legend knows its entries by name, and shortened names may be alike. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const short = shorten(plainText(name), 18);
    const times = (seen.get(short) ?? 0) + 1;
    seen.set(short, times);
    return times === 1 ? short : `${short} (${times})`;
  });
}

function formatShare(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
