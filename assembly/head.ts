/* Global average pool, linear layer, softmax with cross-entropy: small, so plain loops. */

/** Averages each channel over the pixels: features [n][c]. */
export function pool(x: usize, n: i32, h: i32, w: i32, c: i32, features: usize): void {
  const row = (w + 2) * c;
  const count = <f32>(h * w);
  for (let image = 0; image < n; image++) {
    for (let channel = 0; channel < c; channel++) {
      let sum: f32 = 0;
      for (let y = 0; y < h; y++) {
        const start = (image * (h + 2) + y + 1) * row + c + channel;
        for (let column = 0; column < w; column++) sum += load<f32>(x + (<usize>(start + column * c) << 2));
      }
      store<f32>(features + (<usize>(image * c + channel) << 2), sum / count);
    }
  }
}

/** Gradient through the pool. */
export function poolGradient(dfeatures: usize, n: i32, h: i32, w: i32, c: i32, dx: usize): void {
  const row = (w + 2) * c;
  const count = <f32>(h * w);
  for (let image = 0; image < n; image++) {
    for (let y = 0; y < h; y++) {
      const start = (image * (h + 2) + y + 1) * row + c;
      for (let column = 0; column < w; column++) {
        for (let channel = 0; channel < c; channel++) {
          const gradient = load<f32>(dfeatures + (<usize>(image * c + channel) << 2)) / count;
          store<f32>(dx + (<usize>(start + column * c + channel) << 2), gradient);
        }
      }
    }
  }
}

/** probabilities [n][classes] = softmax(features * weights [c][classes] + bias). */
export function predict(
  features: usize, weights: usize, bias: usize, n: i32, c: i32, classes: i32, probabilities: usize,
): void {
  for (let image = 0; image < n; image++) {
    const out = probabilities + (<usize>(image * classes) << 2);
    let highest: f32 = -Infinity;
    for (let k = 0; k < classes; k++) {
      let sum = load<f32>(bias + (<usize>k << 2));
      for (let i = 0; i < c; i++) {
        sum += load<f32>(features + (<usize>(image * c + i) << 2)) * load<f32>(weights + (<usize>(i * classes + k) << 2));
      }
      store<f32>(out + (<usize>k << 2), sum);
      highest = max<f32>(highest, sum);
    }
    let total: f32 = 0;
    for (let k = 0; k < classes; k++) {
      const power = Mathf.exp(load<f32>(out + (<usize>k << 2)) - highest);
      store<f32>(out + (<usize>k << 2), power);
      total += power;
    }
    for (let k = 0; k < classes; k++) {
      store<f32>(out + (<usize>k << 2), load<f32>(out + (<usize>k << 2)) / total);
    }
  }
}

/**
 * Gradients of the smoothed cross-entropy, each image weighing `share`; adds to dweights and dbias, writes dfeatures,
 * and returns the summed loss.
 */
export function predictGradient(
  probabilities: usize, labels: usize, features: usize, weights: usize, n: i32, c: i32, classes: i32,
  smoothing: f32, share: f32, dweights: usize, dbias: usize, dfeatures: usize,
): f64 {
  const off = smoothing / <f32>classes;
  let loss: f64 = 0;
  memory.fill(dfeatures, 0, <usize>(n * c) << 2);
  for (let image = 0; image < n; image++) {
    const label = load<i32>(labels + (<usize>image << 2));
    for (let k = 0; k < classes; k++) {
      const probability = load<f32>(probabilities + (<usize>(image * classes + k) << 2));
      const target = off + (k == label ? 1 - smoothing : 0);
      loss -= <f64>(target * Mathf.log(max<f32>(probability, 1e-30)));
      const gradient = (probability - target) * share;
      const b = dbias + (<usize>k << 2);
      store<f32>(b, load<f32>(b) + gradient);
      for (let i = 0; i < c; i++) {
        const at = <usize>(i * classes + k) << 2;
        const f = <usize>(image * c + i) << 2;
        store<f32>(dweights + at, load<f32>(dweights + at) + gradient * load<f32>(features + f));
        store<f32>(dfeatures + f, load<f32>(dfeatures + f) + gradient * load<f32>(weights + at));
      }
    }
  }
  return loss;
}
