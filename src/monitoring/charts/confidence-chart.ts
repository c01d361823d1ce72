/// <reference path="./echarts-parts.d.ts" />
import { init, use } from "echarts/core";
import { install as ScatterChart } from "echarts/lib/chart/scatter/install.js";
import { install as GridComponent } from "echarts/lib/component/grid/install.js";
import { install as LegendComponent } from "echarts/lib/component/legend/install.js";
import { install as MarkLineComponent } from "echarts/lib/component/marker/installMarkLine.js";
import { install as TitleComponent } from "echarts/lib/component/title/install.js";
import { install as SVGRenderer } from "echarts/lib/renderer/installSVGRenderer.js";
import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { plainText, shorten } from "../../core/plain-text.js";
import type { CaptureSummary } from "../statistics/capture-summary.js";
import { CaptureSummarySchema } from "../statistics/summary-schema.js";
import { chooseLowestConfidence, chooseTimeAxis, describeDays } from "./chart-axes.js";
import { chooseSymbolSize, describeSeries, describeThreshold } from "./chart-series.js";
import { CHART_FONT, CHART_THEMES } from "./chart-theme.js";

/** Options of {@link renderConfidenceChart}. */
export interface RenderConfidenceChartOptions {
  /** Width in pixels, 280 to 4000. @defaultValue `960` */
  readonly width?: number;
  /** Height in pixels, 240 to 4000. @defaultValue `480` */
  readonly height?: number;
  /** Heading. @defaultValue `"Confidence of captured answers"` */
  readonly title?: string;
  /** Colours. @defaultValue `"light"` */
  readonly theme?: "light" | "dark";
}

const OptionsSchema = z.strictObject({
  width: z.int().min(280).max(4000).default(960),
  height: z.int().min(240).max(4000).default(480),
  title: z.string().default("Confidence of captured answers"),
  theme: z.enum(["light", "dark"]).default("light"),
});

type ResolvedOptions = z.output<typeof OptionsSchema>;

/** From this width on, there is room to write the word beside the threshold's line. */
const WIDE = 600;

/**
 * Draws the confidence of every answer over real time, with the threshold as a line. What is below it differs in
 * colour and in shape, so the picture can also be read in grey.
 *
 * @param summary - What `summarizeCaptures` returned.
 * @param options - See {@link RenderConfidenceChartOptions}.
 * @returns A complete SVG document.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when the summary or an option is wrong.
 *
 * @example
 * ```ts
 * import { writeFile } from "node:fs/promises";
 * import { readCaptures, renderConfidenceChart, summarizeCaptures } from "scones-ml/monitoring";
 *
 * const summary = await summarizeCaptures(readCaptures({ source: "captured_data" }), { labels: ["bicycle", "motorcycle"] });
 * await writeFile("confidence.svg", renderConfidenceChart(summary, { title: "Scones Unlimited" }));
 * ```
 */
export function renderConfidenceChart(summary: CaptureSummary, options: RenderConfidenceChartOptions = {}): string {
  const checked = parseOptions("renderConfidenceChart", CaptureSummarySchema, summary);
  return drawConfidenceChart(checked, parseOptions("renderConfidenceChart", OptionsSchema, options), "chart");
}

/**
 * Draws the chart.
 *
 * @param summary - The checked summary.
 * @param options - The resolved options.
 * @param idPrefix - Begin of the ids in the picture, to keep two pictures in one page apart.
 * @returns A complete SVG document.
 * @internal
 */
export function drawConfidenceChart(summary: CaptureSummary, options: ResolvedOptions, idPrefix: string): string {
  // Registering twice does nothing; registering here keeps the import free of effects.
  use([ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer]);
  const { width, height } = options;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(describeChart(summary, options));
    return tidy(chart.renderToSVGString(), idPrefix);
  } finally {
    chart.dispose();
  }
}

/**
 * Takes out what only a script in a browser would use, and the library's running numbers, so that the same captures
 * give the same text. Escaped text holds no bare angle bracket or quote, so these patterns meet nothing but markup.
 */
function tidy(svg: string, idPrefix: string): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>\n?/g, "")
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"<>]*"/g, "")
    .replace(/(="(?:url\(#)?)zr\d+-/g, `$1${idPrefix}-`);
}

function describeChart(summary: CaptureSummary, { width, height, title, theme: themeName }: ResolvedOptions) {
  const theme = CHART_THEMES[themeName];
  const isWide = width >= WIDE;
  const axis = chooseTimeAxis(summary);
  const series = describeSeries(summary, theme, chooseSymbolSize(summary.points.length, width * height));
  const text = (size: number, color: string) => ({ fontFamily: CHART_FONT, fontSize: size, color });
  const legendRows = Math.ceil(series.length / Math.max(1, Math.floor((width - 40) / 150)));
  const isEmpty = summary.points.length === 0;
  const axisLine = { lineStyle: { color: theme.muted } };
  return {
    animation: false,
    useUTC: true,
    backgroundColor: theme.background,
    textStyle: { fontFamily: CHART_FONT },
    title: [
      {
        text: shorten(plainText(title), Math.floor((width - 40) / (isWide ? 11 : 9))),
        left: 20,
        top: 14,
        textStyle: { ...text(isWide ? 17 : 14, theme.ink), fontWeight: 600 },
      },
      ...(isEmpty
        ? [
            {
              text: "No classified captures",
              left: "center",
              top: "middle",
              textStyle: { ...text(15, theme.muted), fontWeight: 400 },
            },
          ]
        : []),
    ],
    legend: {
      left: 16,
      right: 16,
      top: 44,
      itemGap: 28,
      itemWidth: 12,
      itemHeight: 12,
      selectedMode: false,
      textStyle: text(12, theme.ink),
      data: series.map(({ name }) => ({ name })),
    },
    grid: { left: 64, right: isWide ? 120 : 48, top: 58 + legendRows * 24, bottom: 72, borderColor: theme.grid },
    xAxis: {
      type: "time",
      min: axis.min,
      max: axis.max,
      name: isEmpty ? "Time of capture in UTC" : `Time of capture in UTC (${describeDays(axis)})`,
      nameLocation: "middle",
      nameGap: 44,
      nameTextStyle: text(12, theme.muted),
      splitNumber: Math.max(2, Math.floor(width / 160)),
      minInterval: 1000,
      axisLine,
      axisTick: { show: !isEmpty, lineStyle: { color: theme.muted } },
      axisLabel: {
        ...text(11, theme.muted),
        show: !isEmpty,
        hideOverlap: true,
        formatter: axis.format,
        lineHeight: 14,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      min: chooseLowestConfidence(summary),
      max: 1,
      name: "Confidence",
      nameLocation: "middle",
      nameGap: 44,
      nameTextStyle: text(12, theme.muted),
      splitNumber: Math.max(2, Math.floor(height / 90)),
      axisLine: { show: true, ...axisLine },
      axisLabel: { ...text(11, theme.muted), formatter: (value: number) => String(Math.round(value * 1000) / 1000) },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: [...series, describeThreshold(summary.threshold, theme, isWide)],
  };
}
