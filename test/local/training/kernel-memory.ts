import { bindKernelModule } from "../../../src/local/training/kernel-binding.js";
import { compileKernels, createMemory } from "../../../src/local/training/kernels.js";

/** Memory and kernels that the kernel tests share. */
export const memory = createMemory(16 * 1024 * 1024);
export const kernels = bindKernelModule(compileKernels(), memory);
/** The first address that is free. */
export const START = 65_536;

/** Size of a batch of images. */
export interface Shape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A bordered image batch in the kernels' memory. */
export function place(address: number, { count, height, width, channels }: Shape, value: (index: number) => number) {
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
  return { address, view, read, end: Math.ceil((address + size * 4) / 64) * 64 };
}

/** Weights in the order [output][ky][kx][input], and the same packed for the kernels. */
export function placeWeights(address: number, k: number, ci: number, co: number, value: (index: number) => number) {
  const plain = Float32Array.from({ length: co * k * k * ci }, (_, index) => value(index));
  const packed = new Float32Array(memory.buffer, address, plain.length);
  for (let o = 0; o < co; o++)
    for (let rest = 0; rest < k * k * ci; rest++)
      packed[(Math.floor(o / 8) * k * k * ci + rest) * 8 + (o % 8)] = plain[o * k * k * ci + rest] ?? 0;
  return { address, packed, end: Math.ceil((address + plain.length * 4) / 64) * 64 };
}

/** Numbers of both signs that repeat nowhere. */
export const wave = (phase: number) => (index: number) => Math.sin(index * 1.7 + phase);

/** Plain numbers in the kernels' memory. */
export function placeNumbers(address: number, count: number, value: (index: number) => number) {
  const view = new Float32Array(memory.buffer, address, count);
  for (let index = 0; index < count; index++) view[index] = value(index);
  return { address, view, read: (index: number) => view[index] ?? 0, end: Math.ceil((address + count * 4) / 64) * 64 };
}
