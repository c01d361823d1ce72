import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium, screenshot, sizeOf } from "./chromium.js";
import type { Picture } from "./picture.js";
import { PICTURES } from "./pictures.js";

/**
 * Draws the pictures of docs/images as SVG and, with Chromium, as PNG; of a page only the PNG is kept:
 *
 *     npm run pictures                       all of them
 *     npm run pictures -- inference-retried  one of them
 */
const folder = join("docs", "images");
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PICTURES.some((picture) => picture.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no picture ${unknown.join(", ")}. There are: ${PICTURES.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}

const chromium = findChromium(process.env);
if (chromium === undefined)
  console.error("No Chromium was found: SVG only. Install chromium or google-chrome, or set CHROME_PATH, for PNG too.");
await mkdir(folder, { recursive: true });
for (const picture of PICTURES.filter(({ name }) => asked.length === 0 || asked.includes(name))) await make(picture);

async function make({ name, draw, page }: Picture): Promise<void> {
  const pngFile = join(folder, `${name}.png`);
  const drawn = await draw();
  if (page === undefined) {
    const svgFile = join(folder, `${name}.svg`);
    const isSame = (await readFile(svgFile, "utf8").catch(() => "")) === drawn;
    if (!isSame) await writeFile(svgFile, drawn);
    console.log(`${svgFile}${isSame ? " (unchanged)" : ""}`);
    if (chromium === undefined) return;
    await screenshot(chromium, svgFile, pngFile, sizeOf(drawn));
  } else {
    if (chromium === undefined) return;
    const scratch = await mkdtemp(join(tmpdir(), "scones-page-"));
    const htmlFile = join(scratch, `${name}.html`);
    await writeFile(htmlFile, drawn);
    await screenshot(chromium, htmlFile, pngFile, page);
    await rm(scratch, { recursive: true });
  }
  console.log(pngFile);
}
