import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { PNG } from "pngjs";
import { describe, expect, it } from "vitest";
import { findChromium, screenshot, sizeOf } from "../../examples/pictures/chromium.js";
import { PICTURES } from "../../examples/pictures/pictures.js";

const saved = (name: string) => readFileSync(new URL(`../../docs/images/${name}`, import.meta.url));
const chromium = findChromium(process.env);

async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "scones-pictures-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The pixels that are not white lie within. */
function inkOf(png: PNG) {
  const ink = { left: png.width, top: png.height, right: 0, bottom: 0 };
  for (let y = 0; y < png.height; y++)
    for (let x = 0; x < png.width; x++) {
      const at = (y * png.width + x) * 4;
      if (Math.min(png.data[at] ?? 255, png.data[at + 1] ?? 255, png.data[at + 2] ?? 255) > 250) continue;
      ink.left = Math.min(ink.left, x);
      ink.right = Math.max(ink.right, x);
      ink.top = Math.min(ink.top, y);
      ink.bottom = Math.max(ink.bottom, y);
    }
  return ink;
}

describe("npm run pictures", () => {
  it.each(PICTURES.map(({ name, draw }) => ({ name, draw })))(
    "draws docs/images/$name.svg as it is there",
    async ({ name, draw }) => {
      expect(await draw()).toBe(saved(`${name}.svg`).toString());
    },
  );

  it.each(PICTURES.map(({ name }) => name))("has the whole of %s in its screenshot, two pixels a unit", (name) => {
    const { width, height } = sizeOf(saved(`${name}.svg`).toString());
    const png = PNG.sync.read(saved(`${name}.png`));
    expect([png.width, png.height]).toEqual([2 * width, 2 * height]);
    const ink = inkOf(png);
    expect(Math.min(ink.left, ink.top, png.width - ink.right, png.height - ink.bottom)).toBeGreaterThan(8);
    // The last state stands at the lower end.
    expect(png.height - ink.bottom).toBeLessThan(120);
  });

  it("finds Chromium by CHROME_PATH or on the PATH", async () => {
    await inFolder((folder) => {
      const program = join(folder, "google-chrome");
      writeFileSync(program, "");
      expect(findChromium({ PATH: ["/nowhere", folder].join(delimiter) })).toBe(program);
      expect(findChromium({ PATH: "/nowhere", CHROME_PATH: program })).toBe(program);
      expect(findChromium({ PATH: folder, CHROME_PATH: join(folder, "gone") })).toBeUndefined();
      expect(findChromium({ PATH: "/nowhere" })).toBeUndefined();
    });
  });

  it.skipIf(chromium === undefined)("takes a screenshot with Chromium (skips where there is none)", async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="1200"><rect x="10" y="1100" width="50" height="90"/></svg>';
    await inFolder(async (folder) => {
      writeFileSync(join(folder, "a.svg"), svg);
      await screenshot(chromium ?? "", join(folder, "a.svg"), join(folder, "a.png"), sizeOf(svg));
      const png = PNG.sync.read(readFileSync(join(folder, "a.png")));
      expect([png.width, png.height]).toEqual([1400, 2400]);
      expect(inkOf(png)).toEqual({ left: 20, top: 2200, right: 119, bottom: 2379 });
    });
  });
});
