import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels, place, placeNumbers, type Shape, START, wave } from "./kernel-memory.js";

const EPSILON = 1e-5;

const shapes = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 7 }),
  channels: fc.constantFrom(8, 16, 24),
});

/** Every pixel of a batch. */
function pixelsOf({ count, height, width }: Shape): (readonly [image: number, y: number, x: number])[] {
  return Array.from({ length: count * height * width }, (_, index) => [
    Math.floor(index / (height * width)),
    Math.floor(index / width) % height,
    index % width,
  ]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe("the normalisation kernels", () => {
  it("measure, normalise, add the skip connection and cut at zero as the definitions say", () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), fc.boolean(), (shape, hasSkip, hasRelu) => {
        const { count, height, width, channels } = shape;
        const z = place(START, shape, wave(0));
        const skip = place(z.end, shape, wave(1));
        const y = place(skip.end, shape, () => 0);
        const gamma = placeNumbers(y.end, channels, wave(2));
        const beta = placeNumbers(gamma.end, channels, wave(3));
        const average = placeNumbers(beta.end, channels, () => 0);
        const variance = placeNumbers(average.end, channels, () => 0);
        const scale = placeNumbers(variance.end, channels, () => 0);
        const shift = placeNumbers(scale.end, channels, () => 0);
        kernels.measure(z.address, count, height, width, channels, average.address, variance.address);
        kernels.fold(
          average.address,
          variance.address,
          gamma.address,
          beta.address,
          channels,
          EPSILON,
          scale.address,
          shift.address,
        );
        kernels.normalize(
          z.address,
          scale.address,
          shift.address,
          hasSkip ? skip.address : 0,
          y.address,
          count,
          height,
          width,
          channels,
          hasRelu ? 1 : 0,
        );
        for (let c = 0; c < channels; c++) {
          const values = pixelsOf(shape).map((pixel) => z.read(...pixel, c));
          const expectedMean = mean(values);
          const expectedVariance = mean(values.map((value) => (value - expectedMean) ** 2));
          expect(average.read(c)).toBeCloseTo(expectedMean, 5);
          expect(variance.read(c)).toBeCloseTo(expectedVariance, 5);
          // With one pixel, or equal ones, the deviation is nearly zero and rounding is all there is to see.
          if (expectedVariance < 1e-3) continue;
          for (const pixel of pixelsOf(shape)) {
            const normal = (z.read(...pixel, c) - expectedMean) / Math.sqrt(expectedVariance + EPSILON);
            const sum = normal * gamma.read(c) + beta.read(c) + (hasSkip ? skip.read(...pixel, c) : 0);
            expect(y.read(...pixel, c)).toBeCloseTo(hasRelu ? Math.max(0, sum) : sum, 3);
          }
        }
        expect(y.read(0, -1, 0, 0), "the border stays zero").toBe(0);
        expect(y.read(0, 0, width, channels - 1), "the border stays zero").toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("let gradients through as the chain rule says, and add to those of gamma and beta", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { count, height, width, channels } = shape;
        const z = place(START, shape, wave(0));
        const dy = place(z.end, shape, wave(1));
        const dz = place(dy.end, shape, () => 0);
        const gamma = placeNumbers(dz.end, channels, wave(2));
        const average = placeNumbers(gamma.end, channels, () => 0);
        const variance = placeNumbers(average.end, channels, () => 0);
        const dGamma = placeNumbers(variance.end, channels, () => 5);
        const dBeta = placeNumbers(dGamma.end, channels, () => 7);
        kernels.measure(z.address, count, height, width, channels, average.address, variance.address);
        kernels.normalizeGradient(
          dy.address,
          z.address,
          average.address,
          variance.address,
          gamma.address,
          EPSILON,
          count,
          height,
          width,
          channels,
          dGamma.address,
          dBeta.address,
          dz.address,
        );
        for (let c = 0; c < channels; c++) {
          const deviation = Math.sqrt(variance.read(c) + EPSILON);
          const normal = (pixel: readonly [number, number, number]) =>
            (z.read(...pixel, c) - average.read(c)) / deviation;
          const gradients = pixelsOf(shape).map((pixel) => dy.read(...pixel, c));
          const products = pixelsOf(shape).map((pixel) => dy.read(...pixel, c) * normal(pixel));
          expect(dBeta.read(c)).toBeCloseTo(7 + mean(gradients) * gradients.length, 3);
          expect(dGamma.read(c)).toBeCloseTo(5 + mean(products) * products.length, 3);
          if (variance.read(c) < 1e-3) continue;
          for (const pixel of pixelsOf(shape)) {
            const own = dy.read(...pixel, c) - mean(gradients) - normal(pixel) * mean(products);
            expect(dz.read(...pixel, c)).toBeCloseTo((gamma.read(c) / deviation) * own, 3);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("stop gradients where ReLU did, and add those of two branches", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { count, height, width, channels } = shape;
        const dy = place(START, shape, wave(0));
        const given = place(dy.end, shape, wave(0));
        const y = place(given.end, shape, (index) => Math.max(0, wave(4)(index)));
        const other = place(y.end, shape, wave(5));
        kernels.maskGradient(dy.address, y.address, count, height, width, channels);
        kernels.addTo(dy.address, other.address, count, height, width, channels);
        let index = 0;
        for (const pixel of pixelsOf(shape)) {
          for (let c = 0; c < channels; c++) {
            const expected = y.read(...pixel, c) > 0 ? given.read(...pixel, c) : 0;
            expect(dy.read(...pixel, c)).toBe(expected);
            expect(other.read(...pixel, c)).toBeCloseTo(expected + wave(5)(index++), 5);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
