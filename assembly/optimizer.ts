/**
 * One AdamW step over the sum of two gradients; the step size is corrected for bias by the caller. Works on four numbers
 * at once: every tensor begins and ends at a multiple of four, and the filling numbers are zero and stay so.
 */
export function adamw(
  weights: usize, gradient0: usize, gradient1: usize, first: usize, second: usize, count: i32,
  beta1: f32, beta2: f32, rate: f32, correction2: f32, epsilon: f32, keep: f32,
): void {
  const keepFirst = f32x4.splat(beta1), takeFirst = f32x4.splat(1 - beta1);
  const keepSecond = f32x4.splat(beta2), takeSecond = f32x4.splat(1 - beta2);
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    const gradient = f32x4.add(v128.load(gradient0 + i), v128.load(gradient1 + i));
    const m = f32x4.add(f32x4.mul(keepFirst, v128.load(first + i)), f32x4.mul(takeFirst, gradient));
    const square = f32x4.mul(takeSecond, f32x4.mul(gradient, gradient));
    const v = f32x4.add(f32x4.mul(keepSecond, v128.load(second + i)), square);
    v128.store(first + i, m);
    v128.store(second + i, v);
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction2))), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), m), deviation);
    v128.store(weights + i, f32x4.sub(f32x4.mul(f32x4.splat(keep), v128.load(weights + i)), step));
  }
}
