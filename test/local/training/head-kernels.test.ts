import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels, memory, place, placeNumbers, START, wave } from "./kernel-memory.js";

const shapes = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  channels: fc.constantFrom(8, 16),
  classes: fc.integer({ min: 2, max: 11 }),
});

const range = (length: number) => Array.from({ length }, (_, index) => index);
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe("the kernels behind the last block", () => {
  it("average, classify and weigh mistakes as the definitions say, with matching gradients", () => {
    fc.assert(
      fc.property(shapes, ({ count, height, width, channels, classes }) => {
        const x = place(START, { count, height, width, channels }, wave(0));
        const dx = place(x.end, { count, height, width, channels }, () => 9);
        const features = placeNumbers(dx.end, count * channels, () => 0);
        const dFeatures = placeNumbers(features.end, count * channels, () => 9);
        const weights = placeNumbers(dFeatures.end, channels * classes, wave(1));
        const bias = placeNumbers(weights.end, classes, wave(2));
        const probabilities = placeNumbers(bias.end, count * classes, () => 0);
        const dWeights = placeNumbers(probabilities.end, channels * classes, () => 3);
        const dBias = placeNumbers(dWeights.end, classes, () => 4);
        const labels = new Int32Array(memory.buffer, dBias.end, count).map((_, image) => (image * 7) % classes);
        new Int32Array(memory.buffer, dBias.end, count).set(labels);
        kernels.pool(x.address, count, height, width, channels, features.address);
        kernels.predict(
          features.address,
          weights.address,
          bias.address,
          count,
          channels,
          classes,
          probabilities.address,
        );
        const [smoothing, share] = [0.1, 0.25];
        const loss = kernels.predictGradient(
          probabilities.address,
          dBias.end,
          features.address,
          weights.address,
          count,
          channels,
          classes,
          smoothing,
          share,
          dWeights.address,
          dBias.address,
          dFeatures.address,
        );
        kernels.poolGradient(dFeatures.address, count, height, width, channels, dx.address);

        const area = height * width;
        const pooled = range(count).map((image) =>
          range(channels).map(
            (c) => total(range(area).map((at) => x.read(image, Math.floor(at / width), at % width, c))) / area,
          ),
        );
        const at = (values: readonly (readonly number[])[], row: number, column: number) => values[row]?.[column] ?? 0;
        const powers = range(count).map((image) =>
          range(classes).map((k) =>
            Math.exp(
              bias.read(k) + total(range(channels).map((c) => at(pooled, image, c) * weights.read(c * classes + k))),
            ),
          ),
        );
        const expected = powers.map((row) => row.map((power) => power / total(row)));
        const target = (image: number, k: number) => smoothing / classes + (labels[image] === k ? 1 - smoothing : 0);
        const pull = range(count).map((image) =>
          range(classes).map((k) => (at(expected, image, k) - target(image, k)) * share),
        );
        for (const image of range(count)) {
          for (const k of range(classes))
            expect(probabilities.read(image * classes + k)).toBeCloseTo(at(expected, image, k), 4);
          for (const c of range(channels)) {
            expect(features.read(image * channels + c)).toBeCloseTo(at(pooled, image, c), 4);
            const gradient = total(range(classes).map((k) => at(pull, image, k) * weights.read(c * classes + k)));
            expect(dFeatures.read(image * channels + c)).toBeCloseTo(gradient, 4);
            expect(dx.read(image, height - 1, width - 1, c)).toBeCloseTo(gradient / area, 4);
          }
        }
        for (const k of range(classes)) {
          expect(dBias.read(k)).toBeCloseTo(4 + total(pull.map((row) => row[k] ?? 0)), 4);
          for (const c of range(channels)) {
            const gradient = total(range(count).map((image) => at(pull, image, k) * at(pooled, image, c)));
            expect(dWeights.read(c * classes + k)).toBeCloseTo(3 + gradient, 4);
          }
        }
        const expectedLoss = total(
          range(count).flatMap((image) =>
            range(classes).map((k) => -target(image, k) * Math.log(at(expected, image, k))),
          ),
        );
        expect(loss).toBeCloseTo(expectedLoss, 3);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the optimiser kernel", () => {
  it("takes the steps of AdamW over the sum of both gradients", () => {
    const count = 12;
    const weights = placeNumbers(START, count, wave(0));
    const gradient0 = placeNumbers(weights.end, count, wave(1));
    const gradient1 = placeNumbers(gradient0.end, count, wave(2));
    const first = placeNumbers(gradient1.end, count, () => 0);
    const second = placeNumbers(first.end, count, () => 0);
    const [rate, decay, beta1, beta2, epsilon] = [0.01, 0.1, 0.9, 0.999, 1e-8];
    const expected = range(count).map((index) => ({ weight: wave(0)(index), first: 0, second: 0 }));
    for (const step of [1, 2, 3]) {
      kernels.adamw(
        weights.address,
        gradient0.address,
        gradient1.address,
        first.address,
        second.address,
        count,
        beta1,
        beta2,
        rate / (1 - beta1 ** step),
        1 / (1 - beta2 ** step),
        epsilon,
        1 - rate * decay,
      );
      for (const [index, state] of expected.entries()) {
        const gradient = wave(1)(index) + wave(2)(index);
        state.weight -= rate * decay * state.weight;
        state.first = beta1 * state.first + (1 - beta1) * gradient;
        state.second = beta2 * state.second + (1 - beta2) * gradient ** 2;
        const unbiased = Math.sqrt(state.second / (1 - beta2 ** step)) + epsilon;
        state.weight -= (rate * (state.first / (1 - beta1 ** step))) / unbiased;
        expect(weights.read(index)).toBeCloseTo(state.weight, 5);
      }
    }
  });
});
