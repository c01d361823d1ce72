import type { Step } from "../step.js";

/**
 * Links steps one after the other: each gets what the one before hands on. A step whose input does not fit is refused
 * by the compiler. The result is a step itself, so longer chains are chains of chains.
 *
 * @param first - The step to begin with.
 * @param second - The step that gets what the first hands on.
 * @returns A step that takes what the first takes and hands on what the last hands on.
 *
 * @example
 * ```ts
 * import { chain, lambdaTask } from "scones-ml/workflow";
 *
 * const measure = lambdaTask<{ readonly s3_key: string }, { readonly bytes: number }>({ name: "Measure", functionName: "measure" });
 * const judge = lambdaTask<{ readonly bytes: number }, { readonly fits: boolean }>({ name: "Judge", functionName: "judge" });
 * const both = chain(measure, judge); // Step<{ s3_key: string }, { fits: boolean }>
 * console.log(both.startAt); // Measure
 * ```
 */
export function chain<A, B, C>(first: Step<A, B>, second: Step<B, C>): Step<A, C>;
/**
 * Links three steps.
 *
 * @param first - The step to begin with.
 * @param second - The step that gets what the first hands on.
 * @param third - The step that gets what the second hands on.
 * @returns A step from the first one's input to the last one's output.
 */
export function chain<A, B, C, D>(first: Step<A, B>, second: Step<B, C>, third: Step<C, D>): Step<A, D>;
/**
 * Links four steps.
 *
 * @param first - The step to begin with.
 * @param second - The step that gets what the first hands on.
 * @param third - The step that gets what the second hands on.
 * @param fourth - The step that gets what the third hands on.
 * @returns A step from the first one's input to the last one's output.
 */
export function chain<A, B, C, D, E>(
  first: Step<A, B>,
  second: Step<B, C>,
  third: Step<C, D>,
  fourth: Step<D, E>,
): Step<A, E>;
export function chain(...steps: readonly Step<never, unknown>[]): Step<never, unknown> {
  return linkSteps(steps);
}

/** Links any number of steps, whose fit nobody checks. @internal */
export function linkSteps(steps: readonly Step<never, unknown>[]): Step<never, unknown> {
  return {
    startAt: steps[0]?.startAt ?? "",
    build: ({ next, ...context }) =>
      steps.flatMap((step, index) => {
        const following = steps[index + 1]?.startAt ?? next;
        return step.build(following === undefined ? context : { ...context, next: following });
      }),
  };
}
