/** Source: boto/botocore, data/stepfunctions/2016-11-23/service-2.json: SensitiveError and SensitiveCause. */
const MAX_ERROR = 256;
const MAX_CAUSE = 32_768;

/**
 * What a state fails with: an error name that Retry and Catch look at, and a cause for people.
 * @internal
 */
export class StateFailure extends Error {
  /** Error name, such as `States.Runtime` or the `errorType` of a function. */
  readonly error: string | undefined;
  /** Cause; JSON text where a function failed. */
  readonly causeText: string | undefined;
  /** Field of the state whose evaluation failed, for JSONata. */
  readonly location: string | undefined;
  /** Whether the cause already says which state failed. */
  readonly located: boolean;
  /** Second name that Retry and Catch find it by. */
  readonly alias: string | undefined;

  /**
   * Makes a failure.
   *
   * @param error - Error name.
   * @param causeText - Cause.
   * @param more - `location`: the field; `located`: whether the cause names the state; `alias`: a second name.
   */
  constructor(
    error: string | undefined,
    causeText?: string,
    more: { readonly location?: string | undefined; readonly located?: boolean; readonly alias?: string } = {},
  ) {
    super(causeText ?? error ?? "");
    this.error = error?.slice(0, MAX_ERROR);
    this.causeText = causeText?.slice(0, MAX_CAUSE);
    this.location = more.location;
    this.located = more.located ?? false;
    this.alias = more.alias;
  }

  /** Whether it ends the whole execution: no Retry and no Catch is for it. */
  get isTerminal(): boolean {
    return this.error === RUNTIME;
  }

  /** Literal name of the error. */
  override get name(): string {
    return "StateFailure";
  }
}

/** Errors that no wildcard catches; the first ends the execution even where it is named. */
const RUNTIME = "States.Runtime";
const DATA_LIMIT = "States.DataLimitExceeded";

/**
 * Whether a list of `ErrorEquals` is for an error.
 *
 * @param names - The list.
 * @param error - Name of the error.
 * @param alias - Second name of the error.
 * @returns `true` when it is named, or a wildcard covers it.
 * @see AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows".
 * @internal
 */
export function matchesError(names: readonly string[], error: string, alias?: string): boolean {
  if (error === RUNTIME) return false;
  return names.some((name) => {
    if (name === error || name === alias) return true;
    if (error === DATA_LIMIT) return false;
    return name === "States.ALL" || (name === "States.TaskFailed" && error !== "States.Timeout");
  });
}

/**
 * Says in which state an error happened, as AWS does for errors of its own.
 *
 * @param failure - The failure.
 * @param stateName - Name of the state.
 * @param enteredEventId - Id of the event with which it was entered.
 * @returns A failure whose cause names the state.
 * @internal
 */
export function locateFailure(failure: StateFailure, stateName: string, enteredEventId: number): StateFailure {
  if (failure.located) return failure;
  const cause = `An error occurred while executing the state '${stateName}' (entered at the event id #${enteredEventId}). ${failure.causeText ?? ""}`;
  return new StateFailure(failure.error, cause, { location: failure.location, located: true });
}
