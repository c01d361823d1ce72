import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Journal } from "../../../src/local/kept/journal.js";

let root: string;
let path: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "scones-journal-"));
  path = join(root, "deep", "journal.jsonl");
});
afterEach(() => rmSync(root, { recursive: true }));

const LineSchema = z.strictObject({ text: z.string() });
const readAll = async () => {
  const lines: string[] = [];
  const journal = await Journal.open(path, LineSchema, ({ text }) => lines.push(text));
  return { lines, journal };
};

describe("a journal of the local AWS", () => {
  it("gives back what was appended, over several openings", async () => {
    const first = await readAll();
    first.journal.append({ text: "one\ntwo" });
    first.journal.append({ text: "ü".repeat(1_500_000) });
    first.journal.close();
    const second = await readAll();
    second.journal.append({ text: "three" });
    second.journal.close();
    const third = await readAll();
    third.journal.close();
    expect(third.lines).toEqual(["one\ntwo", "ü".repeat(1_500_000), "three"]);
  });

  it("shows whole lines only, wherever an end of the process cut it off, and goes on from there", async () => {
    const { journal } = await readAll();
    const texts = ["first", "zweite – ü", ""];
    for (const text of texts) journal.append({ text });
    journal.close();
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const complete = whole.subarray(0, length).toString().split("\n").length - 1;
        const cut = await readAll();
        expect(cut.lines).toEqual(texts.slice(0, complete));
        cut.journal.append({ text: "next" });
        cut.journal.close();
        const after = await readAll();
        after.journal.close();
        expect(after.lines).toEqual([...texts.slice(0, complete), "next"]);
      }),
    );
  });

  it.each(["not JSON", '{"other":1}', ""])("names the line that reads %j", async (text) => {
    const { journal } = await readAll();
    journal.append({ text: "fine" });
    journal.close();
    appendFileSync(path, `${text}\n`);
    const before = readFileSync(path);
    await expect(readAll()).rejects.toMatchObject({
      code: "LOCAL_DIRECTORY_DAMAGED",
      details: { path },
      message: expect.stringContaining("line 2"),
    });
    expect(readFileSync(path)).toEqual(before);
  });
});
