import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutNetwork } from "../../../src/local/training/architecture.js";
import { createClassifier } from "../../../src/local/training/classifier.js";
import { decodeWeights, encodeWeights } from "../../../src/local/training/weights-file.js";

const architecture = { widths: [8, 8, 8] as const, imageShape: { height: 8, width: 8 }, classes: 2 };
const layout = layOutNetwork(architecture);
const network = {
  architecture,
  mean: [0.5, 0.4, 0.3],
  deviation: [0.2, 0.2, 0.2],
  parameters: Float32Array.from({ length: layout.parameters }, (_, index) => Math.sin(index)),
  runningMean: new Float32Array(layout.channels),
  runningVariance: new Float32Array(layout.channels).fill(1),
};
const file = encodeWeights(network);

describe("the weights file", () => {
  it("brings a network back as it was", () => {
    expect(decodeWeights(file)).toEqual(network);
  });

  it("is refused with a code when it is cut, changed or something else", () => {
    const invalid = expect.objectContaining({ code: "LOCAL_WEIGHTS_INVALID" });
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(() => decodeWeights(file.subarray(0, length))).toThrow(invalid);
      }),
    );
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const damaged = Uint8Array.from(file, (byte, index) => (index === place ? byte ^ change : byte));
        expect(() => decodeWeights(damaged)).toThrow(invalid);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => decodeWeights(bytes)).toThrow(invalid);
      }),
    );
  });

  it.each([
    ["a network of no known shape", { architecture: { ...architecture, widths: [8, 12, 8] as const } }, /header/],
    ["images that are too small", { architecture: { ...architecture, imageShape: { height: 7, width: 8 } } }, /header/],
    ["a single class", { architecture: { ...architecture, classes: 1 } }, /header/],
    ["more classes than it has weights for", { architecture: { ...architecture, classes: 9 } }, /bytes instead of/],
    ["a channel without deviation", { deviation: [0.2, 0, 0.2] }, /header/],
    ["a weight that is no number", { parameters: network.parameters.with(5, Number.NaN) }, /not finite/],
    ["a negative variance", { runningVariance: network.runningVariance.with(0, -1) }, /negative variance/],
  ])("is refused with a code when it is whole but holds %s", (_, changes, message) => {
    const whole = encodeWeights({ ...network, ...changes });
    expect(() => decodeWeights(whole)).toThrow(expect.objectContaining({ code: "LOCAL_WEIGHTS_INVALID" }));
    expect(() => decodeWeights(whole)).toThrow(message);
  });

  it("is refused by the classifier when its images are larger than memory", () => {
    const whole = encodeWeights({
      ...network,
      architecture: { ...architecture, imageShape: { height: 4096, width: 4096 } },
    });
    expect(() => createClassifier(whole)).toThrow(expect.objectContaining({ code: "LOCAL_WEIGHTS_INVALID" }));
  });
});
