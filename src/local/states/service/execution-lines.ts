import * as z from "zod";

const EventSchema = z.object({
  id: z.int(),
  previousEventId: z.int(),
  timestamp: z.number(),
  type: z.string(),
  details: z
    .object({ key: z.string(), value: z.custom<object>((value) => typeof value === "object" && value !== null) })
    .exactOptional(),
});

const MachineLineSchema = z.object({
  line: z.literal("machine"),
  /** Number by which executions name it. */
  id: z.int(),
  arn: z.string(),
  name: z.string(),
  type: z.enum(["STANDARD", "EXPRESS"]),
  definition: z.string(),
  roleArn: z.string(),
  loggingConfiguration: z.unknown(),
  tracingConfiguration: z.unknown(),
  created: z.number(),
  updated: z.number(),
  revisionId: z.string().optional(),
});

const StartLineSchema = z.object({
  line: z.literal("start"),
  arn: z.string(),
  name: z.string(),
  machine: z.int(),
  versionArn: z.string().exactOptional(),
  aliasArn: z.string().exactOptional(),
  input: z.string(),
  startDate: z.number(),
  /** Timestamp of the first event, in its own unit. */
  timestamp: z.number(),
});

const EventsLineSchema = z.object({ line: z.literal("events"), arn: z.string(), events: z.array(EventSchema) });

const EndLineSchema = z.object({
  line: z.literal("end"),
  arn: z.string(),
  status: z.enum(["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]),
  stopDate: z.number(),
  output: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  events: z.array(EventSchema),
});

const RedriveLineSchema = z.object({
  line: z.literal("redrive"),
  arn: z.string(),
  token: z.string(),
  redriveDate: z.number(),
});

/**
 * A line of the journal of executions. Times are milliseconds since 1970. The event with which an execution starts is not
 * written as such: the line of its start says the same.
 *
 * @internal
 */
export const ExecutionLineSchema = z.discriminatedUnion("line", [
  MachineLineSchema,
  StartLineSchema,
  EventsLineSchema,
  EndLineSchema,
  RedriveLineSchema,
]);

/** See {@link ExecutionLineSchema}. @internal */
export type ExecutionLine = z.output<typeof ExecutionLineSchema>;

/** A line of one kind. @internal */
export type ExecutionLineOf<Kind extends ExecutionLine["line"]> = Extract<ExecutionLine, { readonly line: Kind }>;
