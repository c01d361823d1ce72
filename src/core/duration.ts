import * as z from "zod";

/** A length of time: `"30m"`, `"2h"`, `"3d"`. */
export type DurationText = `${number}${"m" | "h" | "d"}`;

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A {@link DurationText}, as milliseconds. @internal */
export const durationSchema = z
  .templateLiteral([z.number().positive(), z.enum(["m", "h", "d"])], "must be a time such as 30m, 2h or 3d")
  .transform((text) => Number.parseFloat(text) * UNIT_MS[text.endsWith("m") ? "m" : text.endsWith("h") ? "h" : "d"])
  .refine((ms) => ms > 0 && ms <= 3650 * UNIT_MS.d, "must be more than nothing and at most ten years");

/**
 * Writes a length of time in the largest unit that is not below 1.
 *
 * @param milliseconds - How long it is.
 * @returns Such as `90 min`, `2 h` or `3 d`.
 * @internal
 */
export function formatDuration(milliseconds: number): string {
  const [unit, name] =
    milliseconds >= 2 * UNIT_MS.d
      ? ([UNIT_MS.d, "d"] as const)
      : milliseconds >= 2 * UNIT_MS.h
        ? ([UNIT_MS.h, "h"] as const)
        : ([UNIT_MS.m, "min"] as const);
  return `${Number((milliseconds / unit).toFixed(1))} ${name}`;
}
