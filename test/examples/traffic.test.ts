import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runExample } from "../../examples/shared/command.js";
import { degrade } from "../../examples/traffic/degrade.js";
import { createTraffic } from "../../examples/traffic/main.js";
import type { Clock } from "../../examples/traffic/send-traffic.js";

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "scones-traffic-"));
});
afterAll(() => rm(out, { recursive: true, force: true }));

/** Time that passes only where somebody waits for it. */
function createTestClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    waitUntil: async (until) => {
      time = Math.max(time, until);
      await new Promise(setImmediate); // Answers come in meanwhile.
    },
  };
}

async function start(argv: string, clock = createTestClock()) {
  const [printed, errors]: [string[], string[]] = [[], []];
  const code = await runExample(createTraffic(clock), [...argv.split(" "), "--out", out], {
    stdout: { write: (text: string) => printed.push(text) },
    stderr: { write: (text: string) => errors.push(text) },
    color: false,
    signal: new AbortController().signal,
  });
  return { code, printed: printed.join(""), errors: errors.join("") };
}

describe("the load generator", () => {
  it("sends at a rate, writes the report while it runs, and sums up", async () => {
    const { code, printed, errors } = await start(
      "--images 40 --epochs 6 --rate 10 --seconds 20 --variants 2 --every 4",
    );
    expect([code, errors]).toEqual([0, ""]);
    expect(printed).toMatch(/200 requests, 200 captured, \d+\.\d % right/);
    expect(Number(/written (\d+) times/.exec(printed)?.[1])).toBeGreaterThanOrEqual(2);
    const report = await readFile(join(out, "report.html"), "utf8");
    expect(report).toContain("Traffic of scones");
  });

  it("changes the mix of the classes after a while", async () => {
    const { printed, errors } = await start(
      "--images 40 --epochs 6 --rate 10 --seconds 10 --drift mix --drift-after 2",
    );
    expect(errors).toBe("");
    expect(printed).toMatch(/100 requests, 100 captured/);
  });

  it("tells what is wrong with a command line", async () => {
    expect(await start("--drift fog")).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--drift must be one of none, blur, darken, mix, not "fog"'),
    });
  });
});

describe("a drift of the pictures", () => {
  const rgb = new Uint8Array(16 * 16 * 3).map((_, place) => (Math.floor(place / 3) % 2 === 0 ? 200 : 40));
  const image = {
    filename: "a.png",
    split: "test",
    label: "a",
    labelId: 0,
    row: 0,
    width: 16,
    height: 16,
    rgb,
  } as const;
  const spread = (values: Uint8Array) => Math.max(...values) - Math.min(...values);

  it("darkens, blurs, or leaves them as they are", () => {
    expect(Math.max(...degrade(image, "darken").rgb)).toBe(50);
    expect(spread(degrade(image, "blur").rgb)).toBeLessThan(spread(rgb));
    expect(degrade(image, "mix").rgb).toEqual(rgb);
  });
});
