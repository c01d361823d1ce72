import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { monitoringPages, monitoringPictures } from "../../examples/pictures/monitoring-pictures.js";
import { expectPicture } from "../monitoring/pictures.js";

it.each(monitoringPictures)("the docs' picture $name is sound, and serves light and dark", async ({ draw }) => {
  const svg = await draw();
  expectPicture(svg);
  expect(svg).toContain("prefers-color-scheme: dark");
});

it.each(monitoringPages)(
  "the docs' page $name is the same every time, and is there as wide as it says",
  async (page) => {
    const html = await page.write();
    expect(await page.write()).toBe(html);
    const png = PNG.sync.read(readFileSync(new URL(`../../docs/images/${page.name}.png`, import.meta.url)));
    expect(png.width).toBe(page.width);
    if (page.height === undefined) expect(png.height).toBeGreaterThan(1000);
    else expect(png.height).toBe(page.height);
  },
);

it("the docs' report has everything in it", async () => {
  const html = (await monitoringPages.find(({ name }) => name === "report-wide")?.write()) ?? "";
  for (const part of ['class="verdict drift"', "Effects of the tests", "data:image/png;base64,", "Cannot tell yet"]) {
    expect(html).toContain(part);
  }
});
