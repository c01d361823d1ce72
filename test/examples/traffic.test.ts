import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProgressDisplay } from "../../examples/end-to-end/progress-display.js";
import { readTrafficArguments } from "../../examples/traffic/arguments.js";
import { blur, darken, nextImage } from "../../examples/traffic/drift-images.js";
import { sendTraffic } from "../../examples/traffic/send-traffic.js";
import { runTraffic } from "../../examples/traffic/traffic.js";
import type { CifarImage } from "../../src/etl/index.js";

/** A clock whose waits are over at once. */
function createClock() {
  let time = 0;
  return {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

describe("the load generator", () => {
  it("sends at a steady rate, counts what fails, and goes on", async () => {
    const clock = createClock();
    const times: number[] = [];
    const counts = await sendTraffic({
      rate: 10,
      seconds: 2,
      clock,
      signal: new AbortController().signal,
      onProgress: () => {},
      send: async (index) => {
        times.push(Math.round(clock.now()));
        if (index % 5 === 0) throw new Error("the endpoint is gone");
      },
    });
    expect(times).toEqual(Array.from({ length: 20 }, (_, index) => index * 100));
    expect(counts).toEqual({ answered: 16, failed: 4, reason: "Error: the endpoint is gone" });
  });

  it("waits for answers rather than letting requests pile up, and stops when it is told to", async () => {
    const controller = new AbortController();
    let open = 0;
    let most = 0;
    let sent = 0;
    await sendTraffic({
      rate: 1000,
      seconds: 1,
      clock: createClock(),
      signal: controller.signal,
      onProgress: () => {},
      send: async () => {
        most = Math.max(most, ++open);
        if (++sent === 100) controller.abort();
        await new Promise((resolve) => setImmediate(resolve));
        open--;
      },
    });
    expect(most).toBeLessThanOrEqual(32);
    expect(sent).toBe(100);
  });

  it("trains, sends and writes a report that reloads itself, with two variants and images that change", async () => {
    const output = mkdtempSync(join(tmpdir(), "scones-traffic-"));
    try {
      const options = readTrafficArguments([
        "--rate",
        "40",
        "--seconds",
        "3",
        "--drift",
        "darken",
        "--variants",
        "--out",
        output,
      ]);
      if ("help" in options) throw new Error("no help was asked for");
      const lines: string[] = [];
      const display = createProgressDisplay({ write: (text) => lines.push(text) }, false);
      const signal = new AbortController().signal;
      const { counts, file } = await runTraffic(options, { display, clock: createClock(), signal });
      expect(counts).toEqual({ answered: 120, failed: 0 });
      const html = readFileSync(file, "utf8");
      expect(html).toContain('<meta http-equiv="refresh"');
      expect(html).toContain("Live traffic");
      expect(readdirSync(output)).toEqual(["report.html"]);
      expect(lines.join("")).toContain("Baseline  120 answers");
    } finally {
      rmSync(output, { recursive: true });
    }
  });

  it.each([
    [["--rate", "fast"], /--rate must be a number/],
    [["--drift", "rain"], /--drift must be one of none, darken, blur, class-mix/],
    [["--endpoint", "scones"], /go together/],
    [["--speed", "1"], /Unknown option/],
  ])("refuses %j and says what there is", (argv, message) => {
    expect(() => readTrafficArguments(argv)).toThrow(message);
    expect(() => readTrafficArguments(argv)).toThrow(/--seconds N/);
  });
});

describe("drift of the images", () => {
  const image = (labelId: number): CifarImage => ({
    filename: `${labelId}.png`,
    split: "test",
    label: String(labelId),
    labelId,
    row: labelId,
    width: 8,
    height: 8,
    rgb: Uint8Array.from({ length: 192 }, (_, index) => (index % 2 === 0 ? 200 : 0)),
  });
  const mean = ({ rgb }: CifarImage) => rgb.reduce((sum, value) => sum + value, 0) / rgb.length;
  const contrast = (one: CifarImage) =>
    Math.sqrt(one.rgb.reduce((sum, value) => sum + (value - mean(one)) ** 2, 0) / one.rgb.length);

  it("darkens, blurs, or changes the mix, and only when the time has come", () => {
    expect(mean(darken(image(0)))).toBeCloseTo(mean(image(0)) * 0.4, 0);
    expect(mean(blur(image(0)))).toBeCloseTo(mean(image(0)), -1);
    expect(contrast(blur(image(0)))).toBeLessThan(contrast(image(0)) / 2);
    const images = [image(0), image(1)];
    let turn = 0;
    const random = () => (turn++ % 10) / 10;
    expect(nextImage(images, "darken", false, random)).toBe(images[0]);
    const mixed = Array.from({ length: 100 }, () => nextImage(images, "class-mix", true, random).labelId);
    expect(mixed.filter((label) => label === 1).length).toBeGreaterThan(75);
  });
});
