import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startBrowser } from "./browser.js";
import { findChromium, screenshot, sizeOf } from "./chromium.js";
import { PAGES, PICTURES, SITE_PAGES } from "./pictures.js";

/**
 * Draws the pictures of docs/images as SVG and, with Chromium, as PNG, and takes screenshots of pages:
 *
 *     npm run pictures                       all of them
 *     npm run pictures -- inference-retried  one of them
 */
const folder = join("docs", "images");
const asked = process.argv.slice(2);
const names = [...PICTURES, ...PAGES, ...SITE_PAGES].map(({ name }) => name);
const isAsked = ({ name }: { readonly name: string }) => asked.length === 0 || asked.includes(name);
if (asked.includes("--help")) {
  console.log(`Usage: npm run pictures [-- NAME ...]   ${names.join(", ")}`);
  process.exit(0);
}
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no picture ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  process.exit(2);
}

const chromium = findChromium(process.env);
if (chromium === undefined)
  console.error("No Chromium was found: SVG only. Install chromium or google-chrome, or set CHROME_PATH, for PNG too.");
await mkdir(folder, { recursive: true });
for (const { name, draw } of PICTURES.filter(isAsked)) {
  const svgFile = join(folder, `${name}.svg`);
  const svg = await draw();
  const isSame = (await readFile(svgFile, "utf8").catch(() => "")) === svg;
  if (!isSame) await writeFile(svgFile, svg);
  console.log(`${svgFile}${isSame ? " (unchanged)" : ""}`);
  if (chromium === undefined) continue;
  const pngFile = join(folder, `${name}.png`);
  await screenshot(chromium, svgFile, pngFile, sizeOf(svg));
  console.log(pngFile);
}

for (const { name, path } of SITE_PAGES.filter(isAsked)) {
  const htmlFile = join("docs", "api", path);
  if (chromium === undefined) break;
  if (!existsSync(htmlFile)) {
    console.error(`${htmlFile} is not there: npm run docs builds the site.`);
    continue;
  }
  const pngFile = join(folder, `${name}.png`);
  await screenshot(chromium, htmlFile, pngFile, { width: 1400, height: 900, scale: 1 });
  console.log(pngFile);
}

const pages = PAGES.filter(isAsked);
if (chromium !== undefined && pages.length > 0) {
  const written = await mkdtemp(join(tmpdir(), "scones-pages-"));
  await using page = await startBrowser(chromium);
  for (const { name, write, width, height, scheme } of pages) {
    const htmlFile = join(written, `${name}.html`);
    await writeFile(htmlFile, await write());
    await page.open(pathToFileURL(htmlFile).href, { width, height: height ?? 900, scheme });
    const pngFile = join(folder, `${name}.png`);
    await writeFile(pngFile, await page.screenshot(height === undefined ? "page" : "window"));
    console.log(pngFile);
  }
  await rm(written, { recursive: true });
  // A page that says something in the console, or wants something from outside, is not one to be shown.
  if (page.complaints.length > 0) throw new Error(page.complaints.join("\n"));
}
