/** Coefficients of Lanczos' approximation with g = 7, n = 9 (Godfrey, 2001). */
const LANCZOS_FIRST = 0.99999999999980993;
const LANCZOS: readonly number[] = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Relative size of a term at which a series has come to its end. */
const ENOUGH = 1e-15;
const MAX_TERMS = 100_000;

/** Logarithm of the gamma function of a positive number. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((total, coefficient, index) => total + coefficient / (x + index), LANCZOS_FIRST);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Upper regularised incomplete gamma function Q(a, x); Abramowitz and Stegun, 6.5.29 and 6.5.31. */
function upperGamma(a: number, x: number): number {
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MAX_TERMS && term > sum * ENOUGH; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - scale * sum);
  }
  // The continued fraction by Lentz' method.
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (Math.abs(an * d + b) < tiny ? tiny : an * d + b);
    c = Math.abs(b + an / c) < tiny ? tiny : b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < ENOUGH) break;
  }
  return Math.min(1, scale * h);
}

/**
 * Probability that a chi-square variable exceeds a value.
 *
 * @param value - The value, 0 or more.
 * @param degrees - Degrees of freedom, 1 or more.
 * @returns The probability.
 * @internal
 */
export function chiSquareTail(value: number, degrees: number): number {
  return value <= 0 ? 1 : upperGamma(degrees / 2, value / 2);
}

/**
 * Probability that the largest distance of two empirical distributions of the same origin exceeds a value: the limit of
 * Kolmogorov with the correction of Stephens for small samples (Journal of the Royal Statistical Society B 32, 1970).
 *
 * @param distance - The largest distance, 0 to 1.
 * @param one - Size of one sample.
 * @param other - Size of the other.
 * @returns The probability.
 * @internal
 */
export function kolmogorovTail(distance: number, one: number, other: number): number {
  const root = Math.sqrt((one * other) / (one + other));
  const x = (root + 0.12 + 0.11 / root) * distance;
  // Below this the series has not begun to converge, and the probability is 1 to 15 digits.
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k < 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * Corrects for the number of tests: Holm, Scandinavian Journal of Statistics 6, 1979. The chance that any of them is
 * below a level by accident is then at most that level.
 *
 * @param values - The probabilities of the tests.
 * @returns The corrected ones, in the same order.
 * @internal
 */
export function correctHolm(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((one, other) => one.value - other.value);
  const corrected: number[] = new Array(values.length).fill(1);
  let highest = 0;
  for (const [rank, { value, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, value * (values.length - rank)));
    corrected[index] = highest;
  }
  return corrected;
}
