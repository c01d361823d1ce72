import { createJsonService } from "../json-service.js";
import { ServiceError } from "../service-error.js";
import type { WireService } from "../wire.js";
import { parseFilterPattern } from "./filter-pattern.js";
import { type LogOperation, logShapes } from "./log-shapes.js";
import type { LogStore, LogStream } from "./log-store.js";
import { type GetLogEventsRequest, isWithin, readLogEvents, takePage } from "./read-log-events.js";

/** What the local CloudWatch Logs works with. @internal */
export interface LogsServiceOptions {
  readonly store: LogStore;
  /** Region of every ARN. */
  readonly region: string;
  /** Account of every ARN. */
  readonly accountId: string;
}

interface GroupRequest {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
}

interface PageRequest {
  readonly nextToken?: string;
  readonly limit?: number;
}

interface DescribeStreamsRequest extends GroupRequest, PageRequest {
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: string;
  readonly descending?: boolean;
}

interface FilterRequest extends GroupRequest, PageRequest {
  readonly startTime?: number;
  readonly endTime?: number;
  readonly logStreamNames?: readonly string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
}

const DEFAULT_LIST = 50;

/**
 * Makes the local CloudWatch Logs, which reads what the containers of the local SageMaker wrote.
 *
 * @param options - See {@link LogsServiceOptions}.
 * @returns The service.
 * @internal
 */
export function createLogsService(options: LogsServiceOptions): WireService {
  return createJsonService({
    name: "logs",
    targetPrefix: "Logs_20140328.",
    shapes: logShapes,
    operations: createOperations(options),
    refuse: invalidParameter,
  });
}

/** The shapes are checked before an operation runs, which is what the casts stand on. */
function createOperations({
  store,
  region,
  accountId,
}: LogsServiceOptions): Readonly<Record<LogOperation, (input: unknown) => unknown>> {
  const arnOf = (group: string) => `arn:aws:logs:${region}:${accountId}:log-group:${group}`;

  const findStreams = ({ logGroupName, logGroupIdentifier }: GroupRequest) => {
    const name = logGroupName ?? logGroupIdentifier?.replace(/^arn:[^/]*:log-group:([^:]*).*$/, "$1");
    if (name === undefined) throw invalidParameter("Either logGroupName or logGroupIdentifier must be given.");
    const streams = store.streams(name);
    if (streams === undefined) throw notFound("The specified log group does not exist.");
    return { name, streams };
  };

  const describeGroups = (input: PageRequest & { readonly logGroupNamePrefix?: string }) => {
    const wanted = store.groups().filter(({ name }) => name.startsWith(input.logGroupNamePrefix ?? ""));
    const { page, nextToken } = takeList(wanted, input);
    const logGroups = page.map(({ name, created, bytes }) => ({
      logGroupName: name,
      creationTime: created,
      arn: `${arnOf(name)}:*`,
      logGroupArn: arnOf(name),
      storedBytes: bytes,
      metricFilterCount: 0,
    }));
    return { logGroups, nextToken };
  };

  const describeStreams = (input: DescribeStreamsRequest) => {
    const { name, streams } = findStreams(input);
    const { logStreamNamePrefix = "", orderBy, descending = false } = input;
    const byTime = orderBy === "LastEventTime";
    if (byTime && logStreamNamePrefix !== "") {
      throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    const key = (stream: LogStream) => (byTime ? (stream.events.at(-1)?.timestamp ?? 0) : stream.name);
    const sorted = streams
      .filter((stream) => stream.name.startsWith(logStreamNamePrefix))
      .sort((one, other) => (descending ? -1 : 1) * compare(key(one), key(other)));
    const { page, nextToken } = takeList(sorted, input);
    return { logStreams: page.map((stream) => describeStream(stream, arnOf(name))), nextToken };
  };

  const getEvents = (input: GroupRequest & GetLogEventsRequest & { readonly logStreamName: string }) => {
    const stream = findStreams(input).streams.find(({ name }) => name === input.logStreamName);
    if (stream === undefined) throw notFound("The specified log stream does not exist.");
    return readLogEvents(stream, input);
  };

  const filterEvents = (input: FilterRequest) => {
    const { logStreamNames, logStreamNamePrefix = "", startTime, endTime, filterPattern = "", limit } = input;
    const matches = parseFilterPattern(filterPattern);
    const found = findStreams(input)
      .streams.filter(({ name }) => logStreamNames?.includes(name) ?? name.startsWith(logStreamNamePrefix))
      .flatMap((stream) =>
        stream.events
          .filter((event) => isWithin(event, startTime, endTime) && matches(event.message))
          .map((event) => ({ ...event, logStreamName: stream.name })),
      )
      .sort((one, other) => one.timestamp - other.timestamp);
    const start = parseOffset(input.nextToken);
    const rest = found.slice(start);
    const page = takePage(rest, limit);
    return {
      events: page.map(({ logStreamName, timestamp, message, sequence }) => {
        return { logStreamName, timestamp, message, ingestionTime: timestamp, eventId: `${timestamp}${sequence}` };
      }),
      searchedLogStreams: [],
      nextToken: page.length < rest.length ? String(start + page.length) : undefined,
    };
  };

  return {
    DescribeLogGroups: (input) => describeGroups(input as PageRequest),
    DescribeLogStreams: (input) => describeStreams(input as DescribeStreamsRequest),
    GetLogEvents: (input) => getEvents(input as Parameters<typeof getEvents>[0]),
    FilterLogEvents: (input) => filterEvents(input as FilterRequest),
  };
}

function describeStream({ name, created, events }: LogStream, groupArn: string): unknown {
  return {
    logStreamName: name,
    creationTime: created,
    firstEventTimestamp: events[0]?.timestamp,
    lastEventTimestamp: events.at(-1)?.timestamp,
    lastIngestionTime: events.at(-1)?.timestamp,
    arn: `${groupArn}:log-stream:${name}`,
    storedBytes: 0,
  };
}

function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Groups, streams and lines are only ever added, so a number is a good enough token. */
function takeList<Item>(items: readonly Item[], { nextToken, limit = DEFAULT_LIST }: PageRequest) {
  const start = parseOffset(nextToken);
  const end = start + limit;
  return { page: items.slice(start, end), nextToken: end < items.length ? String(end) : undefined };
}

function parseOffset(token: string | undefined): number {
  if (token === undefined) return 0;
  if (/^\d{1,15}$/.test(token)) return Number(token);
  throw invalidParameter("The specified nextToken is invalid.");
}

function invalidParameter(message: string): ServiceError {
  return new ServiceError(400, "InvalidParameterException", message);
}

function notFound(message: string): ServiceError {
  return new ServiceError(400, "ResourceNotFoundException", message);
}
