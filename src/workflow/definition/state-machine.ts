import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { InvalidOptionsError, parseOptions } from "../../core/options.js";
import type { QueryLanguage, State, StateMachineDefinition } from "./asl-types.js";
import type { Step } from "./step.js";

/** What every builder of a whole state machine takes. */
export interface StateMachineOptions {
  /** The query language that it is written in; it behaves the same in both. @defaultValue `"JSONPath"` */
  readonly queryLanguage?: QueryLanguage;
  /** A remark in the definition. */
  readonly comment?: string;
  /** Seconds after which an execution has failed with `States.Timeout`. @defaultValue no limit but AWS's own of one year */
  readonly timeoutSeconds?: number;
  /** Partition of the service integrations' ARNs. @defaultValue `"aws"` */
  readonly partition?: "aws" | "aws-cn" | "aws-us-gov";
}

/** Options of {@link buildStateMachine}. */
export interface BuildStateMachineOptions extends StateMachineOptions {
  /** The step to begin with, usually a chain. */
  readonly start: Step<never, unknown>;
}

/** Schema fields of {@link StateMachineOptions}. @internal */
export const stateMachineFields = {
  queryLanguage: z.enum(["JSONPath", "JSONata"]).default("JSONPath"),
  comment: z.string().optional(),
  timeoutSeconds: z.int().min(1).max(99_999_999).optional(),
  partition: z.enum(["aws", "aws-cn", "aws-us-gov"]).default("aws"),
};

const OptionsSchema = z.strictObject({
  ...stateMachineFields,
  start: z.custom<Step<never, unknown>>(
    (value) => typeof value === "object" && value !== null && "build" in value && "startAt" in value,
    "must be a step, such as what chain or lambdaTask returns",
  ),
});

/**
 * Writes a step as a whole state machine: a plain object in Amazon States Language. Calls nothing.
 *
 * @param options - See {@link BuildStateMachineOptions}.
 * @returns The definition, new on every call.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or two states share a name.
 *
 * @example
 * ```ts
 * import { buildStateMachine, lambdaTask } from "scones-ml/workflow";
 *
 * const classify = lambdaTask<{ readonly s3_key: string }, { readonly label: string }>({
 *   name: "Classify",
 *   functionName: "scones-classify",
 * });
 * console.log(buildStateMachine({ start: classify, queryLanguage: "JSONata" }).StartAt); // Classify
 * ```
 */
export function buildStateMachine(options: BuildStateMachineOptions): StateMachineDefinition {
  const { start, queryLanguage, comment, timeoutSeconds, partition } = parseOptions(
    "buildStateMachine",
    OptionsSchema,
    options,
  );
  return {
    ...(comment === undefined ? {} : { Comment: comment }),
    QueryLanguage: queryLanguage,
    StartAt: start.startAt,
    ...(timeoutSeconds === undefined ? {} : { TimeoutSeconds: timeoutSeconds }),
    States: collectStates(start.build({ queryLanguage, partition })),
  };
}

/** One step may be linked from several places and is then written alike each time; two different states may not share a name. */
function collectStates(states: readonly (readonly [name: string, state: State])[]): Readonly<Record<string, State>> {
  const byName = new Map<string, State>();
  for (const [name, state] of states) {
    const other = byName.get(name);
    if (other !== undefined && !isDeepStrictEqual(other, state)) {
      const message = `two different states are named "${name}"; give one of them another name`;
      throw new InvalidOptionsError({
        code: "INVALID_OPTIONS",
        message: `buildStateMachine cannot work with these options: start: ${message}.`,
        details: { functionName: "buildStateMachine", issues: [{ path: "start", message }] },
      });
    }
    byName.set(name, state);
  }
  return Object.fromEntries(byName);
}
