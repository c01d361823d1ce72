import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderTrainingCurve } from "../../../src/training/curve/render-training-curve.js";

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where each text lies, by the mean width of the letters of a sans serif face. */
function readTexts(svg: string): readonly Box[] {
  const pattern =
    /<text x="([-\d.]+)" y="([-\d.]+)" font-size="(\d+)"[^>]*?(?:text-anchor="(\w+)")?[^>]*>([^<]*)<\/text>/g;
  return [...svg.matchAll(pattern)].map(([whole, x, y, size, , content = ""]) => {
    const anchor = /text-anchor="(\w+)"/.exec(whole)?.[1] ?? "start";
    const width = [...content.replace(/&\w+;|&#\d+;/g, "x")].length * Number(size) * 0.55;
    const left = Number(x) - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2);
    return { text: content, left, right: left + width, top: Number(y) - Number(size) * 0.8, bottom: Number(y) + 2 };
  });
}

const overlaps = (one: Box, other: Box) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
const curves = fc
  .array(fc.record({ trainAccuracy: share, validationAccuracy: share }), { maxLength: 300 })
  .map((epochs) => epochs.map((accuracies, epoch) => ({ epoch, ...accuracies })));

describe("the curve of a training", () => {
  it("has every text inside the picture and none over another, whatever its size", () => {
    fc.assert(
      fc.property(
        curves,
        fc.record({
          width: fc.integer({ min: 320, max: 1600 }),
          height: fc.integer({ min: 240, max: 900 }),
          classes: fc.option(fc.integer({ min: 2, max: 100 }), { nil: undefined }),
          title: fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
          best: fc.nat(),
        }),
        (epochs, { best, classes, ...size }) => {
          const bestEpoch = epochs[best % Math.max(1, epochs.length)];
          const options = { ...size, ...(classes === undefined ? {} : { classes }) };
          const texts = readTexts(renderTrainingCurve({ epochs, bestEpoch }, options));
          for (const [index, box] of texts.entries()) {
            expect(box.left, box.text).toBeGreaterThanOrEqual(0);
            expect(box.right, box.text).toBeLessThanOrEqual(size.width);
            expect(box.bottom, box.text).toBeLessThanOrEqual(size.height);
            expect(texts.slice(index + 1).filter((other) => overlaps(box, other))).toEqual([]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("marks the epoch that was kept, and says so to who cannot see it", () => {
    const epochs = [0.5, 0.9, 0.7].map((validationAccuracy, epoch) => ({ epoch, validationAccuracy }));
    const svg = renderTrainingCurve({ epochs, bestEpoch: epochs[1] }, { title: "A < B & C", classes: 2 });
    expect(svg).toContain("kept: epoch 1, 90.0 %");
    expect(svg).toContain("<title>A &lt; B &amp; C</title>");
    expect(svg).toContain("The artifact holds epoch 1, validation 90.0 %.");
    expect(svg).toContain("chance, 50.0 %");
    expect(svg.match(/NaN|undefined|Infinity/)).toBeNull();
  });

  it("is broken where an epoch has no value, and empty without epochs", () => {
    const epochs = [0.5, undefined, 0.7].map((trainAccuracy, epoch) => ({ epoch, trainAccuracy }));
    expect(renderTrainingCurve({ epochs }).match(/d="M[\d. ]+M[\d. ]+"/)).not.toBeNull();
    expect(renderTrainingCurve({})).toContain("no epochs");
    expect(() => renderTrainingCurve({}, { width: 10 })).toThrow(/width/);
  });
});
