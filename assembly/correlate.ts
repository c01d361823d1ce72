/*
 * The inner loops of the convolutions. A tile is four pixels by eight channels, which keeps its eight sums in registers.
 * Taking two steps of the sum at a time would not leave registers enough and was measured at two thirds of the speed.
 */

/**
 * Sums, for every pixel and channel of y, `rows` runs of `depth` floats of x times the packed weights.
 * Distances are in bytes: of x from pixel to pixel, from pixel row to pixel row, from run to run and from image to
 * image; of y from pixel to pixel, row to row and image to image.
 */
export function correlate(
  x: usize, w: usize, y: usize, n: i32, ho: i32, wo: i32, co: i32, rows: i32, depth: i32,
  xStep: usize, xRowStep: usize, xRow: usize, xImage: usize, yStep: usize, yRow: usize, yImage: usize, accumulate: i32,
): void {
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < ho; oy++) {
      const xStart = x + <usize>image * xImage + <usize>oy * xRowStep;
      const yStart = y + <usize>image * yImage + <usize>oy * yRow;
      for (let channel = 0; channel < co; channel += 8) {
        const wStart = w + (<usize>(channel * rows * depth) << 2);
        const yBlock = yStart + (<usize>channel << 2);
        let ox = 0;
        for (; ox + 4 <= wo; ox += 4) {
          tile4(xStart + <usize>ox * xStep, wStart, yBlock + <usize>ox * yStep, rows, depth, xStep, xRow, yStep, accumulate);
        }
        for (; ox < wo; ox++) {
          tile1(xStart + <usize>ox * xStep, wStart, yBlock + <usize>ox * yStep, rows, depth, xRow, accumulate);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function tile4(
  x: usize, w: usize, y: usize, rows: i32, depth: i32, step: usize, xRow: usize, yStep: usize, accumulate: i32,
): void {
  const y1 = y + yStep;
  const y2 = y1 + yStep;
  const y3 = y2 + yStep;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  if (accumulate) {
    a0 = v128.load(y); a1 = v128.load(y, 16);
    b0 = v128.load(y1); b1 = v128.load(y1, 16);
    c0 = v128.load(y2); c1 = v128.load(y2, 16);
    d0 = v128.load(y3); d1 = v128.load(y3, 16);
  }
  const step2 = step + step;
  const step3 = step2 + step;
  for (let row = 0; row < rows; row++) {
    let p = x + <usize>row * xRow;
    const end = p + (<usize>depth << 2);
    while (p < end) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let value = v128.load32_splat(p);
      a0 = f32x4.add(a0, f32x4.mul(value, w0));
      a1 = f32x4.add(a1, f32x4.mul(value, w1));
      value = v128.load32_splat(p + step);
      b0 = f32x4.add(b0, f32x4.mul(value, w0));
      b1 = f32x4.add(b1, f32x4.mul(value, w1));
      value = v128.load32_splat(p + step2);
      c0 = f32x4.add(c0, f32x4.mul(value, w0));
      c1 = f32x4.add(c1, f32x4.mul(value, w1));
      value = v128.load32_splat(p + step3);
      d0 = f32x4.add(d0, f32x4.mul(value, w0));
      d1 = f32x4.add(d1, f32x4.mul(value, w1));
      w += 32;
      p += 4;
    }
  }
  v128.store(y, a0); v128.store(y, a1, 16);
  v128.store(y1, b0); v128.store(y1, b1, 16);
  v128.store(y2, c0); v128.store(y2, c1, 16);
  v128.store(y3, d0); v128.store(y3, d1, 16);
}

// @ts-ignore: decorator
@inline
function tile1(x: usize, w: usize, y: usize, rows: i32, depth: i32, xRow: usize, accumulate: i32): void {
  let a0 = f32x4.splat(0), a1 = a0;
  if (accumulate) {
    a0 = v128.load(y); a1 = v128.load(y, 16);
  }
  for (let row = 0; row < rows; row++) {
    let p = x + <usize>row * xRow;
    const end = p + (<usize>depth << 2);
    while (p < end) {
      const value = v128.load32_splat(p);
      a0 = f32x4.add(a0, f32x4.mul(value, v128.load(w)));
      a1 = f32x4.add(a1, f32x4.mul(value, v128.load(w, 16)));
      w += 32;
      p += 4;
    }
  }
  v128.store(y, a0); v128.store(y, a1, 16);
}
