/** Colours of a picture: as it says, or, for `auto`, as the reader's system says. */
export type ChartTheme = "light" | "dark" | "auto";

/** Colours of one theme. */
interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** What is below the threshold, wrong or drifted. */
  readonly alarm: string;
  /** Of the classes, in order; the first one is also that of everything that is no class. */
  readonly series: readonly string[];
}

/** Fonts that are there on every system. @internal */
export const CHART_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** How many classes have a colour, a shape and a hatching of their own. @internal */
export const STYLES = 6;

/** Okabe and Ito's palette for all kinds of colour vision, with the vermilion kept for what is below the threshold. */
const PALETTES: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    paper: "#ffffff",
    ink: "#1f2933",
    muted: "#52606d",
    grid: "#e0e4e8",
    alarm: "#c42d0c",
    series: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6d00"],
  },
  dark: {
    paper: "#161b22",
    ink: "#e6edf3",
    muted: "#9aa7b4",
    grid: "#2d3640",
    alarm: "#ff6b4a",
    series: ["#4aa8e0", "#f0b840", "#2fc79a", "#e59bc4", "#9ad4f5", "#c9a83a"],
  },
};

/**
 * Writes the style sheet of a picture. Colours stand in classes and nowhere else, so one picture serves light and dark;
 * the rules hold within the picture only, also where it stands in a page.
 *
 * @param theme - Colours.
 * @param name - Pictures that the rules are for: `theme` of those, or `page` of all in a page.
 * @returns The rules.
 * @internal
 */
export function describeChartStyle(theme: ChartTheme, name: string = theme): string {
  const light = describePalette(PALETTES.light, name);
  const dark = describePalette(PALETTES.dark, name);
  if (theme === "light") return light;
  if (theme === "dark") return dark;
  return `${light}\n@media screen and (prefers-color-scheme: dark) {\n${dark}\n}`;
}

function describePalette({ paper, ink, muted, grid, alarm, series }: Palette, name: string): string {
  const colours = [
    ["paper", paper],
    ["ink", ink],
    ["muted", muted],
    ["grid", grid],
    ["alarm", alarm],
    ...series.map((colour, index) => [`c${index}`, colour] as const),
  ] as const;
  const scope = `.scones-${name}`;
  return [
    ...colours.flatMap(([name, colour]) => [
      `${scope} .f-${name} { fill: ${colour}; }`,
      `${scope} .s-${name} { stroke: ${colour}; }`,
    ]),
    `${scope} .line { fill: none; }`,
  ].join("\n");
}

/** Colours of the page that the pictures stand in. @internal */
export const PAGE_PALETTES = PALETTES;
