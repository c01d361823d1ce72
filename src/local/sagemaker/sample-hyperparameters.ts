import { validationError } from "../service-error.js";
import { createRandom } from "./random.js";

/** A range of numbers, as the request has it. @internal */
export interface NumberRange {
  readonly Name: string;
  readonly MinValue: string;
  readonly MaxValue: string;
  readonly ScalingType?: string;
}

/** The ranges of a tuning job, as the request has them. @internal */
export interface ParameterRanges {
  readonly IntegerParameterRanges?: readonly NumberRange[];
  readonly ContinuousParameterRanges?: readonly NumberRange[];
  readonly CategoricalParameterRanges?: readonly { readonly Name: string; readonly Values: readonly string[] }[];
}

/**
 * Checks ranges before a tuning job is accepted.
 *
 * @param ranges - The ranges.
 * @param strategy - The strategy of the job.
 * @throws ServiceError `ValidationException`.
 * @internal
 */
export function checkRanges(ranges: ParameterRanges, strategy: string): void {
  const { IntegerParameterRanges = [], ContinuousParameterRanges = [], CategoricalParameterRanges = [] } = ranges;
  const numbers = [...IntegerParameterRanges, ...ContinuousParameterRanges];
  const names = [...numbers, ...CategoricalParameterRanges].map(({ Name }) => Name);
  if (names.length === 0) throw validationError("A tuning job needs at least one hyperparameter range.");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationError(`The hyperparameter ${twice} has two ranges.`);
  if (strategy === "Grid" && numbers.length > 0) {
    throw validationError("Grid search takes categorical hyperparameter ranges only.");
  }
  for (const { Name, MinValue, MaxValue, ScalingType = "Auto" } of numbers) {
    const [min, max] = [Number(MinValue), Number(MaxValue)];
    if (!(min <= max)) throw validationError(`The range of ${Name} is wrong: ${MinValue} to ${MaxValue}.`);
    if (ScalingType === "Logarithmic" && min <= 0) {
      throw validationError(`The range of ${Name} must be above 0 with logarithmic scaling.`);
    }
    if (ScalingType === "ReverseLogarithmic" && !(min >= 0 && max < 1)) {
      throw validationError(
        `The range of ${Name} must be within 0 and 1, without 1, with reverse logarithmic scaling.`,
      );
    }
  }
}

/**
 * Chooses the hyper-parameters of one training job: for a grid the next combination, else at random. The choice depends
 * on seed and number alone.
 *
 * @param ranges - The ranges.
 * @param choice - Strategy, seed, and number of the training job from 0.
 * @returns The chosen values, as text.
 * @internal
 */
export function sampleHyperparameters(
  ranges: ParameterRanges,
  { strategy, seed, index }: { readonly strategy: string; readonly seed: number; readonly index: number },
): Readonly<Record<string, string>> {
  const { IntegerParameterRanges = [], ContinuousParameterRanges = [], CategoricalParameterRanges = [] } = ranges;
  const random = createRandom(seed * 1009 + index);
  let rest = index;
  const pick = (values: readonly string[]) => {
    const place = strategy === "Grid" ? rest % values.length : Math.floor(random() * values.length);
    rest = Math.floor(rest / values.length);
    return values[place] ?? "";
  };
  return Object.fromEntries([
    ...CategoricalParameterRanges.map(({ Name, Values }) => [Name, pick(Values)] as const),
    ...IntegerParameterRanges.map((range) => [range.Name, String(Math.round(sample(range, random())))] as const),
    ...ContinuousParameterRanges.map((range) => [range.Name, String(sample(range, random()))] as const),
  ]);
}

/**
 * Number of combinations of a grid.
 *
 * @param ranges - The ranges.
 * @returns The number.
 * @internal
 */
export function countCombinations({ CategoricalParameterRanges = [] }: ParameterRanges): number {
  return CategoricalParameterRanges.reduce((product, { Values }) => product * Values.length, 1);
}

function sample(range: NumberRange, at: number): number {
  const [min, max] = [Number(range.MinValue), Number(range.MaxValue)];
  // Powers and their inverse are off by a little.
  return Math.min(max, Math.max(min, scale(min, max, range.ScalingType ?? "Auto", at)));
}

function scale(min: number, max: number, ScalingType: string, at: number): number {
  const between = (low: number, high: number) => low + at * (high - low);
  // What AWS makes of `Auto` is not public; over several powers of ten a linear choice would be pointless.
  const isWide = ScalingType === "Auto" && min > 0 && max / min >= 100;
  if (ScalingType === "Logarithmic" || isWide) return Math.exp(between(Math.log(min), Math.log(max)));
  if (ScalingType === "ReverseLogarithmic") return 1 - Math.exp(between(Math.log(1 - min), Math.log(1 - max)));
  return between(min, max);
}
