import type {
  CategoricalParameterRange,
  ContinuousParameterRange,
  IntegerParameterRange,
  ParameterRanges,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";

/** How values are spread over a range. */
export type TuningScale = "auto" | "linear" | "logarithmic" | "reverseLogarithmic";

/** A range of numbers to try. */
export interface TuningRange {
  /** Lowest value. */
  readonly min: number;
  /** Highest value. */
  readonly max: number;
  /**
   * How values are spread: `logarithmic` for ranges over several powers of ten, which must begin above 0;
   * `reverseLogarithmic` for values close to 1. @defaultValue `"auto"`, AWS chooses
   */
  readonly scale?: TuningScale;
}

/** What to try for each hyper-parameter; those that AWS tunes for this algorithm, within the ranges that it documents. */
export interface TuningRanges {
  /** Decay of Adam's first moment, 1e-6 to 0.999. */
  readonly beta1?: TuningRange | undefined;
  /** Decay of Adam's second moment, 1e-6 to 0.999. */
  readonly beta2?: TuningRange | undefined;
  /** Adam's and RMSProp's epsilon, 1e-8 to 1. */
  readonly eps?: TuningRange | undefined;
  /** RMSProp's decay, 1e-8 to 0.999. */
  readonly gamma?: TuningRange | undefined;
  /** Initial learning rate, 1e-6 to 0.5. */
  readonly learningRate?: TuningRange | undefined;
  /** Images of a step, 8 to 512, whole numbers; or those to choose from. */
  readonly miniBatchSize?: TuningRange | readonly number[] | undefined;
  /** Momentum of SGD and NAG, 0 to 0.999. */
  readonly momentum?: TuningRange | undefined;
  /** Optimizers to choose from. */
  readonly optimizer?: readonly ("sgd" | "adam" | "rmsprop" | "nag")[] | undefined;
  /** L2 penalty of SGD and NAG, 0 to 0.999. */
  readonly weightDecay?: TuningRange | undefined;
}

const SCALES = {
  auto: "Auto",
  linear: "Linear",
  logarithmic: "Logarithmic",
  reverseLogarithmic: "ReverseLogarithmic",
} as const;

const rangeSchema = (min: number, max: number, number = z.number()) =>
  z
    .strictObject({
      min: number.min(min).max(max),
      max: number.min(min).max(max),
      scale: z.enum(["auto", "linear", "logarithmic", "reverseLogarithmic"]).default("auto"),
    })
    .refine((range) => range.min < range.max, "min must be below max")
    .refine((range) => range.scale !== "logarithmic" || range.min > 0, "min must be above 0 with a logarithmic scale")
    .refine(
      (range) => range.scale !== "reverseLogarithmic" || range.max < 1,
      "max must be below 1 with a reverse logarithmic scale",
    );

const choices = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .min(1)
    .max(30)
    .refine((values) => new Set(values).size === values.length, "must not name a value twice");

/** Source: "Tune an Image Classification Model", SageMaker developer guide. @internal */
export const TuningRangesSchema = z
  .strictObject({
    beta1: rangeSchema(1e-6, 0.999).optional(),
    beta2: rangeSchema(1e-6, 0.999).optional(),
    eps: rangeSchema(1e-8, 1).optional(),
    gamma: rangeSchema(1e-8, 0.999).optional(),
    learningRate: rangeSchema(1e-6, 0.5).optional(),
    miniBatchSize: z.union([rangeSchema(8, 512, z.int()), choices(z.int().min(8).max(512))]).optional(),
    momentum: rangeSchema(0, 0.999).optional(),
    optimizer: choices(z.enum(["sgd", "adam", "rmsprop", "nag"])).optional(),
    weightDecay: rangeSchema(0, 0.999).optional(),
  })
  .refine(
    (ranges) => Object.values(ranges).some((range) => range !== undefined),
    "must name a hyper-parameter to tune",
  );

/** Ranges with every default filled in. @internal */
export type ResolvedTuningRanges = z.output<typeof TuningRangesSchema>;

const NAMES = {
  beta1: "beta_1",
  beta2: "beta_2",
  eps: "eps",
  gamma: "gamma",
  learningRate: "learning_rate",
  miniBatchSize: "mini_batch_size",
  momentum: "momentum",
  optimizer: "optimizer",
  weightDecay: "weight_decay",
} as const satisfies Readonly<Record<keyof TuningRanges, string>>;

/**
 * Writes ranges as CreateHyperParameterTuningJob takes them.
 *
 * @param ranges - The ranges.
 * @returns The ranges by kind, values as text.
 * @internal
 */
export function formatTuningRanges(ranges: ResolvedTuningRanges): ParameterRanges {
  const categorical: CategoricalParameterRange[] = [];
  const continuous: ContinuousParameterRange[] = [];
  const integer: IntegerParameterRange[] = [];
  for (const name of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    const range = ranges[name];
    if (range === undefined) continue;
    if (Array.isArray(range)) {
      categorical.push({ Name: NAMES[name], Values: range.map(String) });
      continue;
    }
    (name === "miniBatchSize" ? integer : continuous).push({
      Name: NAMES[name],
      MinValue: String(range.min),
      MaxValue: String(range.max),
      ScalingType: SCALES[range.scale],
    });
  }
  return {
    CategoricalParameterRanges: categorical,
    ContinuousParameterRanges: continuous,
    IntegerParameterRanges: integer,
  };
}

/**
 * Names the hyper-parameters that are tuned.
 *
 * @param ranges - The ranges.
 * @returns The algorithm's names.
 * @internal
 */
export function tunedNames(ranges: ResolvedTuningRanges): readonly string[] {
  return (Object.keys(NAMES) as (keyof typeof NAMES)[])
    .filter((name) => ranges[name] !== undefined)
    .map((name) => NAMES[name]);
}
