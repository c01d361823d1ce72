/** Colours of a chart. @internal */
export interface ChartTheme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  /** Colour of points below the threshold. */
  readonly alarm: string;
  /** Colours of the classes. */
  readonly classes: readonly string[];
}

/** Fonts that are there on every system. @internal */
export const CHART_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** Okabe and Ito's palette for all kinds of colour vision, with the vermilion kept for what is below the threshold. */
const CLASSES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c6d00"];

/** The themes by name. @internal */
export const CHART_THEMES: Readonly<Record<"light" | "dark", ChartTheme>> = {
  light: {
    background: "#ffffff",
    ink: "#1f2933",
    muted: "#52606d",
    grid: "#e4e7eb",
    alarm: "#d5320f",
    classes: CLASSES,
  },
  dark: {
    background: "#161b22",
    ink: "#e6edf3",
    muted: "#9aa7b4",
    grid: "#2d3640",
    alarm: "#ff6b4a",
    classes: ["#4aa8e0", "#f0b840", "#2fc79a", "#e59bc4", "#9ad4f5", "#c9a83a"],
  },
};

/**
 * Style rules that turn a light picture inside a page into a dark one: what a style sheet says goes before what the
 * picture's attributes say, so one picture serves both.
 *
 * @returns The rules.
 * @internal
 */
export function describeDarkColours(): string {
  const [light, dark] = [listColours(CHART_THEMES.light), listColours(CHART_THEMES.dark)];
  return light
    .flatMap((from, index) =>
      ["fill", "stroke"].map((property) => `svg [${property}="${from}"] { ${property}: ${dark[index]}; }`),
    )
    .join("\n");
}

function listColours({ background, ink, muted, grid, alarm, classes }: ChartTheme): readonly string[] {
  return [background, ink, muted, grid, alarm, ...classes];
}

/** Shapes of the classes, so that they also differ in grey. Below the threshold it is always a triangle. @internal */
export const CLASS_SYMBOLS: readonly string[] = ["circle", "rect", "diamond", "roundRect"];
/** Shape of points below the threshold. @internal */
export const ALARM_SYMBOL = "triangle";
