/** Some of a number of answers. @internal */
export interface Outcome {
  /** How many count as good. */
  readonly good: number;
  /** How many there are. */
  readonly count: number;
}

/** A difference of two shares with an interval. @internal */
export interface Difference {
  /** The difference that was counted, candidate less control, -1 to 1. */
  readonly value: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Half the length of the interval. */
  readonly radius: number;
}

/**
 * Compares two shares with an interval that may be looked at after every answer: the chance that it ever leaves out the
 * true difference is `alpha`, however often one looks and whenever one stops. It is the normal mixture of Robbins
 * (Annals of Mathematical Statistics 41, 1970) in the form of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform,
 * nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49, 2021, with the shares taken as normal.
 *
 * @param control - The answers of one variant.
 * @param candidate - Those of the other.
 * @param minDifference - The difference at which the interval is to be shortest.
 * @param alpha - Chance of an interval that leaves out the true difference.
 * @returns The difference.
 * @internal
 */
export function anytimeDifference(
  control: Outcome,
  candidate: Outcome,
  minDifference: number,
  alpha: number,
): Difference {
  const information = 1 / (varianceOf(control) / control.count + varianceOf(candidate) / candidate.count);
  const mixing = neededInformation(minDifference, alpha) / (mixtureRatio(alpha) - 1);
  const both = information + mixing;
  const radius = Math.sqrt(both * Math.log(both / (mixing * alpha * alpha))) / information;
  const value = candidate.good / candidate.count - control.good / control.count;
  return { value, radius, low: Math.max(-1, value - radius), high: Math.min(1, value + radius) };
}

/**
 * How many answers of both variants together make the interval as short as a difference that matters, if they go on to
 * come as they have come so far.
 * @internal
 */
export function answersNeeded(control: Outcome, candidate: Outcome, minDifference: number, alpha: number): number {
  const count = control.count + candidate.count;
  const perAnswer = 1 / (varianceOf(control) / control.count + varianceOf(candidate) / candidate.count) / count;
  return Math.ceil(neededInformation(minDifference, alpha) / perAnswer);
}

/** A share of nothing but good answers still has a variance: two answers more, one of them good (Agresti and Coull). */
function varianceOf({ good, count }: Outcome): number {
  const share = (good + 1) / (count + 2);
  return share * (1 - share);
}

/** Information at which the radius is the difference that matters. */
function neededInformation(minDifference: number, alpha: number): number {
  const ratio = mixtureRatio(alpha);
  const one = 1 + 1 / (ratio - 1);
  return (one * Math.log(ratio / (alpha * alpha))) / minDifference ** 2;
}

/** The `w` with `w - log w = 1 - 2 log alpha`, which makes the boundary tightest at the information that it is tuned for. */
function mixtureRatio(alpha: number): number {
  const right = 1 - 2 * Math.log(alpha);
  let w = right;
  for (let step = 0; step < 50; step++) w = right + Math.log(w);
  return w;
}
