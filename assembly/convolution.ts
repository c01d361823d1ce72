/*
 * Convolutions over NHWC images with a zero border of one pixel, as implicit matrix products: the k pixels that a
 * filter row covers are k * C contiguous floats, so nothing is copied. Weights are packed [Co/8][k*k*Ci][8].
 * A tile is four pixels by eight channels, which keeps its eight sums in registers.
 */

/** Convolution; it also gives the input gradient when it gets the output's gradient and turned weights. */
export function convolve(
  x: usize, w: usize, y: usize, n: i32, hi: i32, wi: i32, ci: i32, ho: i32, wo: i32, co: i32,
  k: i32, stride: i32, pad: i32, accumulate: i32,
): void {
  const xRow = <usize>((wi + 2) * ci) << 2;
  const xImage = xRow * <usize>(hi + 2);
  const yRow = <usize>((wo + 2) * co) << 2;
  const yImage = yRow * <usize>(ho + 2);
  const origin = pad ? <usize>0 : xRow + (<usize>ci << 2);
  const step = <usize>(stride * ci) << 2;
  const depth = k * ci;
  const pixel = <usize>co << 2;
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < ho; oy++) {
      const xStart = x + origin + <usize>image * xImage + <usize>(oy * stride) * xRow;
      const yStart = y + <usize>image * yImage + <usize>(oy + 1) * yRow + pixel;
      for (let channel = 0; channel < co; channel += 8) {
        const wStart = w + (<usize>(channel * k * depth) << 2);
        const yBlock = yStart + (<usize>channel << 2);
        let ox = 0;
        for (; ox + 4 <= wo; ox += 4) {
          tile4(xStart + <usize>ox * step, wStart, yBlock + <usize>ox * pixel, k, depth, step, xRow, pixel, accumulate);
        }
        for (; ox < wo; ox++) {
          tile1(xStart + <usize>ox * step, wStart, yBlock + <usize>ox * pixel, k, depth, xRow, accumulate);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function tile4(
  x: usize, w: usize, y: usize, k: i32, depth: i32, step: usize, xRow: usize, pixel: usize, accumulate: i32,
): void {
  const y1 = y + pixel;
  const y2 = y1 + pixel;
  const y3 = y2 + pixel;
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  if (accumulate) {
    a0 = v128.load(y); a1 = v128.load(y, 16);
    b0 = v128.load(y1); b1 = v128.load(y1, 16);
    c0 = v128.load(y2); c1 = v128.load(y2, 16);
    d0 = v128.load(y3); d1 = v128.load(y3, 16);
  }
  const step2 = step + step;
  const step3 = step2 + step;
  for (let ky = 0; ky < k; ky++) {
    let p = x + <usize>ky * xRow;
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
function tile1(x: usize, w: usize, y: usize, k: i32, depth: i32, xRow: usize, accumulate: i32): void {
  let a0 = f32x4.splat(0), a1 = a0;
  if (accumulate) {
    a0 = v128.load(y); a1 = v128.load(y, 16);
  }
  for (let ky = 0; ky < k; ky++) {
    let p = x + <usize>ky * xRow;
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

/** Gradient of the packed weights: sums of outer products, added to what is there. */
export function convolveWeightGradient(
  x: usize, dy: usize, dw: usize, n: i32, hi: i32, wi: i32, ci: i32, ho: i32, wo: i32, co: i32,
  k: i32, stride: i32, pad: i32,
): void {
  const xRow = <usize>((wi + 2) * ci) << 2;
  const xImage = xRow * <usize>(hi + 2);
  const yRow = <usize>((wo + 2) * co) << 2;
  const yImage = yRow * <usize>(ho + 2);
  const origin = pad ? <usize>0 : xRow + (<usize>ci << 2);
  const step = <usize>(stride * ci) << 2;
  const depth = k * ci;
  const pixel = <usize>co << 2;
  for (let image = 0; image < n; image++) {
    const xStart = x + origin + <usize>image * xImage;
    const yStart = dy + <usize>image * yImage + yRow + pixel;
    for (let channel = 0; channel < co; channel += 8) {
      for (let ky = 0; ky < k; ky++) {
        for (let t = 0; t < depth; t += 4) {
          const target = dw + (<usize>((channel * k + ky * 8) * depth + t * 8) << 2);
          let a0 = v128.load(target), a1 = v128.load(target, 16);
          let b0 = v128.load(target, 32), b1 = v128.load(target, 48);
          let c0 = v128.load(target, 64), c1 = v128.load(target, 80);
          let d0 = v128.load(target, 96), d1 = v128.load(target, 112);
          for (let oy = 0; oy < ho; oy++) {
            let p = xStart + <usize>(oy * stride + ky) * xRow + (<usize>t << 2);
            let g = yStart + <usize>oy * yRow + (<usize>channel << 2);
            const end = g + <usize>wo * pixel;
            while (g < end) {
              const g0 = v128.load(g);
              const g1 = v128.load(g, 16);
              let value = v128.load32_splat(p);
              a0 = f32x4.add(a0, f32x4.mul(value, g0));
              a1 = f32x4.add(a1, f32x4.mul(value, g1));
              value = v128.load32_splat(p, 4);
              b0 = f32x4.add(b0, f32x4.mul(value, g0));
              b1 = f32x4.add(b1, f32x4.mul(value, g1));
              value = v128.load32_splat(p, 8);
              c0 = f32x4.add(c0, f32x4.mul(value, g0));
              c1 = f32x4.add(c1, f32x4.mul(value, g1));
              value = v128.load32_splat(p, 12);
              d0 = f32x4.add(d0, f32x4.mul(value, g0));
              d1 = f32x4.add(d1, f32x4.mul(value, g1));
              p += step;
              g += pixel;
            }
          }
          v128.store(target, a0); v128.store(target, a1, 16);
          v128.store(target, b0, 32); v128.store(target, b1, 48);
          v128.store(target, c0, 64); v128.store(target, c1, 80);
          v128.store(target, d0, 96); v128.store(target, d1, 112);
        }
      }
    }
  }
}

/** Packs weights for the input gradient: filters turned by half a turn, input and output channels exchanged. */
export function turnWeights(w: usize, turned: usize, k: i32, ci: i32, co: i32): void {
  const area = k * k;
  for (let o = 0; o < co; o++) {
    for (let place = 0; place < area; place++) {
      for (let i = 0; i < ci; i++) {
        const from = ((o >> 3) * area * ci + place * ci + i) * 8 + (o & 7);
        const to = ((i >> 3) * area * co + (area - 1 - place) * co + o) * 8 + (i & 7);
        store<f32>(turned + (<usize>to << 2), load<f32>(w + (<usize>from << 2)));
      }
    }
  }
}

/** Spreads an image over every second pixel of one twice as large, whose other pixels are zero and stay so. */
export function spread(x: usize, y: usize, n: i32, h: i32, w: i32, hBig: i32, wBig: i32, c: i32): void {
  const bytes = <usize>c << 2;
  const xRow = <usize>(w + 2) * bytes;
  const yRow = <usize>(wBig + 2) * bytes;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < h; row++) {
      let from = x + (<usize>(image * (h + 2) + row + 1)) * xRow + bytes;
      let to = y + (<usize>(image * (hBig + 2) + 2 * row + 1)) * yRow + bytes;
      for (let column = 0; column < w; column++) {
        memory.copy(to, from, bytes);
        from += bytes;
        to += bytes + bytes;
      }
    }
  }
}
