import { SconesError } from "./errors.js";

/** A wait took longer than its limit. */
export class WaitTimeoutError extends SconesError<"WAIT_TIMEOUT"> {
  /** Literal name of the error. */
  override get name(): string {
    return "WaitTimeoutError";
  }
}

/**
 * Makes the error for a wait that took too long.
 *
 * @param waitingFor - What was waited for, such as `endpoint scones-1`.
 * @param elapsedMs - Milliseconds waited.
 * @param lastStatus - The status seen last.
 * @param remedy - What to do next, as a sentence.
 * @returns The error.
 * @internal
 */
export function waitTimeout(
  waitingFor: string,
  elapsedMs: number,
  lastStatus: string | undefined,
  remedy: string,
): WaitTimeoutError {
  const seen = lastStatus === undefined ? "" : `, the last status was ${lastStatus}`;
  return new WaitTimeoutError({
    code: "WAIT_TIMEOUT",
    message: `Waiting for ${waitingFor} took longer than its limit: ${Math.round(elapsedMs / 1000)} s have passed${seen}. ${remedy}`,
    details: { waitingFor, elapsedMs, ...(lastStatus === undefined ? {} : { lastStatus }) },
  });
}
