import * as z from "zod";
import type { ChartTheme } from "./chart-theme.js";

/** Options of every picture. */
export interface ChartOptions {
  /** Width in pixels, 280 to 4000. @defaultValue that of the picture, see its function */
  readonly width?: number;
  /** Height in pixels, 240 to 4000; a picture is taller where heading, legend or rows need more. @defaultValue that of the picture, see its function */
  readonly height?: number;
  /** Heading. @defaultValue that of the picture, see its function */
  readonly title?: string;
  /** Colours; `"auto"` follows the setting of the reader's system, where the picture is shown by a browser. @defaultValue `"light"` */
  readonly theme?: ChartTheme;
}

/** Size and words of a picture, with nothing left to choose. @internal */
export interface ChartShape {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** `inherit`: the page around the picture has its style sheet. */
  readonly theme: ChartTheme | "inherit";
}

/** Checks the options of a picture, and fills in what it is without them. @internal */
export function chartOptionsSchema({ width, height, title }: Omit<ChartShape, "theme">) {
  return z.strictObject({
    width: z.int().min(280).max(4000).default(width),
    height: z.int().min(240).max(4000).default(height),
    title: z.string().default(title),
    theme: z.enum(["light", "dark", "auto"]).default("light"),
  });
}
