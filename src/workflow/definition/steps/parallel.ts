import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { ParallelState } from "../asl-types.js";
import type { AllOf } from "../data/reference.js";
import { buildScope, type Step, stepSchema, transitionOf } from "../step.js";
import {
  buildErrorRoute,
  hasOneErrorRoute,
  ONE_ERROR_ROUTE,
  type WorkOptions,
  workFields,
  writeErrorHandling,
} from "../task-state.js";

/** Options of {@link parallel}. */
export interface ParallelOptions<Branches extends readonly Step<never, unknown>[]> extends WorkOptions<never> {
  /** The branches; each gets the state's input. */
  readonly branches: Branches;
}

/** What the branches need together. */
type NeedsOf<Branches> = AllOf<
  Branches extends readonly (infer Branch)[] ? (Branch extends Step<infer Input, unknown> ? Input : unknown) : unknown
>;
/** What the branches hand on, in their order. */
export type ParallelOutputs<Branches extends readonly Step<never, unknown>[]> = {
  readonly [Index in keyof Branches]: Branches[Index] extends Step<never, infer Output> ? Output : never;
};

const OptionsSchema = z
  .strictObject({ ...workFields([]), branches: z.array(stepSchema).min(1, "needs at least one branch") })
  .refine(hasOneErrorRoute, ONE_ERROR_ROUTE);

/**
 * Describes a state that runs several steps side by side, each with the same input, and hands on the list of what they
 * hand on. One that fails ends the others. Calls nothing.
 *
 * @param options - See {@link ParallelOptions}.
 * @returns The step; its input must suit every branch.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { lambdaTask, parallel } from "scones-ml/workflow";
 *
 * interface Place { readonly s3_key: string }
 *
 * const both = parallel({
 *   name: "Both",
 *   branches: [
 *     lambdaTask<Place, { readonly label: string }>({ name: "Classify", functionName: "classify" }),
 *     lambdaTask<Place, { readonly bytes: number }>({ name: "Measure", functionName: "measure" }),
 *   ],
 * }); // Step<Place, readonly [{ label: string }, { bytes: number }]>
 * console.log(both.startAt); // Both
 * ```
 */
export function parallel<const Branches extends readonly Step<never, unknown>[]>(
  options: ParallelOptions<Branches>,
): Step<NeedsOf<Branches>, ParallelOutputs<Branches>>;
export function parallel(options: ParallelOptions<readonly Step<never, unknown>[]>): Step<never, unknown> {
  const work = parseOptions("parallel", OptionsSchema, options);
  const { name, branches, comment } = work;
  return {
    startAt: name,
    build: (context) => {
      const state: ParallelState = {
        Type: "Parallel",
        ...(comment === undefined ? {} : { Comment: comment }),
        Branches: branches.map((branch) => buildScope(branch, context)),
        ...writeErrorHandling(work, context),
        ...transitionOf(context),
      };
      return [[name, state], ...buildErrorRoute(work, context)];
    },
  };
}
