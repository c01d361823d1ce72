import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeByTime } from "../../src/monitoring/capture/merge-by-time.js";
import { readLines } from "../../src/monitoring/capture/read-lines.js";
import { RecentIds } from "../../src/monitoring/capture/recent-ids.js";
import { observation } from "./captures.js";

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++) yield bytes.subarray(places[i - 1], places[i]);
}

async function collect(text: string, cuts: readonly number[], maxBytes = 1000) {
  const lines: (readonly [number: number, text: string | undefined])[] = [];
  for await (const { number, bytes } of readLines(inPieces(text, cuts), maxBytes)) {
    lines.push([number, bytes === undefined ? undefined : Buffer.from(bytes).toString()]);
  }
  return lines;
}

describe("readLines", () => {
  it("gives the same lines however the stream is cut", async () => {
    const text = fc
      .array(fc.constantFrom("a", "ä€", "\n", "\r\n", "x y", ""), { maxLength: 30 })
      .map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 8 }), async (whole, cuts) => {
        const expected = whole
          .split("\n")
          .map((line, index) => [index + 1, line.replace(/\r$/, "")] as const)
          .filter(([, line]) => line !== "");
        expect(await collect(whole, cuts)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("tells only the number of a line that is too long, and goes on behind it", async () => {
    expect(await collect(`a\n${"b".repeat(50)}\nc\n${"d".repeat(11)}`, [5, 20, 30], 10)).toEqual([
      [1, "a"],
      [2, undefined],
      [3, "c"],
      [4, undefined],
    ]);
  });
});

describe("mergeByTime", () => {
  it("sorts any files whose records are in order, and keeps records of one second in file order", async () => {
    const file = fc.array(fc.nat(50), { minLength: 1, maxLength: 10 }).map((times) => times.toSorted((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 6 }), async (files) => {
        const timed = files.map((times, index) => ({
          start: times[0] ?? 0,
          async *read() {
            for (const time of times) yield observation(`${index}`, new Date(time), [1, 0]);
          },
        }));
        const seen: number[] = [];
        for await (const { time } of mergeByTime(timed)) seen.push(time.getTime());
        expect(seen).toEqual(files.flat().sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });
});

describe("RecentIds", () => {
  it("forgets the oldest id when it holds enough", () => {
    const ids = new RecentIds();
    expect(ids.add("first")).toBe(true);
    expect(ids.add("first")).toBe(false);
    for (let i = 0; i < 100_000; i++) ids.add(String(i));
    expect(ids.add("99999")).toBe(false);
    expect(ids.add("first")).toBe(true);
  });
});
