import * as z from "zod";

/** What one epoch of a training came to, as the log of the algorithm tells it. */
export const EpochMetricsSchema = z
  .object({
    /** The epoch as the log counts it, from 0; the checkpoint of epoch 0 is `image-classification-0001.params`. */
    epoch: z.int().min(0),
    /** Share of the training images that were classified rightly, 0 to 1; with several instances their mean. */
    trainAccuracy: z.number().optional(),
    /** Share of the validation images that were classified rightly, 0 to 1; with several instances that of the first. */
    validationAccuracy: z.number().optional(),
    /** Cross-entropy over the training images, where the log has it. */
    trainLoss: z.number().optional(),
    /** Cross-entropy over the validation images, where the log has it. */
    validationLoss: z.number().optional(),
    /** Share of the training images whose class was among the k likeliest, 0 to 1, with `top_k`. */
    trainTopKAccuracy: z.number().optional(),
    /** Share of the validation images whose class was among the k likeliest, 0 to 1, with `top_k`. */
    validationTopKAccuracy: z.number().optional(),
    /** Seconds that the epoch took, without its validation. */
    seconds: z.number().optional(),
    /** Training images a second, summed over the instances. */
    samplesPerSecond: z.number().optional(),
  })
  .readonly();

/** Something about a training that deserves a look, and what to do. */
export const TrainingAdviceSchema = z
  .object({
    /**
     * What was seen: `CHANCE_LEVEL` the network learned nothing, `NOT_LEARNING` the curve is flat, `DIVERGED` it got
     * worse or became NaN, `NUM_TRAINING_SAMPLES` an epoch does not hold all images, `OVERFITTING` validation is far
     * under training, `STILL_RISING` more epochs would help, `NO_VALIDATION` nothing tells which epoch is best.
     */
    code: z.literal([
      "CHANCE_LEVEL",
      "NOT_LEARNING",
      "DIVERGED",
      "NUM_TRAINING_SAMPLES",
      "OVERFITTING",
      "STILL_RISING",
      "NO_VALIDATION",
    ]),
    /** How much it matters: an `error` makes the model worthless, a `warning` costs accuracy, an `info` may be fine. */
    severity: z.literal(["error", "warning", "info"]),
    /** What was seen, with the figures, and what to do. */
    message: z.string().min(1),
  })
  .readonly();

/** What a job costs by a list of prices that has a date; not a bill. */
export const CostEstimateSchema = z
  .object({
    /** US dollars. */
    usd: z.number().min(0),
    /** US dollars an hour of one instance that it was reckoned with. */
    usdPerHour: z.number().min(0),
    /** The instance type. */
    instanceType: z.string(),
    /** Number of instances. */
    instanceCount: z.int().min(1),
    /** Seconds that were reckoned with, of each instance. */
    seconds: z.number().min(0),
    /** Where the price is from: that of us-east-1 that this library knows, with its date, or the caller's own. */
    priceSource: z.string(),
    /** Share of the time that managed spot training saved, 0 to 1, where the job used it. */
    spotSavings: z.number().optional(),
  })
  .readonly();

/** What one epoch came to. */
export type EpochMetrics = z.output<typeof EpochMetricsSchema>;
/** Something about a training that deserves a look. */
export type TrainingAdvice = z.output<typeof TrainingAdviceSchema>;
/** What a job costs, estimated. */
export type CostEstimate = z.output<typeof CostEstimateSchema>;
