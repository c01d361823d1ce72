import type { HistoryEvent } from "../engine/history.js";

/** Fields of the details that hold what users' data is. */
const DATA: ReadonlySet<string> = new Set(["input", "output", "parameters", "assignedVariables"]);

/**
 * Writes an event as GetExecutionHistory gives it.
 *
 * @param event - The event.
 * @param includeData - Whether inputs and outputs are to be in it.
 * @returns The event.
 * @internal
 */
export function showEvent({ details, ...event }: HistoryEvent, includeData: boolean): object {
  if (details === undefined) return event;
  const value = includeData
    ? details.value
    : Object.fromEntries(Object.entries(details.value).filter(([name]) => !DATA.has(name)));
  return { ...event, [details.key]: value };
}
