import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutNetwork } from "../../../src/local/training/architecture.js";
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
      fc.property(fc.nat(file.length - 1), fc.nat(255), (place, value) => {
        const damaged = Uint8Array.from(file);
        damaged[place] = value;
        try {
          expect(decodeWeights(damaged).architecture.classes).toBeGreaterThan(1);
        } catch (error) {
          expect(error).toMatchObject({ code: "LOCAL_WEIGHTS_INVALID" });
        }
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => decodeWeights(bytes)).toThrow(invalid);
      }),
    );
  });
});
