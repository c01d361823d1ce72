import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Page, startBrowser } from "../../examples/pictures/browser.js";
import { findChromium } from "../../examples/pictures/chromium.js";
import { createBaseline } from "../../src/monitoring/drift/baseline.js";
import { detectDrift } from "../../src/monitoring/drift/detect-drift.js";
import { renderReport } from "../../src/monitoring/report/report.js";
import { findTruth, summarize, TWENTY, TWO } from "./pictures.js";

/** Elements that a reader would have to scroll to, sideways, or that stand out of the page. */
const FIND_WIDE = `[...document.querySelectorAll("main *")].filter((element) => {
  const { right, width } = element.getBoundingClientRect();
  return width > 0 && right > document.documentElement.clientWidth + 1 && element.closest(".scroll") === null;
}).map(({ outerHTML }) => outerHTML.slice(0, 80))`;

const chromium = findChromium(process.env);

describe.skipIf(chromium === undefined)("the report in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "scones-report-"));
  let page: Page;

  beforeAll(async () => {
    page = await startBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await page[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function write(count: number, labels: readonly string[] = TWO): Promise<string> {
    const summary = await summarize(count, labels, 1000, { binMs: 10_000 });
    const drift = detectDrift({ baseline: createBaseline(await summarize(300, labels)), summary });
    const file = join(folder, `${count}-${labels.length}.html`);
    writeFileSync(file, renderReport({ summary, truth: await findTruth(count, labels), drift }));
    return pathToFileURL(file).href;
  }

  it.each([
    [0, TWO],
    [1, TWO],
    [120, TWO],
    [300, TWENTY],
  ])(
    "opens from a file with %d captures, on narrow and wide screens, light and dark, and complains of nothing",
    async (count, labels) => {
      const url = await write(count, labels);
      for (const width of [360, 1400]) {
        for (const scheme of ["light", "dark"] as const) {
          await page.open(url, { width, height: 900, scheme });
          expect(await page.evaluate(FIND_WIDE)).toEqual([]);
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
          const paper = await page.evaluate("getComputedStyle(document.querySelector('svg .f-paper')).fill");
          expect(paper).toBe(scheme === "dark" ? "rgb(22, 27, 34)" : "rgb(255, 255, 255)");
        }
      }
      expect(page.complaints).toEqual([]);
    },
  );

  it("shows one picture of each pair", async () => {
    await page.open(await write(120), { width: 360, height: 900 });
    const count = "[...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length";
    expect(await page.evaluate(count)).toBe(
      (await page.evaluate<number>("document.querySelectorAll('svg').length")) / 2,
    );
  });

  it("counts the span of time that is drawn over a picture, fades the rest, and shows all again", async () => {
    await page.open(await write(120), { width: 1400, height: 2000 });
    const range = () => page.evaluate<string>("document.getElementById('range').textContent");
    const fadedPoints = () => page.evaluate<number>("document.querySelectorAll('.wide svg g.outside').length");
    expect(await range()).toMatch(/: 120 answers, 48 below the threshold \(40\.0 %\)/);
    const [left = 0, top = 0, width = 0, height = 0] = await page.evaluate<readonly number[]>(
      "(({ x, y, width, height }) => [x, y, width, height])(document.querySelector('.wide svg[data-time]').getBoundingClientRect())",
    );
    const at = (share: number): readonly [number, number] => [left + width * share, top + height * 0.6];
    await page.drag(at(0.5), at(0.98));
    const answers = Number(/: (\d+) answers/.exec(await range())?.[1]);
    expect(answers).toBeGreaterThan(40);
    expect(answers).toBeLessThan(80);
    expect(await fadedPoints()).toBeGreaterThan(30);
    // The same from the keyboard: the first slider to its end leaves little.
    await page.evaluate(
      "{ const [from] = document.querySelectorAll('input'); from.value = '900'; from.dispatchEvent(new Event('input')); }",
    );
    expect(Number(/: (\d+) answers/.exec(await range())?.[1])).toBeLessThan(answers);
    await page.evaluate("document.getElementById('all').click()");
    expect(await range()).toContain(": 120 answers");
    expect(await fadedPoints()).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  it("prints wide pictures in light colours, without controls", async () => {
    await page.open(await write(120), { width: 700, height: 1000, scheme: "dark", media: "print" });
    const isShown = (selector: string) =>
      page.evaluate<boolean>(`document.querySelector(${JSON.stringify(selector)}).getClientRects().length > 0`);
    expect([await isShown(".wide svg"), await isShown(".narrow svg"), await isShown("#brush")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await page.evaluate("getComputedStyle(document.querySelector('svg .f-paper')).fill")).toBe(
      "rgb(255, 255, 255)",
    );
  });

  it("tells what is under the pointer, within the screen", async () => {
    await page.open(await write(120), { width: 360, height: 900 });
    const place = await page.evaluate<readonly [number, number]>(
      "(() => { const mark = [...document.querySelectorAll('.narrow svg[data-time] .mark')].at(-1); mark.scrollIntoView({ block: 'center' }); const { x, y, width, height } = mark.getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()",
    );
    await page.moveTo(place);
    const [text = "", right = 0] = await page.evaluate<readonly [string, number]>(
      "(() => { const tip = document.getElementById('tip'); return [tip.hidden ? '' : tip.textContent, tip.getBoundingClientRect().right]; })()",
    );
    expect(text).toMatch(/\d+ answers?/);
    expect(right).toBeLessThanOrEqual(360);
    expect(page.complaints).toEqual([]);
  });

  it("would have complained of a message, and of a request", async () => {
    await page.open(await write(1), { width: 360, height: 900 });
    await page.evaluate("console.error('seen')");
    await page.evaluate("new Image().src = 'http://127.0.0.1:9/seen.png'");
    await page.evaluate("1");
    expect(page.complaints.join(" ")).toMatch(/seen[\s\S]*seen\.png/);
  });
});
