import type { Catcher, ErrorHandling, Retrier, State, StateLanguage } from "../definition/model.js";
import type { Json, JsonObject } from "../json.js";
import { checkDataLimit } from "../limits.js";
import { matchesError, type StateFailure } from "../state-failure.js";
import { evaluateAssign, placeResult } from "./data-flow.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";

/** Decides over new attempts of one state; each retrier counts its own. @internal */
export class RetryCounter {
  readonly #retry: readonly Retrier[];
  readonly #attempts: number[] = [];

  /** @param state - The state. */
  constructor(state: State) {
    this.#retry = errorHandlingOf(state).retry;
  }

  /**
   * Asks whether an error is tried again.
   *
   * @param failure - The error.
   * @param random - Draws the jitter.
   * @returns Milliseconds until the new attempt, or `undefined` when there is none.
   */
  next(failure: StateFailure, random: () => number): number | undefined {
    const { error, alias } = failure;
    const index = this.#retry.findIndex(({ errorEquals }) => matchesError(errorEquals, error ?? "", alias));
    const retrier = this.#retry[index];
    if (retrier === undefined) return undefined;
    const attempts = this.#attempts[index] ?? 0;
    if (attempts >= retrier.maxAttempts) return undefined;
    this.#attempts[index] = attempts + 1;
    return backoffSeconds(retrier, attempts) * 1000 * (retrier.jitter ? random() : 1);
  }
}

/**
 * The pause before a new attempt, without jitter.
 *
 * @param retrier - The entry of Retry.
 * @param attempts - New attempts that there were for it.
 * @returns Seconds.
 * @internal
 */
export function backoffSeconds(retrier: Retrier, attempts: number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** attempts;
  return Math.min(grown, retrier.maxDelaySeconds ?? 99_999_999, 99_999_999);
}

/**
 * Finds the catcher for an error.
 *
 * @param state - The state.
 * @param failure - The error.
 * @returns The first that is for it, if there is one.
 * @internal
 */
export function findCatcher(state: State, failure: StateFailure): Catcher | undefined {
  const { error, alias } = failure;
  return errorHandlingOf(state).catch.find(({ errorEquals }) => matchesError(errorEquals, error ?? "", alias));
}

const NONE: ErrorHandling = { retry: [], catch: [] };

function errorHandlingOf(state: State): ErrorHandling {
  return state.type === "Task" || state.type === "Parallel" || state.type === "Map" ? state : NONE;
}

/**
 * Makes what a caught error hands to the next state.
 *
 * @param catcher - The catcher.
 * @param language - The state's language.
 * @param run - The attempt that failed.
 * @param failure - The error.
 * @returns Output, variables and the next state.
 * @internal
 */
export async function applyCatcher(
  catcher: Catcher,
  language: StateLanguage,
  run: StateRun,
  failure: StateFailure,
): Promise<StateResult> {
  const errorOutput: JsonObject = { Error: failure.error ?? "", Cause: failure.causeText ?? "" };
  const isJsonata = language === "JSONata";
  const scope = isJsonata ? scopeOf(run, run.input, { errorOutput }) : scopeOf(run, errorOutput);
  const assigned = await evaluateAssign(catcher, scope);
  let output: Json;
  if (isJsonata) output = catcher.output === undefined ? errorOutput : await catcher.output.evaluate(scope);
  else output = placeResult(catcher.resultPath, run.input, errorOutput);
  checkDataLimit(output, `The state/task '${run.stateName}'`);
  return { output, next: catcher.next, ...(assigned === undefined ? {} : { assigned }) };
}
