/** Names of the tags that tell whose a resource is and until when it may stay. @internal */
export const TAG = {
  createdBy: "created-by",
  owner: "scones-ml:owner",
  expires: "scones-ml:expires",
  /** On an endpoint whose configuration was there before it. */
  reusesConfig: "scones-ml:reuses-config",
} as const;

/**
 * When a lease ends that begins now.
 *
 * @param durationMs - How long it is.
 * @param now - When it begins.
 * @returns The time as the tag holds it, ISO 8601 in UTC.
 * @internal
 */
export function expiryOf(durationMs: number, now = new Date()): string {
  return new Date(now.getTime() + durationMs).toISOString();
}
