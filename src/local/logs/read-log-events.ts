import { ServiceError } from "../service-error.js";
import type { LogStream, StoredLogEvent } from "./log-store.js";

/** A GetLogEvents request after its shape was checked. @internal */
export interface GetLogEventsRequest {
  readonly startTime?: number;
  readonly endTime?: number;
  readonly nextToken?: string;
  readonly limit?: number;
  readonly startFromHead?: boolean;
}

/** Most lines of a page, as CloudWatch Logs has it. */
const MAX_EVENTS = 10_000;
/** Most bytes of a page; every line counts 26 more than its own. */
const MAX_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;
const TOKEN = /^([fb])\/(\d{1,15})\/s$/;

/**
 * Reads one page of a stream. A forward token says which line comes next, a backward token which one was first, so that a
 * reader who comes back later gets what was written in between; at an end the token that was sent comes back.
 *
 * @param stream - The stream.
 * @param request - See {@link GetLogEventsRequest}.
 * @returns The page on the wire.
 * @throws ServiceError `InvalidParameterException` for a token that is none.
 * @internal
 */
export function readLogEvents(stream: LogStream, request: GetLogEventsRequest): unknown {
  const { startTime, endTime, nextToken, limit = MAX_EVENTS, startFromHead = false } = request;
  const within = stream.events.filter((event) => isWithin(event, startTime, endTime));
  const { forward, position } =
    nextToken === undefined
      ? { forward: startFromHead, position: startFromHead ? 0 : stream.next }
      : parseToken(nextToken);
  const candidates = within.filter(({ sequence }) => (forward ? sequence >= position : sequence < position));
  const page = forward ? takePage(candidates, limit) : takePage(candidates.toReversed(), limit).toReversed();
  const first = page[0]?.sequence ?? position;
  const last = page.at(-1)?.sequence;
  return {
    events: page.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
    nextForwardToken: `f/${last === undefined ? position : last + 1}/s`,
    nextBackwardToken: `b/${first}/s`,
  };
}

/**
 * Whether a line was written in a span of time.
 *
 * @param event - The line.
 * @param startTime - First millisecond.
 * @param endTime - The millisecond after the last one.
 * @returns `true` when it was.
 * @internal
 */
export function isWithin(
  { timestamp }: StoredLogEvent,
  startTime = Number.NEGATIVE_INFINITY,
  endTime = Number.POSITIVE_INFINITY,
): boolean {
  return timestamp >= startTime && timestamp < endTime;
}

/**
 * Takes as many lines as one page holds, and at least one.
 *
 * @param events - The lines, in the order of reading.
 * @param limit - Most lines.
 * @returns The first of them.
 * @internal
 */
export function takePage<Event extends StoredLogEvent>(
  events: readonly Event[],
  limit: number = MAX_EVENTS,
): readonly Event[] {
  let bytes = 0;
  let count = 0;
  for (const { message } of events) {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD;
    if (count === limit || (count > 0 && bytes > MAX_BYTES)) break;
    count++;
  }
  return events.slice(0, count);
}

function parseToken(token: string): { readonly forward: boolean; readonly position: number } {
  const match = TOKEN.exec(token);
  if (match === null) throw new ServiceError(400, "InvalidParameterException", "The specified nextToken is invalid.");
  return { forward: match[1] === "f", position: Number(match[2]) };
}
