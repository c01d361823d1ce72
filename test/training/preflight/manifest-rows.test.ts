import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLst } from "../../../src/etl/dataset/lst.js";
import { readAugmentedRows, readLstRows } from "../../../src/training/preflight/manifest-rows.js";

const path = fc.stringMatching(/^[a-z0-9_./-]{1,30}$/);
const row = fc.record({ row: fc.nat(), labelId: fc.nat({ max: 99 }), filename: path });
const rows = fc.uniqueArray(row, { selector: ({ row }) => row });

describe("readLstRows", () => {
  it("reads what stageDataset writes, and im2rec's labels and line ends", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (written, isIm2rec) => {
        const text = formatLst(written);
        const read = readLstRows(isIm2rec ? text.replace(/\t(\d+)\t/g, "\t$1.000000\t").replace(/\n/g, "\r\n") : text);
        expect(read.rows).toEqual(written.map(({ labelId, filename }) => ({ labels: [labelId], path: filename })));
        expect(read).toMatchObject({ firstInvalid: undefined, invalidCount: 0, repeatedIndex: undefined });
      }),
    );
  });

  it("reads several labels of an image", () => {
    expect(readLstRows("3\t1\t0\t1\ta.png\n").rows).toEqual([{ labels: [1, 0, 1], path: "a.png" }]);
  });

  it("accounts for every line of any text", () => {
    const line = fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{1,2}\t[0-9.]{0,3}\t[a-z]{0,3}$/));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        const { rows: read, firstInvalid, invalidCount } = readLstRows(text);
        const filled = text.split("\n").filter((one) => one.trim() !== "");
        expect(read.length + invalidCount).toBe(filled.length);
        expect(firstInvalid === undefined).toBe(invalidCount === 0);
      }),
    );
  });
});

describe("readAugmentedRows", () => {
  const read = (text: string) => readAugmentedRows(text, "source-ref", "class", false);

  it("reads lines with further attributes, and labels as number or text", () => {
    const write = (label: unknown) => JSON.stringify({ "source-ref": "s3://scones/a b.png", class: label, x: {} });
    const labels = [write("1"), write(1), write("[1]"), write([1])].map((line) => read(line).rows);
    for (const found of labels) expect(found).toEqual([{ labels: [1], path: "s3://scones/a b.png" }]);
  });

  it("accounts for every line of any JSON", () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ "source-ref": fc.oneof(fc.string(), fc.constant("s3://scones/a")), class: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        const { rows: found, invalidCount } = read(text);
        expect(found.length + invalidCount).toBe(text.split("\n").filter((one) => one.trim() !== "").length);
        for (const { path: place, labels } of found) {
          expect(place).toMatch(/^s3:\/\//);
          expect(labels.every((label) => typeof label === "number")).toBe(true);
        }
      }),
    );
  });
});
