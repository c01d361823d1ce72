import * as z from "zod";
import type { TraceEvent } from "../render/trace-event.js";

/** Seconds until the year 5138, in milliseconds until 1973: what is larger cannot be seconds. */
const MAX_SECONDS = 1e11;

const timeSchema = z.union([z.date(), z.string(), z.number()]).transform((value, context) => {
  const time = typeof value === "object" ? value.getTime() : readTime(value);
  if (Number.isFinite(time)) return time;
  context.addIssue({ code: "custom", message: "must be a time" });
  return z.NEVER;
});
const idSchema = z
  .union([z.number(), z.string().regex(/^\d+$/, "must be a number").transform(Number)])
  .pipe(z.int().min(0));

/**
 * An event as the console exports it, as an SDK returns it, or as the AWS CLI prints it. Some exports carry every kind
 * of details on each event, `null` where unused.
 *
 * @internal
 */
export const historyEventSchema = z
  .looseObject({
    id: idSchema.refine((id) => id > 0, "must be at least 1"),
    previousEventId: idSchema.nullish(),
    type: z.string().min(1),
    timestamp: timeSchema,
    redriveId: idSchema.nullish(),
    stepName: z.string().nullish(),
  })
  .transform((event): TraceEvent => {
    const details = Object.entries(event).find(
      ([key, value]) => key.endsWith("EventDetails") && typeof value === "object" && value !== null,
    )?.[1] as Readonly<Record<string, unknown>> | undefined;
    const text = (key: string) => (typeof details?.[key] === "string" ? details[key] : undefined);
    return {
      id: event.id,
      // Where it is missing altogether, the event before is the best guess.
      previousId: event.previousEventId ?? event.id - 1,
      type: event.type,
      time: event.timestamp,
      redrive: event.redriveId ?? 0,
      name: text("name") ?? text("state") ?? event.stepName ?? undefined,
      error: text("error"),
      cause: text("cause"),
      input: text("input"),
      output: text("output"),
    };
  });

/** AWS's JSON protocol writes seconds, the console's export ISO 8601, and other programs milliseconds or numbers as text. */
function readTime(value: string | number): number {
  const number = typeof value === "string" && !/^\d+(\.\d+)?$/.test(value) ? undefined : Number(value);
  if (number === undefined) return new Date(value).getTime();
  return number < MAX_SECONDS ? number * 1000 : number;
}
