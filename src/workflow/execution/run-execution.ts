import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { StepFunctionsClients } from "../../core/clients.js";
import { callbackSchema, clientSchema, instanceSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { machineNameSchema, stateMachineArnSchema } from "../machine/machine-names.js";
import { type ExecutionEnd, executionFailed, parseOutput } from "./execution-result.js";
import { findFailedState } from "./failed-state.js";
import { isThrottle } from "./throttling.js";

/** What `runExecution` tells while it waits. */
export type ExecutionProgressEvent =
  | {
      /** The execution was started. */
      readonly type: "started";
      /** ARN of the execution. */
      readonly executionArn: string;
    }
  | {
      /** The execution has another status. */
      readonly type: "status";
      /** The status, such as `RUNNING` or `SUCCEEDED`. */
      readonly status: string;
    }
  | {
      /** The wait was given up: whether the execution was stopped on AWS, or goes on there. */
      readonly type: "stopped" | "left-running";
      /** ARN of the execution. */
      readonly executionArn: string;
    };

/** Options of {@link runExecution}. */
export interface RunExecutionOptions<Schema extends z.ZodType = z.ZodUnknown> {
  /** ARN of a Standard state machine, or of a version or alias of one; Express ones cannot be asked for a result. */
  readonly stateMachineArn: string;
  /** The execution's input: any JSON value of at most 262,144 bytes. @defaultValue `{}` */
  readonly input?: unknown;
  /** Name of the execution, 1 to 80 characters; AWS starts nothing new for a name and input that run already. @defaultValue AWS makes one */
  readonly name?: string;
  /** Schema of the output; without it the output is `unknown`. */
  readonly outputSchema?: Schema;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: StepFunctionsClients;
  /** Milliseconds to wait for the end. @defaultValue `3600000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** Gives up the wait. What becomes of the execution says {@link RunExecutionOptions.onAbort}. */
  readonly signal?: AbortSignal;
  /** Whether an execution goes on (`"leave"`) or is stopped (`"stop"`) when the signal or the time limit ends the wait. @defaultValue `"leave"` */
  readonly onAbort?: "leave" | "stop";
  /** Is told each step. */
  readonly onProgress?: (event: ExecutionProgressEvent) => void;
}

/** A successful execution. */
export interface ExecutionResult<Output> {
  /** ARN of the execution. */
  readonly executionArn: string;
  /** What the workflow returned, as the schema has it. */
  readonly output: Output;
  /** When it started, in ISO 8601. */
  readonly startedAt?: string;
  /** When it ended, in ISO 8601. */
  readonly stoppedAt?: string;
}

/** Source: "Quotas related to state machine executions", Step Functions developer guide. */
const MAX_INPUT_BYTES = 262_144;
/** DescribeExecution is eventually consistent: for a moment it may not know what was just started. */
const VISIBLE_AFTER_MS = 10_000;

const OptionsSchema = z.strictObject({
  stateMachineArn: stateMachineArnSchema,
  input: z.unknown().default({}).transform(toInputText),
  name: machineNameSchema.optional(),
  outputSchema: instanceSchema<z.ZodType>("a zod schema", ["safeParse"]).optional(),
  clients: z.object({ sfn: clientSchema<SFNClient>("SFNClient").optional() }).prefault({}),
  timeoutMs: z.number().positive().default(3_600_000),
  pollIntervalMs: z.number().positive().optional(),
  signal: signalSchema.optional(),
  onAbort: z.enum(["leave", "stop"]).default("leave"),
  onProgress: callbackSchema<(event: ExecutionProgressEvent) => void>().optional(),
});

type ResolvedOptions = z.output<typeof OptionsSchema>;

/**
 * Starts an execution, waits for its end and returns its output. After an abort or a time limit the execution goes on
 * on AWS, unless `onAbort` says `"stop"`. Needs `states:StartExecution`, `DescribeExecution`, for the name of a failed
 * state `GetExecutionHistory`, and to stop `StopExecution`.
 *
 * @typeParam Schema - Type of the output's schema.
 * @param options - See {@link RunExecutionOptions}.
 * @returns The output with the execution's ARN and times.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was started.
 * @throws {@link ExecutionFailedError} `EXECUTION_FAILED` when the execution failed, timed out or was stopped;
 *   `details.error` is the error's name, such as `THRESHOLD_CONFIDENCE_NOT_MET`.
 * @throws {@link ExecutionOutputError} `EXECUTION_OUTPUT_INVALID` when the schema refuses the output.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it did not end in time.
 *
 * @example
 * ```ts
 * import { isSconesError } from "scones-ml/core";
 * import { InferencePayloadSchema } from "scones-ml/inference";
 * import { runExecution } from "scones-ml/workflow";
 *
 * try {
 *   const { output } = await runExecution({
 *     stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:scones-inference",
 *     input: { image_data: "", s3_bucket: "scones", s3_key: "test/bicycle_s_000513.png", inferences: [] },
 *     outputSchema: InferencePayloadSchema,
 *   });
 *   console.log(output.label, output.confidence);
 * } catch (error) {
 *   if (!isSconesError(error, "EXECUTION_FAILED")) throw error;
 *   console.error(error.details.error, error.details.failedState);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function runExecution<Schema extends z.ZodType = z.ZodUnknown>(
  options: RunExecutionOptions<Schema>,
): Promise<ExecutionResult<z.output<Schema>>> {
  const resolved = parseOptions("runExecution", OptionsSchema, options);
  const { stateMachineArn, input, name, clients, signal, onProgress } = resolved;
  return useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      const request = { stateMachineArn, input, ...(name === undefined ? {} : { name }) };
      const started = await abortable(signal, (send) => client.send(new StartExecutionCommand(request), send));
      const executionArn = started.executionArn ?? "";
      onProgress?.({ type: "started", executionArn });
      const end = await waitForEnd(client, executionArn, resolved);
      if (end.status !== "SUCCEEDED") {
        const failedState = await findFailedState({ client, executionArn, signal });
        throw executionFailed(end, failedState);
      }
      return {
        executionArn,
        output: parseOutput(end, resolved.outputSchema) as z.output<Schema>,
        ...(end.startDate === undefined ? {} : { startedAt: end.startDate.toISOString() }),
        ...(end.stopDate === undefined ? {} : { stoppedAt: end.stopDate.toISOString() }),
      };
    },
  );
}

async function waitForEnd(client: SFNClient, executionArn: string, options: ResolvedOptions): Promise<ExecutionEnd> {
  const { timeoutMs, pollIntervalMs, signal, onProgress } = options;
  let lastStatus: string | undefined;
  let gaveUp = false;
  const visibleBy = Date.now() + VISIBLE_AFTER_MS;
  const describe = async (): Promise<DescribeExecutionCommandOutput | undefined> => {
    try {
      return await abortable(signal, (send) => client.send(new DescribeExecutionCommand({ executionArn }), send));
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist && Date.now() < visibleBy) return undefined;
      // The execution is none the worse for it, and the next question comes later.
      if (isThrottle(error)) return undefined;
      throw error;
    }
  };
  try {
    return await poll<ExecutionEnd>({
      timeoutMs,
      intervalMs: pollIntervalMs,
      signal,
      check: async () => {
        const seen = await describe();
        const status = seen?.status;
        if (status !== undefined && status !== lastStatus) onProgress?.({ type: "status", status });
        lastStatus = status ?? lastStatus;
        if (seen === undefined || status === undefined || status === "RUNNING" || status === "PENDING_REDRIVE") return;
        const { output, error, cause, startDate, stopDate } = seen;
        return { executionArn, status, output, error, cause, startDate, stopDate };
      },
      onTimeout: (elapsed) => {
        gaveUp = true;
        const remedy =
          options.onAbort === "stop"
            ? "It is being stopped."
            : "It goes on on AWS; ask for it there, or raise timeoutMs.";
        return waitTimeout(`execution ${executionArn}`, elapsed, lastStatus, remedy);
      },
    });
  } catch (error) {
    if (gaveUp || signal?.aborted) await giveUp(client, executionArn, options);
    throw error;
  }
}

/** Stops the execution where that was asked for; a stop that fails is told, and does not hide why the wait ended. */
async function giveUp(
  client: SFNClient,
  executionArn: string,
  { onAbort, onProgress }: ResolvedOptions,
): Promise<void> {
  let isStopped = false;
  if (onAbort === "stop") {
    const command = new StopExecutionCommand({ executionArn, error: "Aborted", cause: "The caller gave up waiting." });
    isStopped = await client.send(command).then(
      () => true,
      () => false,
    );
  }
  onProgress?.({ type: isStopped ? "stopped" : "left-running", executionArn });
}

function toInputText(input: unknown, context: z.RefinementCtx): string {
  try {
    const text: string | undefined = JSON.stringify(input);
    const bytes = Buffer.byteLength(text ?? "");
    if (text !== undefined && bytes <= MAX_INPUT_BYTES) return text;
    const message =
      text === undefined
        ? "must be a JSON value"
        : `has ${bytes} bytes as JSON, and Step Functions takes ${MAX_INPUT_BYTES}; pass the bucket and key of an image instead of the image`;
    context.addIssue({ code: "custom", message });
  } catch {
    context.addIssue({ code: "custom", message: "must be a JSON value without cycles" });
  }
  return z.NEVER;
}
