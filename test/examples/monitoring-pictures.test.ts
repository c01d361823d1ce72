import { expect, it } from "vitest";
import { drawReport, monitoringPictures } from "../../examples/pictures/monitoring-pictures.js";
import { expectPicture } from "../monitoring/pictures.js";

it.each(monitoringPictures)("the docs' picture $name is sound, and the same every time", async ({ draw }) => {
  const svg = await draw();
  expectPicture(svg);
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(await draw()).toBe(svg);
});

it("the docs' report has everything in it, and is the same every time", async () => {
  const html = await drawReport();
  for (const part of ['class="verdict drift"', "Effects of the tests", "data:image/png;base64,", "Cannot tell yet"]) {
    expect(html).toContain(part);
  }
  expect(await drawReport()).toBe(html);
});
