import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernels, memory, place, placeWeights, START, wave } from "./kernel-memory.js";

/** The layers of a network: the stem with its four input channels, 3 x 3 convolutions, and shortcuts. */
const layers = fc.oneof(
  fc.record({ k: fc.constant(4), stride: fc.constant(2), ci: fc.constant(4), co: fc.constantFrom(8, 16) }),
  fc.record({
    k: fc.constantFrom(1, 3),
    stride: fc.constantFrom(1, 2),
    ci: fc.constantFrom(8, 16),
    co: fc.constantFrom(8, 16, 24),
  }),
);
const images = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 2, max: 11 }),
  width: fc.integer({ min: 2, max: 11 }),
});

type Layer = { readonly k: number; readonly stride: number; readonly ci: number; readonly co: number };
type Images = { readonly count: number; readonly height: number; readonly width: number };

/** Calls back for every product in a convolution: output pixel and channel, input pixel and channel, filter tap. */
function forEachProduct(
  { k, stride, ci, co }: Layer,
  { count, height, width }: Images,
  visit: (n: number, oy: number, ox: number, o: number, iy: number, ix: number, i: number, tap: number) => void,
): void {
  const { pad, ho, wo } = outputOf({ k, stride }, { height, width });
  for (let n = 0; n < count; n++)
    for (let oy = 0; oy < ho; oy++)
      for (let ox = 0; ox < wo; ox++)
        for (let ky = 0; ky < k; ky++)
          for (let kx = 0; kx < k; kx++) {
            const [iy, ix] = [oy * stride + ky - pad, ox * stride + kx - pad];
            if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
            for (let o = 0; o < co; o++) for (let i = 0; i < ci; i++) visit(n, oy, ox, o, iy, ix, i, ky * k + kx);
          }
}

function outputOf({ k, stride }: Omit<Layer, "ci" | "co">, { height, width }: Omit<Images, "count">) {
  const pad = k === 1 ? 0 : 1;
  const shrink = (side: number) => Math.floor((side + 2 * pad - k) / stride) + 1;
  return { pad, ho: shrink(height), wo: shrink(width) };
}

/** A bordered batch in plain numbers, to sum what is expected into. */
function expectation(count: number, height: number, width: number, channels: number) {
  const values = new Float64Array(count * (height + 2) * (width + 2) * channels);
  const at = (n: number, y: number, x: number, c: number) =>
    ((n * (height + 2) + y + 1) * (width + 2) + x + 1) * channels + c;
  return { values, at };
}

/** The largest difference, borders included. */
function difference(got: ArrayLike<number>, expected: Float64Array): number {
  return expected.reduce((most, value, index) => Math.max(most, Math.abs(value - (got[index] ?? Number.NaN))), 0);
}

describe("the convolution kernels", () => {
  it("compute what the definition says, and leave the borders zero", () => {
    fc.assert(
      fc.property(layers, images, fc.boolean(), (layer, size, accumulates) => {
        const { k, stride, ci, co } = layer;
        const { count, height, width } = size;
        const { pad, ho, wo } = outputOf(layer, size);
        const x = place(START, { ...size, channels: ci }, wave(0));
        const w = placeWeights(x.end, k, ci, co, wave(1));
        const y = place(w.end, { count, height: ho, width: wo, channels: co }, () => 9);
        const dy = place(y.end, { count, height: ho, width: wo, channels: co }, wave(2));
        const dw = placeWeights(dy.end, k, ci, co, () => 1);
        const shape = [count, height, width, ci, ho, wo, co, k, stride, pad] as const;
        kernels.convolve(x.address, w.address, y.address, ...shape);
        kernels.convolveWeightGradient(x.address, dy.address, dw.address, ...shape);

        const expectedY = expectation(count, ho, wo, co);
        const expectedDw = new Float64Array(dw.packed.length).fill(1);
        const packed = (o: number, tap: number, i: number) =>
          (Math.floor(o / 8) * k * k * ci + tap * ci + i) * 8 + (o % 8);
        forEachProduct(layer, size, (n, oy, ox, o, iy, ix, i, tap) => {
          const place = expectedY.at(n, oy, ox, o);
          const weight = w.packed[packed(o, tap, i)] ?? 0;
          expectedY.values[place] = (expectedY.values[place] ?? 0) + weight * x.read(n, iy, ix, i);
          const to = packed(o, tap, i);
          expectedDw[to] = (expectedDw[to] ?? 0) + x.read(n, iy, ix, i) * dy.read(n, oy, ox, o);
        });
        expect(difference(y.view, expectedY.values)).toBeLessThan(1e-4);
        expect(difference(dw.packed, expectedDw)).toBeLessThan(1e-3);

        if (ci % 8 !== 0) return; // Nobody needs the gradient of the images.
        const before = accumulates ? 9 : 0;
        const dx = place(dw.end, { ...size, channels: ci }, () => 9);
        const turned = placeWeights(dx.end, k, co, ci, () => 0);
        kernels.turnWeights(w.address, turned.address, ci, co, k, stride, pad);
        kernels.convolveInputGradient(dy.address, turned.address, dx.address, ...shape, accumulates ? 1 : 0);
        const expectedDx = expectation(count, height, width, ci);
        for (let n = 0; n < count; n++)
          for (let iy = 0; iy < height; iy++)
            for (let ix = 0; ix < width; ix++)
              for (let i = 0; i < ci; i++) expectedDx.values[expectedDx.at(n, iy, ix, i)] = before;
        forEachProduct(layer, size, (n, oy, ox, o, iy, ix, i, tap) => {
          const place = expectedDx.at(n, iy, ix, i);
          const weight = w.packed[packed(o, tap, i)] ?? 0;
          expectedDx.values[place] = (expectedDx.values[place] ?? 0) + weight * dy.read(n, oy, ox, o);
        });
        expect(difference(dx.view, expectedDx.values)).toBeLessThan(1e-4);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the input kernel", () => {
  it("shifts with reflected edges, mirrors and normalises", () => {
    const pixels = new Uint8Array(memory.buffer, START, 3 * 2 * 3);
    pixels.set([0, 0, 0, 10, 0, 0, 20, 0, 0, 100, 0, 0, 110, 0, 0, 120, 0, 0]);
    new Float32Array(memory.buffer, START + 64, 8).set([1, 1, 1, 0, 0, 5, 0, 0]);
    const load = (shiftY: number, shiftX: number, mirror: number) => {
      const target = place(START + 128, { count: 1, height: 2, width: 3, channels: 4 }, () => 0);
      kernels.loadImage(START, target.address, 2, 3, shiftY, shiftX, mirror, START + 64, START + 80);
      return [0, 1].map((y) => [0, 1, 2].map((x) => target.read(0, y, x, 0)));
    };
    expect(load(0, 0, 0)).toEqual([
      [0, 10, 20],
      [100, 110, 120],
    ]);
    expect(load(0, 0, 1)).toEqual([
      [20, 10, 0],
      [120, 110, 100],
    ]);
    expect(load(0, -1, 0)).toEqual([
      [10, 0, 10],
      [110, 100, 110],
    ]);
    expect(load(1, 2, 0)).toEqual([
      [120, 110, 100],
      [20, 10, 0],
    ]);
  });
});
