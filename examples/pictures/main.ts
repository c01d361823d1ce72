import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findChromium, screenshot, sizeOf } from "./chromium.js";
import { PICTURES } from "./pictures.js";

/**
 * Draws the pictures of docs/images as SVG and, with Chromium, as PNG:
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
for (const { name, draw } of PICTURES.filter((picture) => asked.length === 0 || asked.includes(picture.name))) {
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
