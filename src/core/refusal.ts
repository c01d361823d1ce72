/**
 * Tells whether AWS answered a request and said no, so that nothing can have come of it. After any other error, such as a
 * connection that broke or an abort, the request may have been carried out.
 *
 * @param error - What an SDK client threw.
 * @returns `true` for a client fault.
 * @internal
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && "$fault" in error && error.$fault === "client";
}
