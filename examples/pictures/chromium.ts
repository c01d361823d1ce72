import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Finds Chromium: by CHROME_PATH, else on the PATH. */
export function findChromium(environment: NodeJS.ProcessEnv): string | undefined {
  const { CHROME_PATH: given, PATH: path = "" } = environment;
  if (given !== undefined && given !== "") return existsSync(given) ? given : undefined;
  const places = path.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((place) => existsSync(place));
}

/** Reads the size of an SVG document from its first element. */
export function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"/.exec(svg) ?? [];
  if (width === undefined || height === undefined) throw new Error("the picture does not say its size");
  return { width: Math.ceil(Number(width)), height: Math.ceil(Number(height)) };
}

/** Takes a picture of an SVG file, or of a page whose programs may run first, with headless Chromium. */
export async function screenshot(
  chromium: string,
  svgFile: string,
  pngFile: string,
  { width, height, scale = 2 }: { readonly width: number; readonly height: number; readonly scale?: number },
): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "scones-pictures-"));
  try {
    await promisify(execFile)(chromium, [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      `--force-device-scale-factor=${scale}`,
      "--virtual-time-budget=5000",
      `--user-data-dir=${profile}`,
      `--window-size=${width},${height}`,
      `--screenshot=${resolve(pngFile)}`,
      pathToFileURL(resolve(svgFile)).href,
    ]);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
