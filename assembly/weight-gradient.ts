/*
 * The weight gradient of a convolution: sums of outer products, four input values by eight channels in registers.
 * Images are taken in groups that stay in the first-level cache while all weights pass over them.
 */

/** Bytes of input images that a group may have. */
const GROUP_BYTES: usize = 16384;

/** Gradient of the packed weights, added to what is there. */
export function convolveWeightGradient(
  x: usize, dy: usize, dw: usize, n: i32, hi: i32, wi: i32, ci: i32, ho: i32, wo: i32, co: i32,
  k: i32, stride: i32, pad: i32,
): void {
  const xRow = <usize>((wi + 2) * ci) << 2;
  const xImage = xRow * <usize>(hi + 2);
  const yRow = <usize>((wo + 2) * co) << 2;
  const yImage = yRow * <usize>(ho + 2);
  const pixel = <usize>co << 2;
  const depth = k * ci;
  const xStart = pad ? x : x + xRow + (<usize>ci << 2);
  const yStart = dy + yRow + pixel;
  const group = max<i32>(1, <i32>(GROUP_BYTES / xImage));
  for (let first = 0; first < n; first += group) {
    const last = min<i32>(n, first + group);
    for (let channel = 0; channel < co; channel += 8) {
      for (let ky = 0; ky < k; ky++) {
        for (let t = 0; t < depth; t += 4) {
          sumProducts(
            xStart + <usize>ky * xRow + (<usize>t << 2), yStart + (<usize>channel << 2),
            dw + (<usize>((channel * k + ky * 8) * depth + t * 8) << 2), first, last, ho, wo,
            <usize>(stride * ci) << 2, <usize>stride * xRow, xImage, pixel, yRow, yImage,
          );
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sumProducts(
  x: usize, dy: usize, target: usize, first: i32, last: i32, ho: i32, wo: i32,
  step: usize, xRowStep: usize, xImage: usize, pixel: usize, yRow: usize, yImage: usize,
): void {
  let a0 = v128.load(target), a1 = v128.load(target, 16);
  let b0 = v128.load(target, 32), b1 = v128.load(target, 48);
  let c0 = v128.load(target, 64), c1 = v128.load(target, 80);
  let d0 = v128.load(target, 96), d1 = v128.load(target, 112);
  const run = <usize>wo * pixel;
  for (let image = first; image < last; image++) {
    for (let oy = 0; oy < ho; oy++) {
      let p = x + <usize>image * xImage + <usize>oy * xRowStep;
      let g = dy + <usize>image * yImage + <usize>oy * yRow;
      const end = g + run;
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
  }
  v128.store(target, a0); v128.store(target, a1, 16);
  v128.store(target, b0, 32); v128.store(target, b1, 48);
  v128.store(target, c0, 64); v128.store(target, c1, 80);
  v128.store(target, d0, 96); v128.store(target, d1, 112);
}
