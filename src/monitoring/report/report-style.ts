import { describeDarkColours } from "../charts/chart-theme.js";

/**
 * Style of the report: one column, tables that scroll on narrow screens, light and dark as the reader's system says.
 *
 * @returns The style sheet.
 * @internal
 */
export function describeReportStyle(): string {
  return `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2933; --muted: #52606d; --line: #d9dee4; --alarm: #c42d0c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161b22; --ink: #e6edf3; --muted: #9aa7b4; --line: #2d3640; --alarm: #ff6b4a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 32px 0 8px; overflow-wrap: anywhere; }
p { margin: 4px 0 12px; }
.muted { color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td, tbody th { overflow-wrap: break-word; }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 6.5em; }
.number { text-align: right; white-space: nowrap; }
.below { color: var(--alarm); font-weight: 600; }
figure { margin: 16px 0 0; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
@media (prefers-color-scheme: dark) {
${describeDarkColours()}
}
@media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } .wide-only { display: none; } table { font-size: 0.875rem; } }
@media print { main { max-width: none; } }
`;
}
