import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeByTime } from "../../src/monitoring/capture/merge-by-time.js";
import { type LinePlace, type LineReader, readLines } from "../../src/monitoring/capture/read-lines.js";
import { RecentIds } from "../../src/monitoring/capture/recent-ids.js";
import { observation } from "./captures.js";

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  // One buffer for all pieces, as a file is read.
  const buffer = Buffer.alloc(bytes.length);
  for (let i = 1; i < places.length; i++) {
    const length = bytes.copy(buffer, 0, places[i - 1], places[i]);
    yield buffer.subarray(0, length);
    buffer.fill(0x2a);
  }
}

async function collect(text: string, cuts: readonly number[], maxBytes = 1000) {
  type Seen = readonly [number: number, text: string | undefined];
  const lines: Seen[] = [];
  const places: number[] = [];
  const note = ({ number, offset }: LinePlace, found: string | undefined): Seen => {
    places.push(offset);
    return [number, found];
  };
  const reader: LineReader<Seen> = {
    maxBytes,
    begin: () => {},
    read: (bytes, start, end, place) => note(place, bytes.toString("utf8", start, end)),
    refuse: (place) => note(place, undefined),
  };
  for await (const piece of readLines(inPieces(text, cuts), reader)) lines.push(...piece);
  const bytes = Buffer.from(text);
  for (const [index, [, found]] of lines.entries()) {
    const at = places[index] ?? 0;
    if (found !== undefined) expect(bytes.toString("utf8", at, at + Buffer.byteLength(found))).toBe(found);
    expect(at === 0 || bytes[at - 1] === 10).toBe(true);
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
            const seen = times.map((time) => observation(`${index}`, new Date(time), [1, 0]));
            for (let at = 0; at < seen.length; at += 3) yield seen.slice(at, at + 3);
          },
        }));
        const seen: number[] = [];
        for await (const piece of mergeByTime(timed)) seen.push(...piece.map(({ time }) => time.getTime()));
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
    for (let i = 90_000; i < 100_000; i++) expect(ids.add(String(i))).toBe(false);
    expect(ids.add("first")).toBe(true);
  });
});
