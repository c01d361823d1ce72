import { CHART_FONT, type ChartTheme, describeChartStyle, PAGE_PALETTES } from "../charts/chart-theme.js";

/** The palette of the page as custom properties. */
function describeVariables(name: "light" | "dark"): string {
  const { paper, ink, muted, grid, alarm, series } = PAGE_PALETTES[name];
  return `:root { --paper: ${paper}; --ink: ${ink}; --muted: ${muted}; --line: ${grid}; --alarm: ${alarm}; --accent: ${series[0]}; }`;
}

function describeColours(theme: ChartTheme): string {
  if (theme !== "auto") return `:root { color-scheme: ${theme}; }\n${describeVariables(theme)}`;
  const dark = `@media screen and (prefers-color-scheme: dark) {\n${describeVariables("dark")}\n}`;
  return `:root { color-scheme: light dark; }\n${describeVariables("light")}\n${dark}`;
}

/**
 * Style of the report: one column with pairs of smaller pictures, tables that scroll on narrow screens, and, on paper,
 * no controls and nothing broken over pages. Each picture is there for wide and for narrow screens.
 *
 * @param theme - Colours.
 * @returns The style sheet.
 * @internal
 */
export function describeReportStyle(theme: ChartTheme): string {
  return `
${describeColours(theme)}
${describeChartStyle(theme, "page")}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 ${CHART_FONT}; }
main { max-width: 1132px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 32px 0 8px; overflow-wrap: anywhere; }
p { margin: 4px 0 12px; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.alarm { color: var(--alarm); font-weight: 600; }
.verdict { border-left: 4px solid var(--accent); padding: 4px 0 4px 12px; }
.verdict.drift { border-color: var(--alarm); border-left-style: double; border-left-width: 6px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 16px 0; padding: 0; list-style: none; }
.figures li { border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; overflow-wrap: anywhere; }
.figures strong { display: block; font-size: 1.3rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures span { color: var(--muted); font-size: 0.875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td, tbody th { overflow-wrap: break-word; max-width: 40em; }
thead th { color: var(--muted); font-weight: 600; }
tbody th { font-weight: 600; min-width: 6.5em; }
th.path, td.path { overflow-wrap: anywhere; min-width: 10em; }
summary { cursor: pointer; color: var(--muted); }
th.number, td.number { text-align: right; white-space: nowrap; overflow-wrap: normal; padding: 6px 0 6px 12px; }
td.number + td:not(.number), th.number + th:not(.number) { padding-left: 24px; }
figure { margin: 16px 0 0; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
figure svg { display: block; width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; align-items: start; }
.narrow { display: none; }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 16px 12px; margin: 12px 0; padding: 0; list-style: none; font-size: 0.8125rem; line-height: 1.35; }
.answers li { overflow-wrap: anywhere; }
.answers img, .answers .missing { display: block; width: 96px; height: 96px; object-fit: contain; image-rendering: pixelated; background: var(--line); margin-bottom: 4px; }
.answers .missing { padding: 8px; color: var(--muted); }
.brush { border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; margin: 12px 0 0; }
.brush label { display: inline-block; margin-right: 16px; color: var(--muted); font-size: 0.875rem; }
.brush input { vertical-align: middle; accent-color: var(--accent); max-width: 60vw; }
.brush button { font: inherit; font-size: 0.875rem; color: inherit; background: transparent; border: 1px solid var(--muted); border-radius: 4px; padding: 2px 10px; }
.brush p { margin: 0 0 6px; }
svg[data-time] { touch-action: pan-y; cursor: crosshair; }
.selection { fill: var(--accent); fill-opacity: 0.14; stroke: var(--accent); pointer-events: none; }
.outside { opacity: 0.18; }
li.outside, tr.outside { opacity: 0.4; }
#tip { position: absolute; z-index: 1; max-width: min(320px, 90vw); padding: 6px 10px; border-radius: 4px; background: var(--ink); color: var(--paper); font-size: 0.8125rem; line-height: 1.35; pointer-events: none; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
@media screen and (max-width: 759px) {
  .wide, .wide-only { display: none; }
  .narrow { display: block; max-width: 480px; margin: 0 auto; }
  .pair { display: block; }
  table { font-size: 0.875rem; }
}
@media print {
  main { max-width: none; padding: 0; }
  .brush, #tip { display: none; }
  figure, tr, li { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
}
`;
}
