import type { QueryLanguage, State } from "./asl-types.js";

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
