/*
 * Convolutions over NHWC images with a zero border of one pixel, as implicit matrix products: the k pixels that a
 * filter row covers are k * C contiguous floats, so nothing is copied. Weights are packed [Co/8][k*k*Ci][8].
 */
import { correlate } from "./correlate";

/** Convolution. */
export function convolve(
  x: usize, w: usize, y: usize, n: i32, hi: i32, wi: i32, ci: i32, ho: i32, wo: i32, co: i32,
  k: i32, stride: i32, pad: i32,
): void {
  const pixel = <usize>ci << 2;
  const xRow = <usize>(wi + 2) * pixel;
  const yPixel = <usize>co << 2;
  const yRow = <usize>(wo + 2) * yPixel;
  correlate(
    pad ? x : x + xRow + pixel, w, y + yRow + yPixel, n, ho, wo, co, k, k * ci,
    <usize>stride * pixel, <usize>stride * xRow, xRow, xRow * <usize>(hi + 2),
    yPixel, yRow, yRow * <usize>(ho + 2), 0,
  );
}

/**
 * Gradient of a convolution's input. Pixels whose row and column have the same remainder by the stride see the same
 * filter taps, and so each of the stride * stride phases is a convolution of the output's gradient by those taps.
 * Where `accumulate` is 0, what was there is overwritten.
 */
export function convolveInputGradient(
  dy: usize, turned: usize, dx: usize, n: i32, hi: i32, wi: i32, ci: i32, ho: i32, wo: i32, co: i32,
  k: i32, stride: i32, pad: i32, accumulate: i32,
): void {
  const pixel = <usize>ci << 2;
  const xRow = <usize>(wi + 2) * pixel;
  const xImage = xRow * <usize>(hi + 2);
  const yPixel = <usize>co << 2;
  const yRow = <usize>(wo + 2) * yPixel;
  if (!accumulate && k < stride) memory.fill(dx, 0, <usize>n * xImage);
  for (let phaseY = 0; phaseY < stride; phaseY++) {
    const tapY = lastTap(phaseY, k, stride, pad);
    for (let phaseX = 0; phaseX < stride; phaseX++) {
      const tapX = lastTap(phaseX, k, stride, pad);
      if (tapY < 0 || tapX < 0) continue;
      const rows = tapY / stride + 1;
      const depth = (tapX / stride + 1) * co;
      // Pixel of the bordered gradient under the first tap.
      const firstY = <usize>((phaseY + pad - tapY) / stride + 1);
      const firstX = <usize>((phaseX + pad - tapX) / stride + 1);
      correlate(
        dy + firstY * yRow + firstX * yPixel, turned, dx + <usize>(phaseY + 1) * xRow + <usize>(phaseX + 1) * pixel,
        n, (hi - phaseY + stride - 1) / stride, (wi - phaseX + stride - 1) / stride, ci, rows, depth,
        yPixel, yRow, yRow, yRow * <usize>(ho + 2),
        <usize>stride * pixel, <usize>stride * xRow, xImage, accumulate,
      );
      turned += <usize>(rows * depth * ci) << 2;
    }
  }
}

/** Packs weights for the input gradient: phase after phase, its filter taps backwards, channels exchanged. */
export function turnWeights(w: usize, turned: usize, ci: i32, co: i32, k: i32, stride: i32, pad: i32): void {
  const size = k * k * ci;
  for (let phaseY = 0; phaseY < stride; phaseY++) {
    const tapY = lastTap(phaseY, k, stride, pad);
    for (let phaseX = 0; phaseX < stride; phaseX++) {
      const tapX = lastTap(phaseX, k, stride, pad);
      for (let block = 0; block < ci; block += 8) {
        for (let y = tapY; y >= 0; y -= stride) {
          for (let x = tapX; x >= 0; x -= stride) {
            for (let o = 0; o < co; o++) {
              let from = w + (<usize>(((o >> 3) * size + (y * k + x) * ci + block) * 8 + (o & 7)) << 2);
              for (let i = 0; i < 8; i++) {
                store<f32>(turned, load<f32>(from));
                turned += 4;
                from += 32;
              }
            }
          }
        }
      }
    }
  }
}

/** The last filter tap that reaches the pixels of a phase, or -1. */
function lastTap(phase: i32, k: i32, stride: i32, pad: i32): i32 {
  let tap = k - 1;
  while (tap >= 0 && (phase + pad - tap) % stride != 0) tap--;
  return tap;
}
