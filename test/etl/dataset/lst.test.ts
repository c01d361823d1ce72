import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSconesError } from "../../../src/core/errors.js";
import { formatLst, parseLst } from "../../../src/etl/dataset/lst.js";
import { countCases, damageOf, spoil } from "../../helpers/hostile-bytes.js";

const CASES = countCases(500);

const rows = fc.uniqueArray(
  fc.record({
    row: fc.nat(),
    labelId: fc.nat(999),
    filename: fc.stringMatching(/^[A-Za-z0-9_./-]{1,40}$/),
  }),
  { selector: ({ row }) => row },
);

describe("the .lst manifest", () => {
  it("has the course's form", () => {
    const text = formatLst([
      { row: 16, labelId: 0, filename: "bike_s_000682.png" },
      { row: 152, labelId: 1, filename: "minibike_s_000824.png" },
    ]);
    expect(text).toBe("16\t0\tbike_s_000682.png\n152\t1\tminibike_s_000824.png\n");
  });

  it("comes back as it was written", () => {
    fc.assert(
      fc.property(rows, (given) => {
        expect(parseLst(formatLst(given))).toEqual(given);
        expect(parseLst(formatLst(given).replaceAll("\n", "\r\n"))).toEqual(given);
      }),
    );
  });

  it("is read as im2rec writes it, with labels as decimal numbers", () => {
    expect(parseLst("5\t1.000000\ta/b.png\n")).toEqual([{ row: 5, labelId: 1, filename: "a/b.png" }]);
  });

  it.each([
    ["1\t0\n", /Line 1 .* has 2 columns/],
    ["1\t0\ta.png\n\n2\t0\tb.png\n", /Line 2 .* has 1 columns/],
    ["x\t0\ta.png", /Line 1 .* index or a label/],
    ["1\t0.5\ta.png", /Line 1 .* index or a label/],
    ["1\t-1\ta.png", /Line 1 .* index or a label/],
    ["1\t0\t a.png", /Line 1 .* a path/],
    ["1\t0\ta.png\n1\t1\tb.png", /Line 2 .* repeats the index 1/],
    ["1\t0\ta.png\textra", /has 4 columns/],
  ])("refuses %j and names the line", (text, message) => {
    expect(() => parseLst(text)).toThrow(expect.objectContaining({ code: "LST_INVALID" }));
    expect(() => parseLst(text)).toThrow(message);
  });

  it("refuses to write what could not be read", () => {
    expect(() => formatLst([{ row: 1, labelId: 0, filename: "a\tb.png" }])).toThrow(/Line 1/);
    expect(() => formatLst([{ row: 1.5, labelId: 0, filename: "a.png" }])).toThrow(/index/);
    expect(() => formatLst([{ row: 1, labelId: -1, filename: "a.png" }])).toThrow(/label/);
  });

  it("reads or refuses any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("0", "7", "\t", "\n", "a", ".", "\r", " ") }), (text) => {
        try {
          expect(parseLst(formatLst(parseLst(text)))).toEqual(parseLst(text));
        } catch (error) {
          expect(isSconesError(error, "LST_INVALID")).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it(`of a spoilt file is refused with its line, or read and written as the same rows (${CASES} cases)`, () => {
    const whole = formatLst(
      Array.from({ length: 12 }, (_, index) => ({ row: index * 97, labelId: index % 3, filename: `a_s_${index}.png` })),
    );
    const ends = { read: 0, refused: 0 };
    const property = fc.property(fc.array(damageOf, { minLength: 1, maxLength: 3 }), (damages) => {
      const spoilt = spoil(Buffer.from(whole), damages, [Buffer.from(whole)]).toString();
      try {
        const read = parseLst(spoilt);
        expect(parseLst(formatLst(read))).toEqual(read);
        expect(read.length).toBeLessThanOrEqual(spoilt.split("\n").length);
        ends.read++;
      } catch (error) {
        if (!isSconesError(error, "LST_INVALID")) throw error;
        expect(error.details.line).toBeLessThanOrEqual(spoilt.split("\n").length);
        ends.refused++;
      }
    });
    fc.assert(property, { numRuns: CASES });
    expect(Math.min(ends.read, ends.refused)).toBeGreaterThan(0);
  });
});
