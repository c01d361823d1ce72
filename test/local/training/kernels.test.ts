import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";

const memory = createMemory(16 * 1024 * 1024);
const kernels = bindKernelModule(compileKernels(), memory);
const START = 65_536;

interface Shape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A bordered image batch in the kernels' memory. */
function place(address: number, { count, height, width, channels }: Shape, value: (index: number) => number) {
  const size = count * (height + 2) * (width + 2) * channels;
  const view = new Float32Array(memory.buffer, address, size).fill(0);
  const at = (image: number, y: number, x: number, channel: number) =>
    ((image * (height + 2) + y + 1) * (width + 2) + x + 1) * channels + channel;
  let index = 0;
  for (let image = 0; image < count; image++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < channels; channel++) view[at(image, y, x, channel)] = value(index++);
  const read = (image: number, y: number, x: number, channel: number) => view[at(image, y, x, channel)] ?? 0;
  return { address, read, end: Math.ceil((address + size * 4) / 64) * 64 };
}

/** Weights in the order [output][ky][kx][input], and the same packed for the kernels. */
function placeWeights(address: number, k: number, ci: number, co: number, value: (index: number) => number) {
  const plain = Float32Array.from({ length: co * k * k * ci }, (_, index) => value(index));
  const packed = new Float32Array(memory.buffer, address, plain.length);
  for (let o = 0; o < co; o++)
    for (let rest = 0; rest < k * k * ci; rest++)
      packed[(Math.floor(o / 8) * k * k * ci + rest) * 8 + (o % 8)] = plain[o * k * k * ci + rest] ?? 0;
  const read = (o: number, ky: number, kx: number, i: number) => plain[((o * k + ky) * k + kx) * ci + i] ?? 0;
  return { address, read, packed, end: Math.ceil((address + plain.length * 4) / 64) * 64 };
}

const wave = (phase: number) => (index: number) => Math.sin(index * 1.7 + phase);

const shapes = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 3, max: 9 }),
  width: fc.integer({ min: 3, max: 9 }),
  ci: fc.constantFrom(8, 16),
  co: fc.constantFrom(8, 16, 24),
  k: fc.constantFrom(1, 3),
  stride: fc.constantFrom(1, 2),
});

describe("the convolution kernels", () => {
  it("compute what the definition says: output, input gradient and weight gradient", () => {
    fc.assert(
      fc.property(shapes, ({ count, height, width, ci, co, k, stride }) => {
        const pad = k === 3 ? 1 : 0;
        const ho = Math.floor((height + 2 * pad - k) / stride) + 1;
        const wo = Math.floor((width + 2 * pad - k) / stride) + 1;
        const x = place(START, { count, height, width, channels: ci }, wave(0));
        const w = placeWeights(x.end, k, ci, co, wave(1));
        const y = place(w.end, { count, height: ho, width: wo, channels: co }, () => 0);
        kernels.convolve(x.address, w.address, y.address, count, height, width, ci, ho, wo, co, k, stride, pad);
        const dy = place(y.end, { count, height: ho, width: wo, channels: co }, wave(2));
        const dx = place(dy.end, { count, height, width, channels: ci }, () => 9);
        const dw = placeWeights(dx.end, k, ci, co, () => 0);
        const turned = placeWeights(dw.end, k, co, ci, () => 0);
        kernels.turnWeights(w.address, turned.address, ci, co, k, stride, pad);
        kernels.convolveInputGradient(
          dy.address,
          turned.address,
          dx.address,
          count,
          height,
          width,
          ci,
          ho,
          wo,
          co,
          k,
          stride,
          pad,
          0,
        );
        kernels.convolveWeightGradient(
          x.address,
          dy.address,
          dw.address,
          count,
          height,
          width,
          ci,
          ho,
          wo,
          co,
          k,
          stride,
          pad,
        );

        const expectedDx = new Map<string, number>();
        for (let o = 0; o < co; o++) {
          for (let ky = 0; ky < k; ky++)
            for (let kx = 0; kx < k; kx++)
              for (let i = 0; i < ci; i++) {
                let sum = 0;
                for (let n = 0; n < count; n++)
                  for (let oy = 0; oy < ho; oy++)
                    for (let ox = 0; ox < wo; ox++) {
                      const [iy, ix] = [oy * stride + ky - pad, ox * stride + kx - pad];
                      if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
                      sum += x.read(n, iy, ix, i) * dy.read(n, oy, ox, o);
                      const key = `${n},${iy},${ix},${i}`;
                      expectedDx.set(key, (expectedDx.get(key) ?? 0) + w.read(o, ky, kx, i) * dy.read(n, oy, ox, o));
                    }
                const got = dw.packed[(Math.floor(o / 8) * k * k * ci + (ky * k + kx) * ci + i) * 8 + (o % 8)];
                expect(got).toBeCloseTo(sum, 2);
              }
          for (let n = 0; n < count; n++) {
            let sum = 0;
            for (let ky = 0; ky < k; ky++)
              for (let kx = 0; kx < k; kx++)
                for (let i = 0; i < ci; i++) {
                  const [iy, ix] = [(ho - 1) * stride + ky - pad, kx - pad];
                  if (ix >= 0 && iy < height) sum += w.read(o, ky, kx, i) * x.read(n, iy, ix, i);
                }
            expect(y.read(n, ho - 1, 0, o)).toBeCloseTo(sum, 3);
          }
        }
        for (let n = 0; n < count; n++)
          for (let iy = 0; iy < height; iy++)
            for (let ix = 0; ix < width; ix++)
              for (let i = 0; i < ci; i++)
                expect(dx.read(n, iy, ix, i)).toBeCloseTo(expectedDx.get(`${n},${iy},${ix},${i}`) ?? 0, 3);
      }),
      { numRuns: 25 },
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
