/* Batch normalisation, residual sums and ReLU over NHWC images with a zero border; channels are multiples of 8. */

/** Mean and biased variance of each channel. */
export function measure(z: usize, n: i32, h: i32, w: i32, c: i32, mean: usize, variance: usize): void {
  const pixel = <usize>c << 2;
  const row = <usize>(w + 2) * pixel;
  const count = <f32>(n * h * w);
  for (let channel = 0; channel < c; channel += 4) {
    let sum = f32x4.splat(0);
    for (let image = 0; image < n; image++) {
      for (let y = 0; y < h; y++) {
        let p = z + <usize>(image * (h + 2) + y + 1) * row + pixel + (<usize>channel << 2);
        const end = p + <usize>w * pixel;
        for (; p < end; p += pixel) sum = f32x4.add(sum, v128.load(p));
      }
    }
    const average = f32x4.div(sum, f32x4.splat(count));
    let squares = f32x4.splat(0);
    for (let image = 0; image < n; image++) {
      for (let y = 0; y < h; y++) {
        let p = z + <usize>(image * (h + 2) + y + 1) * row + pixel + (<usize>channel << 2);
        const end = p + <usize>w * pixel;
        for (; p < end; p += pixel) {
          const difference = f32x4.sub(v128.load(p), average);
          squares = f32x4.add(squares, f32x4.mul(difference, difference));
        }
      }
    }
    v128.store(mean + (<usize>channel << 2), average);
    v128.store(variance + (<usize>channel << 2), f32x4.div(squares, f32x4.splat(count)));
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
  for (let channel: usize = 0; channel < pixel; channel += 16) {
    const average = v128.load(mean + channel);
    const deviation = f32x4.sqrt(f32x4.add(v128.load(variance + channel), f32x4.splat(epsilon)));
    const inverse = f32x4.div(f32x4.splat(1), deviation);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let line = 0; line < n * h; line++) {
      let p = <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        const gradient = v128.load(dy + p);
        sum = f32x4.add(sum, gradient);
        product = f32x4.add(product, f32x4.mul(gradient, f32x4.mul(f32x4.sub(v128.load(z + p), average), inverse)));
      }
    }
    v128.store(dbeta + channel, f32x4.add(v128.load(dbeta + channel), sum));
    v128.store(dgamma + channel, f32x4.add(v128.load(dgamma + channel), product));
    const factor = f32x4.mul(v128.load(gamma + channel), inverse);
    const meanSum = f32x4.div(sum, count);
    const meanProduct = f32x4.mul(f32x4.div(product, count), inverse);
    for (let line = 0; line < n * h; line++) {
      let p = <usize>(line / h * (h + 2) + line % h + 1) * row + pixel + channel;
      const end = p + <usize>w * pixel;
      for (; p < end; p += pixel) {
        const centred = f32x4.sub(v128.load(dy + p), meanSum);
        const own = f32x4.mul(f32x4.sub(v128.load(z + p), average), meanProduct);
        v128.store(dz + p, f32x4.mul(factor, f32x4.sub(centred, own)));
      }
    }
  }
}
