/** Refusals that only ask for patience. Source: "Common Errors" and "StartExecution", Step Functions API reference. */
const THROTTLES: ReadonlySet<string> = new Set([
  "ExecutionLimitExceeded",
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
]);

/**
 * Tells whether AWS refused a request only because there were too many, or because too many executions run.
 *
 * @param error - What an SDK client threw after its own retries.
 * @returns `true` when the same request may be accepted later.
 * @internal
 */
export function isThrottle(error: unknown): boolean {
  return error instanceof Error && THROTTLES.has(error.name);
}
