import { randomUUID } from "node:crypto";
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { StepFunctionsClients } from "../../core/clients.js";
import { callbackSchema, clientSchema, instanceSchema, parseOptions, signalSchema } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { machineNameSchema, stateMachineArnSchema } from "../machine/machine-names.js";
import { executionFailed, parseOutput } from "./execution-result.js";
import { findFailedState } from "./failed-state.js";
import { type ExecutionProgressEvent, stopExecution, waitForEnd } from "./wait-for-end.js";

/** Options of {@link runExecution}. */
export interface RunExecutionOptions<Schema extends z.ZodType = z.ZodUnknown> {
  /** ARN of a Standard state machine, or of a version or alias of one; Express ones cannot be asked for a result. */
  readonly stateMachineArn: string;
  /** The execution's input: any JSON value of at most 262,144 bytes. @defaultValue `{}` */
  readonly input?: unknown;
  /** Name of the execution, 1 to 80 characters; AWS starts nothing new for a name and input that run already. @defaultValue a name that was never used */
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
  const { clients, signal, onProgress } = resolved;
  return useClient(
    clients.sfn,
    () => new SFNClient({}),
    async (client) => {
      const executionArn = await start(client, resolved);
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

/** Starts the execution. A name of its own makes sure that what the SDK repeats starts nothing twice. */
async function start(client: SFNClient, { name, ...options }: ResolvedOptions): Promise<string> {
  const { stateMachineArn, input, signal, onAbort, onProgress } = options;
  const request = { stateMachineArn, input, name: name ?? randomUUID() };
  const expectedArn = executionArnOf(stateMachineArn, request.name);
  try {
    const started = await abortable(signal, (send) => client.send(new StartExecutionCommand(request), send));
    return started.executionArn ?? expectedArn;
  } catch (error) {
    // The first answer was lost, and the execution has ended meanwhile: nobody else has this name.
    if (error instanceof ExecutionAlreadyExists && name === undefined) return expectedArn;
    if (signal?.aborted && onAbort === "stop" && (await stopExecution(client, expectedArn)))
      onProgress?.({ type: "stopped", executionArn: expectedArn });
    throw error;
  }
}

function executionArnOf(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.split(":").slice(0, 7).join(":").replace(":stateMachine:", ":execution:")}:${name}`;
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
