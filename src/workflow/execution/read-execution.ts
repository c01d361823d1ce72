import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { ExecutionTrace } from "../render/execution-trace.js";
import { traceExecution } from "../render/trace-execution.js";
import { historyEventSchema } from "./history-event.js";

/** How often a text may have been encoded as JSON. */
const MAX_ENCODINGS = 8;
const WHAT =
  "an execution as the console exports it (with historyHash), an answer of GetExecutionHistory (with events), a list of such answers, or a list of events";

/** Events of every form that a history comes in; what is none is told in words. */
const sourceSchema = z.unknown().transform((source, context): unknown[] => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  };
  const value = decode(source);
  if (typeof value === "string") return refuse(`is no JSON text; pass ${WHAT}`);
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const isPages = !Array.isArray(value) || parts.some((part) => isObject(part) && "events" in part);
  if (!isPages) return parts.length > 0 ? [...parts] : refuse("holds no events");
  const events = parts.map((part) => (isObject(part) ? eventsOf(part) : undefined));
  const foreign = events.indexOf(undefined);
  if (foreign !== -1) return refuse(`must be ${WHAT}; ${describe(parts[foreign])}`);
  const last = parts.at(-1);
  if (isObject(last) && typeof last["nextToken"] === "string")
    return refuse("holds a part of the history only; ask for the other pages too, and pass all answers as a list");
  const all = events.flatMap((some) => some ?? []);
  return all.length > 0 ? all : refuse("holds no events");
});

const SourceSchema = z.strictObject({ source: sourceSchema.pipe(z.array(historyEventSchema)) });

/**
 * Reads what happened in an execution: from the console's export (`execution-detail.json`), from the answers of
 * GetExecutionHistory, or from a list of its events. The order of the events does not matter, nor whether numbers and
 * times are written as numbers or text. How the execution stands is taken from the events, as the status in an export
 * may be out of date. Inputs and outputs are decoded once: where functions have wrapped them several times,
 * `parsePayload` of `scones-ml/inference` finds what is inside. Calls nothing.
 *
 * @param source - The export, the answer, a list of all pages' answers or of events; as a value or as JSON text.
 * @returns Which states were entered, how each ended, and which led to which.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when it is none of these, or a part of a history only.
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
  // Pages that overlap bring an event twice.
  const byId = new Map(events.map((event) => [event.id, event]));
  return traceExecution([...byId.values()].sort((a, b) => a.id - b.id));
}

function decode(source: unknown): unknown {
  let value = source;
  try {
    for (let count = 0; typeof value === "string" && count < MAX_ENCODINGS; count++) value = JSON.parse(value);
  } catch {
    // What is left is told to be no JSON text.
  }
  return value;
}

function eventsOf(part: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const { historyHash, events } = part;
  if (Array.isArray(events)) return events;
  return typeof historyHash === "object" && historyHash !== null ? Object.values(historyHash) : undefined;
}

function describe(value: unknown): string {
  if (!isObject(value)) return `this is ${value === null ? "null" : `a ${typeof value}`}`;
  const fields = Object.keys(value).slice(0, 6).join(", ");
  return `this has ${fields === "" ? "no fields" : `the fields ${fields}`}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
