import { OPTIMIZERS } from "../hyperparameters/hyperparameter-rules.js";
import type { ResolvedTrainingJobOptions } from "../request/training-job-options.js";
import type { ResolvedTuningRanges } from "./tuning-ranges.js";

/** What the rules look at. @internal */
export interface TuningRuleFacts extends Pick<ResolvedTrainingJobOptions, "dataset" | "hyperparameters"> {
  /** The ranges. */
  readonly ranges: ResolvedTuningRanges;
  /** How values are chosen. */
  readonly strategy: "Bayesian" | "Random" | "Grid";
}

/**
 * Finds ranges that contradict the rest of a tuning job, or would be paid for in vain.
 *
 * @param facts - See {@link TuningRuleFacts}.
 * @returns Each with its place.
 * @internal
 */
export function* findTuningConflicts({
  dataset,
  hyperparameters,
  ranges,
  strategy,
}: TuningRuleFacts): Generator<{ readonly path: readonly string[]; readonly message: string }> {
  const optimizers: readonly string[] = ranges.optimizer ?? [hyperparameters.optimizer ?? "sgd"];
  for (const [name, range] of Object.entries(ranges)) {
    if (range === undefined) continue;
    const path = ["ranges", name];
    if (Reflect.get(hyperparameters, name) !== undefined) {
      yield { path, message: "is in hyperparameters too; a hyper-parameter is either tuned or fixed" };
    }
    if (strategy === "Grid" && !Array.isArray(range)) yield { path, message: "must be a list with the strategy Grid" };
    const effective: readonly string[] = Reflect.get(OPTIMIZERS, name) ?? optimizers;
    if (!optimizers.some((optimizer) => effective.includes(optimizer))) {
      const message = `has an effect only with optimizer ${effective.join(" or ")}, but optimizer is ${optimizers.join(" or ")}`;
      yield { path, message };
    }
  }
  const { miniBatchSize } = ranges;
  if (miniBatchSize === undefined) return;
  const largest = Array.isArray(miniBatchSize) ? Math.max(...miniBatchSize) : miniBatchSize.max;
  if (largest > dataset.train.count) {
    const message = `must not exceed the ${dataset.train.count} training images, or every job with more fails`;
    yield { path: ["ranges", "miniBatchSize"], message };
  }
}
