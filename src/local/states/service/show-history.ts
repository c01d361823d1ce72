import type { HistoryEvent } from "../engine/history.js";
import { takePage } from "./paging.js";

/** A GetExecutionHistory request after its shape was checked. @internal */
export interface HistoryRequest {
  readonly executionArn: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly reverseOrder?: boolean;
  readonly includeExecutionData?: boolean;
}

/** Fields of the details that hold what users' data is. */
const DATA: ReadonlySet<string> = new Set(["input", "output", "parameters", "assignedVariables"]);

/**
 * Shows a page of a history.
 *
 * @param events - All events.
 * @param request - The request.
 * @returns The answer of GetExecutionHistory.
 * @internal
 */
export function showHistory(events: readonly HistoryEvent[], request: HistoryRequest): unknown {
  const { executionArn, reverseOrder = false, includeExecutionData = true } = request;
  const all = reverseOrder ? [...events].reverse() : events;
  const { items, nextToken } = takePage(all, request, `history:${executionArn}:${reverseOrder}`);
  return { events: items.map((event) => showEvent(event, includeExecutionData)), nextToken };
}

function showEvent({ details, ...event }: HistoryEvent, includeData: boolean): object {
  if (details === undefined) return event;
  const value = includeData
    ? details.value
    : Object.fromEntries(Object.entries(details.value).filter(([name]) => !DATA.has(name)));
  return { ...event, [details.key]: value };
}
