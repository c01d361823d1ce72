/** One AdamW step over the sum of two gradients; the step size is corrected for bias by the caller. */
export function adamw(
  weights: usize, gradient0: usize, gradient1: usize, first: usize, second: usize, count: i32,
  beta1: f32, beta2: f32, rate: f32, correction2: f32, epsilon: f32, keep: f32,
): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 4) {
    const gradient = load<f32>(gradient0 + i) + load<f32>(gradient1 + i);
    const m = beta1 * load<f32>(first + i) + (1 - beta1) * gradient;
    const v = beta2 * load<f32>(second + i) + (1 - beta2) * gradient * gradient;
    store<f32>(first + i, m);
    store<f32>(second + i, v);
    store<f32>(weights + i, keep * load<f32>(weights + i) - rate * m / (Mathf.sqrt(v * correction2) + epsilon));
  }
}
