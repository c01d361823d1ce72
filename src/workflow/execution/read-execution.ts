import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { type ExecutionTrace, traceExecution } from "../render/execution-trace.js";
import type { TraceEvent } from "../render/trace-event.js";

const timeSchema = z.union([z.date(), z.string(), z.number()]).transform((value, context) => {
  // AWS's JSON protocol writes seconds, the console's export ISO 8601.
  const time = typeof value === "number" ? value * 1000 : new Date(value).getTime();
  if (Number.isFinite(time)) return time;
  context.addIssue({ code: "custom", message: "must be a time" });
  return z.NEVER;
});
const idSchema = z.coerce.number().int().min(0);
/** Some exports carry every kind of details on each event, `null` where unused. */
const eventSchema = z
  .looseObject({
    id: idSchema.min(1),
    previousEventId: idSchema.nullish(),
    type: z.string().min(1),
    timestamp: timeSchema,
    redriveId: z.coerce.number().nullish(),
    stepName: z.string().nullish(),
  })
  .transform((event): TraceEvent => {
    const details = Object.entries(event).find(
      ([key, value]) => key.endsWith("EventDetails") && typeof value === "object" && value !== null,
    )?.[1] as Readonly<Record<string, unknown>> | undefined;
    const text = (key: string) => (typeof details?.[key] === "string" ? details[key] : undefined);
    return {
      id: event.id,
      previousId: event.previousEventId ?? 0,
      type: event.type,
      time: event.timestamp,
      redrive: event.redriveId ?? 0,
      name: text("name") ?? event.stepName ?? undefined,
      error: text("error"),
      cause: text("cause"),
    };
  });

const eventsSchema = z.array(eventSchema).min(1, "must hold events");
const SourceSchema = z.strictObject({
  source: z.preprocess((source) => {
    const value = typeof source === "string" ? parseJson(source) : source;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if ("historyHash" in value && typeof value.historyHash === "object" && value.historyHash !== null)
      return Object.values(value.historyHash);
    return "events" in value ? value.events : value;
  }, eventsSchema),
});

/**
 * Reads what happened in an execution: from the console's export (`execution-detail.json`), from the answer of
 * GetExecutionHistory, or from a list of its events. The order of the events does not matter. How the execution
 * stands is taken from them, as the status in an export may be out of date. Calls nothing.
 *
 * @param source - The export or history, as an object or as JSON text.
 * @returns Which states were entered, how each ended, and which led to which.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is neither.
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from "node:fs/promises";
 * import { buildInferenceWorkflow, readExecution, renderWorkflow } from "scones-ml/workflow";
 *
 * const definition = buildInferenceWorkflow({
 *   functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 * });
 * const execution = readExecution(await readFile("execution-detail.json", "utf8"));
 * await writeFile("execution.svg", renderWorkflow(definition, { execution }));
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
 */
export function readExecution(source: unknown): ExecutionTrace {
  const { source: events } = parseOptions("readExecution", SourceSchema, { source });
  return traceExecution(events.toSorted((a, b) => a.id - b.id));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
