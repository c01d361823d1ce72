/* Batch normalisation, residual sums and ReLU over NHWC images with a zero border; channels are multiples of 8. */

/** Mean and biased variance of each channel. */
export function measure(z: usize, n: i32, h: i32, w: i32, c: i32, mean: usize, variance: usize): void {
  const pixel = <usize>c << 2;
  const row = <usize>(w + 2) * pixel;
  const count = f32x4.splat(<f32>(n * h * w));
  for (let channel: usize = 0; channel < pixel; channel += 32) {
    let sum0 = f32x4.splat(0), sum1 = sum0;
    for (let line = 0; line < n * h; line++) {
      let p = z + <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        sum0 = f32x4.add(sum0, v128.load(p));
        sum1 = f32x4.add(sum1, v128.load(p, 16));
      }
    }
    const average0 = f32x4.div(sum0, count), average1 = f32x4.div(sum1, count);
    let squares0 = f32x4.splat(0), squares1 = squares0;
    for (let line = 0; line < n * h; line++) {
      let p = z + <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        const difference0 = f32x4.sub(v128.load(p), average0);
        const difference1 = f32x4.sub(v128.load(p, 16), average1);
        squares0 = f32x4.add(squares0, f32x4.mul(difference0, difference0));
        squares1 = f32x4.add(squares1, f32x4.mul(difference1, difference1));
      }
    }
    v128.store(mean + channel, average0);
    v128.store(mean + channel, average1, 16);
    v128.store(variance + channel, f32x4.div(squares0, count));
    v128.store(variance + channel, f32x4.div(squares1, count), 16);
  }
}

/** Turns mean, variance, gamma and beta into one factor and one summand per channel. */
export function fold(
  mean: usize, variance: usize, gamma: usize, beta: usize, c: i32, epsilon: f32, scale: usize, shift: usize,
): void {
  for (let i: usize = 0; i < <usize>c << 2; i += 4) {
    const factor = load<f32>(gamma + i) / Mathf.sqrt(load<f32>(variance + i) + epsilon);
    store<f32>(scale + i, factor);
    store<f32>(shift + i, load<f32>(beta + i) - load<f32>(mean + i) * factor);
  }
}

/** y = z * scale + shift, plus a skip connection where there is one, through ReLU where asked. */
export function normalize(
  z: usize, scale: usize, shift: usize, skip: usize, y: usize, n: i32, h: i32, w: i32, c: i32, relu: i32,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>(w + 2) * pixel;
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  for (let line = 0; line < n * h; line++) {
    const start = <usize>(line / h * (h + 2) + line % h + 1) * row + pixel;
    const end = start + <usize>w * pixel;
    for (let p = start; p < end; p += pixel) {
      for (let i: usize = 0; i < pixel; i += 16) {
        let value = f32x4.add(f32x4.mul(v128.load(z + p + i), v128.load(scale + i)), v128.load(shift + i));
        if (skip) value = f32x4.add(value, v128.load(skip + p + i));
        v128.store(y + p + i, f32x4.max(value, floor));
      }
    }
  }
}

/** Lets a gradient pass only where the activation is above zero. */
export function maskGradient(dy: usize, y: usize, n: i32, h: i32, w: i32, c: i32): void {
  const zero = f32x4.splat(0);
  const bytes = <usize>(n * (h + 2) * (w + 2) * c) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(dy + i, v128.and(v128.load(dy + i), f32x4.gt(v128.load(y + i), zero)));
  }
}

/** y += x, borders included: they are zero. */
export function addTo(x: usize, y: usize, n: i32, h: i32, w: i32, c: i32): void {
  const bytes = <usize>(n * (h + 2) * (w + 2) * c) << 2;
  for (let i: usize = 0; i < bytes; i += 16) v128.store(y + i, f32x4.add(v128.load(y + i), v128.load(x + i)));
}

/** Gradients through batch normalisation with batch statistics: of its input, gamma and beta. */
export function normalizeGradient(
  dy: usize, z: usize, mean: usize, variance: usize, gamma: usize, epsilon: f32, n: i32, h: i32, w: i32, c: i32,
  dgamma: usize, dbeta: usize, dz: usize,
): void {
  const pixel = <usize>c << 2;
  const row = <usize>(w + 2) * pixel;
  const count = f32x4.splat(<f32>(n * h * w));
  for (let channel: usize = 0; channel < pixel; channel += 32) {
    const average0 = v128.load(mean + channel), average1 = v128.load(mean + channel, 16);
    const inverse0 = inverseDeviation(variance + channel, epsilon);
    const inverse1 = inverseDeviation(variance + channel + 16, epsilon);
    let sum0 = f32x4.splat(0), sum1 = sum0, product0 = sum0, product1 = sum0;
    for (let line = 0; line < n * h; line++) {
      let p = <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        const gradient0 = v128.load(dy + p), gradient1 = v128.load(dy + p, 16);
        sum0 = f32x4.add(sum0, gradient0);
        sum1 = f32x4.add(sum1, gradient1);
        product0 = f32x4.add(product0, f32x4.mul(gradient0, f32x4.sub(v128.load(z + p), average0)));
        product1 = f32x4.add(product1, f32x4.mul(gradient1, f32x4.sub(v128.load(z + p, 16), average1)));
      }
    }
    product0 = f32x4.mul(product0, inverse0);
    product1 = f32x4.mul(product1, inverse1);
    addAt(dbeta + channel, sum0);
    addAt(dbeta + channel + 16, sum1);
    addAt(dgamma + channel, product0);
    addAt(dgamma + channel + 16, product1);
    const factor0 = f32x4.mul(v128.load(gamma + channel), inverse0);
    const factor1 = f32x4.mul(v128.load(gamma + channel, 16), inverse1);
    const sumShare0 = f32x4.div(sum0, count), sumShare1 = f32x4.div(sum1, count);
    const own0 = f32x4.mul(f32x4.div(product0, count), inverse0);
    const own1 = f32x4.mul(f32x4.div(product1, count), inverse1);
    for (let line = 0; line < n * h; line++) {
      let p = <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        const centred0 = f32x4.sub(v128.load(dy + p), sumShare0);
        const centred1 = f32x4.sub(v128.load(dy + p, 16), sumShare1);
        const part0 = f32x4.mul(f32x4.sub(v128.load(z + p), average0), own0);
        const part1 = f32x4.mul(f32x4.sub(v128.load(z + p, 16), average1), own1);
        v128.store(dz + p, f32x4.mul(factor0, f32x4.sub(centred0, part0)));
        v128.store(dz + p, f32x4.mul(factor1, f32x4.sub(centred1, part1)), 16);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function inverseDeviation(variance: usize, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(v128.load(variance), f32x4.splat(epsilon))));
}

// @ts-ignore: decorator
@inline
function addAt(target: usize, value: v128): void {
  v128.store(target, f32x4.add(v128.load(target), value));
}
