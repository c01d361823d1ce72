import type { Shape } from "../shapes.js";

/*
 * Requests that the local CloudWatch Logs takes.
 * Source: the API of CloudWatch Logs of 2014-03-28, as @aws-sdk/client-cloudwatch-logs documents it.
 */

const structure = (members: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape => ({
  kind: "structure",
  members,
  required,
});
const text = (min: number, max: number, pattern?: RegExp): Shape => ({
  kind: "string",
  min,
  max,
  ...(pattern === undefined ? {} : { pattern }),
});
const integer = (min: number, max?: number): Shape => ({
  kind: "number",
  integer: true,
  min,
  ...(max === undefined ? {} : { max }),
});

const group = text(1, 512, /[.\-_/#A-Za-z0-9]+/);
const groupIdentifier = text(1, 2048, /[\w#+=/:,.@-]*/);
const stream = text(1, 512, /[^:*]*/);
const token = text(1, 8192);
const flag: Shape = { kind: "boolean" };
const groupMembers = { logGroupName: group, logGroupIdentifier: groupIdentifier };
const timeMembers = { startTime: integer(0), endTime: integer(0) };

/** The shape of each request, by operation. @internal */
export const logShapes = {
  DescribeLogGroups: structure({ logGroupNamePrefix: group, nextToken: token, limit: integer(1, 50) }),
  DescribeLogStreams: structure({
    ...groupMembers,
    logStreamNamePrefix: stream,
    orderBy: { kind: "enum", values: ["LogStreamName", "LastEventTime"] },
    descending: flag,
    nextToken: token,
    limit: integer(1, 50),
  }),
  GetLogEvents: structure(
    {
      ...groupMembers,
      ...timeMembers,
      logStreamName: stream,
      nextToken: token,
      limit: integer(1, 10_000),
      startFromHead: flag,
    },
    "logStreamName",
  ),
  FilterLogEvents: structure({
    ...groupMembers,
    ...timeMembers,
    logStreamNames: { kind: "list", of: stream, min: 1, max: 100 },
    logStreamNamePrefix: stream,
    filterPattern: text(0, 1024),
    nextToken: token,
    limit: integer(1, 10_000),
  }),
} as const satisfies Readonly<Record<string, Shape>>;

/** An operation that the local CloudWatch Logs has. @internal */
export type LogOperation = keyof typeof logShapes;
