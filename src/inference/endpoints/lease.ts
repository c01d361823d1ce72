import * as z from "zod";

/** How long an endpoint may stay: `"30m"`, `"2h"`, `"3d"`. */
export type LeaseDuration = `${number}${"m" | "h" | "d"}`;

/** Names of the tags that tell whose a resource is and until when it may stay. @internal */
export const TAG = {
  createdBy: "created-by",
  owner: "scones-ml:owner",
  expires: "scones-ml:expires",
  /** On an endpoint whose configuration was there before it. */
  reusesConfig: "scones-ml:reuses-config",
} as const;

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A {@link LeaseDuration}, as milliseconds. @internal */
export const durationSchema = z
  .templateLiteral([z.number().positive(), z.enum(["m", "h", "d"])], "must be a time such as 30m, 2h or 3d")
  .transform((text) => Number.parseFloat(text) * UNIT_MS[text.endsWith("m") ? "m" : text.endsWith("h") ? "h" : "d"])
  .refine((ms) => ms > 0 && ms <= 3650 * UNIT_MS.d, "must be more than nothing and at most ten years");

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
