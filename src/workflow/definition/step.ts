import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { InvalidOptionsError } from "../../core/options.js";
import type { QueryLanguage, State, StateScope } from "./asl-types.js";

/** What a step has to know to write its states. */
export interface StepContext {
  /** The query language to write them in. */
  readonly queryLanguage: QueryLanguage;
  /** Partition of the service integrations' ARNs, such as `aws` or `aws-cn`. */
  readonly partition: string;
  /** Name of the state that comes after the step; absent at the end. */
  readonly next?: string;
}

/**
 * A piece of a workflow that takes `Input` and hands on `Output`: one state, or several that belong together. It is a
 * description, which `buildStateMachine` writes as Amazon States Language in either query language.
 */
export interface Step<in Input, out Output> {
  /** Name of the state that the step begins with. */
  readonly startAt: string;
  /**
   * Writes the step's states.
   *
   * @param context - See {@link StepContext}.
   * @returns The states by name.
   */
  readonly build: (context: StepContext) => readonly (readonly [name: string, state: State])[];
  /** Only there for the compiler: what the step takes and hands on. Never called. */
  readonly types?: (input: Input) => Output;
}

/**
 * The transition field of a state.
 *
 * @param context - What comes after the step.
 * @returns `Next` or `End`.
 * @internal
 */
export function transitionOf(context: StepContext): { readonly Next: string } | { readonly End: true } {
  return context.next === undefined ? { End: true } : { Next: context.next };
}

/** What a step takes. */
export type StepInput<Some> = Some extends Step<infer Input, unknown> ? Input : never;

/** What a step hands on. */
export type StepOutput<Some> = Some extends Step<never, infer Output> ? Output : never;

/** What a state gets that an error leads to. */
export interface TaskFailure {
  /** Name of the error. */
  readonly Error: string;
  /** What happened; for a Lambda function the JSON text of its error. */
  readonly Cause: string;
}

/** A step, as options take it. @internal */
export const stepSchema = z.custom<Step<never, unknown>>(
  (value) => typeof value === "object" && value !== null && "build" in value && "startAt" in value,
  "must be a step, such as what chain or lambdaTask returns",
);

/** A name of a state. Source: "State machine limits", Step Functions developer guide. @internal */
export const stateNameSchema = z.string().min(1).max(80, "must have at most 80 characters");

/**
 * Writes a step as states of their own: a branch, or the work on one item.
 *
 * @param step - The step.
 * @param context - Where it stands; what comes after does not matter inside.
 * @returns The states with their start.
 * @internal
 */
export function buildScope(step: Step<never, unknown>, { queryLanguage, partition }: StepContext): StateScope {
  return { StartAt: step.startAt, States: collectStates(step.build({ queryLanguage, partition })) };
}

/** One step may be linked from several places and is then written alike each time; two different states may not share a name. */
function collectStates(states: readonly (readonly [name: string, state: State])[]): Readonly<Record<string, State>> {
  const byName = new Map<string, State>();
  for (const [name, state] of states) {
    const other = byName.get(name);
    if (other !== undefined && !isDeepStrictEqual(other, state)) throw sharedName(name);
    byName.set(name, state);
  }
  return Object.fromEntries(byName);
}

/**
 * Refuses a name that two states have.
 *
 * @param name - The name.
 * @returns The error.
 * @internal
 */
export function sharedName(name: string): InvalidOptionsError {
  const message = `two different states are named "${name}"; give one of them another name`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `buildStateMachine cannot work with these options: start: ${message}.`,
    details: { functionName: "buildStateMachine", issues: [{ path: "start", message }] },
  });
}
