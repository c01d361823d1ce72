import type { SFNClient } from "@aws-sdk/client-sfn";
import * as z from "zod";
import type { StepFunctionsClients } from "../../core/clients.js";
import { callbackSchema, clientSchema, instanceSchema, signalSchema } from "../../core/options.js";
import { stateMachineArnSchema } from "../machine/machine-names.js";

/** How one of many executions ended. */
export type ManyExecutionResult<Input, Output> =
  | {
      /** It gave an output. */
      readonly type: "succeeded";
      /** Place of its input in the source, from 0. */
      readonly index: number;
      /** Its input. */
      readonly input: Input;
      /** ARN of the execution. */
      readonly executionArn: string;
      /** What the workflow returned, as the schema has it. */
      readonly output: Output;
      /** When it started, in ISO 8601. */
      readonly startedAt?: string;
      /** When it ended, in ISO 8601. */
      readonly stoppedAt?: string;
    }
  | {
      /** It failed, gave an output that the schema refuses, did not end in time, or could not be started with this input. */
      readonly type: "failed";
      /** Place of its input in the source, from 0. */
      readonly index: number;
      /** Its input. */
      readonly input: Input;
      /** ARN of the execution, where it was started. */
      readonly executionArn?: string;
      /** What `runExecution` rejected with, such as an error with the code `EXECUTION_FAILED`. */
      readonly error: Error;
    };

/** What `runMany` tells while it works; results come from the iteration. */
export type RunManyProgressEvent =
  | {
      /** An execution was started; or the wait was given up, and it was stopped on AWS or goes on there. */
      readonly type: "started" | "stopped" | "left-running";
      /** Place of its input in the source, from 0. */
      readonly index: number;
      /** ARN of the execution. */
      readonly executionArn: string;
    }
  | {
      /** AWS throttles starts; they become rarer. */
      readonly type: "throttled";
      /** Milliseconds until the next start. */
      readonly pauseMs: number;
    };

/** Options of {@link runMany}. */
export interface RunManyOptions<Input, Schema extends z.ZodType = z.ZodUnknown> {
  /** ARN of a Standard state machine, or of a version or alias of one. */
  readonly stateMachineArn: string;
  /** The executions' inputs, each a JSON value of at most 262,144 bytes; an async source is read as slowly as results are taken. */
  readonly inputs: Iterable<Input> | AsyncIterable<Input>;
  /** Names an execution, 1 to 80 characters; the same name and input again finds the execution while it runs. @defaultValue a name that was never used */
  readonly nameOf?: (input: Input, index: number) => string;
  /** Schema of the outputs; without it an output is `unknown`. */
  readonly outputSchema?: Schema;
  /** Executions under way at once, 1 to 1000. @defaultValue `10` */
  readonly concurrency?: number;
  /** Executions started a second at most. @defaultValue no limit but AWS's own */
  readonly ratePerSecond?: number;
  /** Whether a failed execution lets the others go on, or nothing more is started and the iteration ends with its error. @defaultValue `"continue"` */
  readonly onFailure?: "continue" | "stop";
  /** Milliseconds to wait for the end of each execution, and for a start while AWS throttles. @defaultValue `3600000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions for one execution. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: StepFunctionsClients;
  /** Starts nothing more and gives up the waits. */
  readonly signal?: AbortSignal;
  /** Whether executions under way go on (`"leave"`) or are stopped (`"stop"`) when a wait is given up. @defaultValue `"leave"` */
  readonly onAbort?: "leave" | "stop";
  /** Is told each start, and when AWS throttles. */
  readonly onProgress?: (event: RunManyProgressEvent) => void;
}

const inputsSchema = z.custom<Iterable<unknown> | AsyncIterable<unknown>>(
  (value) => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
  "must be an array, an iterable or an async iterable",
);

/** Checks {@link RunManyOptions}. @internal */
export const RunManyOptionsSchema = z.strictObject({
  stateMachineArn: stateMachineArnSchema,
  inputs: inputsSchema,
  nameOf: callbackSchema<(input: unknown, index: number) => string>().optional(),
  outputSchema: instanceSchema<z.ZodType>("a zod schema", ["safeParse"]).optional(),
  concurrency: z.int().min(1).max(1000).default(10),
  ratePerSecond: z.number().positive().max(10_000).optional(),
  onFailure: z.enum(["continue", "stop"]).default("continue"),
  timeoutMs: z.number().positive().default(3_600_000),
  pollIntervalMs: z.number().positive().optional(),
  clients: z.object({ sfn: clientSchema<SFNClient>("SFNClient").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onAbort: z.enum(["leave", "stop"]).default("leave"),
  onProgress: callbackSchema<(event: RunManyProgressEvent) => void>().optional(),
});

/** The options with their defaults. @internal */
export type ResolvedRunManyOptions = z.output<typeof RunManyOptionsSchema>;
