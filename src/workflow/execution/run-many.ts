import { setMaxListeners } from "node:events";
import { ExecutionAlreadyExists, InvalidExecutionInput, InvalidName, SFNClient } from "@aws-sdk/client-sfn";
import type * as z from "zod";
import { forEachConcurrent } from "../../core/concurrency.js";
import { isSconesError } from "../../core/errors.js";
import { parseOptions } from "../../core/options.js";
import { useClient } from "../../core/use-client.js";
import { Handover } from "./handover.js";
import { type NumberedInput, readInputs } from "./read-inputs.js";
import { type ExecutionResult, type RunExecutionOptions, runExecution } from "./run-execution.js";
import {
  type ManyExecutionResult,
  type ResolvedRunManyOptions,
  type RunManyOptions,
  RunManyOptionsSchema,
} from "./run-many-options.js";
import { StartGate } from "./start-gate.js";
import { isThrottle } from "./throttling.js";

type Result = ManyExecutionResult<unknown, unknown>;

/**
 * Runs an execution for each input, a bounded number at a time, and yields how each ended, in the order of the ends. An
 * execution that fails is a result like any other. Inputs are read only as fast as results are taken, so that memory does
 * not grow with their number. When AWS throttles, starts become rarer until it accepts them again. Each execution has a
 * name of its own, so that a start that the SDK repeats starts nothing twice. Leaving the loop or firing the signal starts
 * nothing more; what runs goes on on AWS unless `onAbort` says `"stop"`. Needs what `runExecution` needs.
 *
 * @typeParam Input - What the inputs are.
 * @typeParam Schema - Type of the output's schema.
 * @param options - See {@link RunManyOptions}.
 * @returns The results. Iterating ends with the first failure where `onFailure` says `"stop"`, with AWS's exception when
 *   no execution can be started at all, with the error of a source that fails, and with the signal's reason; what was
 *   under way is waited for before, and its results are yielded, except after an abort.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was started.
 *
 * @example
 * ```ts
 * import { InferencePayloadSchema } from "scones-ml/inference";
 * import { runMany } from "scones-ml/workflow";
 *
 * const keys = ["test/bicycle_s_000513.png", "test/dirt_bike_s_000001.png"];
 * const results = runMany({
 *   stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:scones-inference",
 *   inputs: keys.map((s3_key) => ({ image_data: "", s3_bucket: "scones", s3_key, inferences: [] })),
 *   outputSchema: InferencePayloadSchema,
 *   concurrency: 20,
 *   ratePerSecond: 50,
 * });
 * for await (const result of results) {
 *   if (result.type === "succeeded") console.log(result.input.s3_key, result.output.label);
 *   else console.error(result.input.s3_key, result.error.message);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function runMany<Input, Schema extends z.ZodType = z.ZodUnknown>(
  options: RunManyOptions<Input, Schema>,
): AsyncGenerator<ManyExecutionResult<Input, z.output<Schema>>, void, undefined> {
  const resolved = parseOptions("runMany", RunManyOptionsSchema, options);
  return produce(resolved) as AsyncGenerator<ManyExecutionResult<Input, z.output<Schema>>, void, undefined>;
}

async function* produce(options: ResolvedRunManyOptions): AsyncGenerator<Result, void, undefined> {
  const handover = new Handover<Result>();
  const stop = new AbortController();
  // Every execution under way listens to it, which is no leak.
  setMaxListeners(0, stop.signal);
  const abort = () => stop.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", abort, { once: true });
  if (options.signal?.aborted) abort();
  const working = useClient(
    options.clients.sfn,
    () => new SFNClient({}),
    (client) => runAll(client, options, handover, stop.signal),
  ).then(
    () => handover.end(),
    (error: unknown) => handover.end({ error }),
  );
  // Who waits for a result that the consumer no longer takes has to be let go.
  stop.signal.addEventListener("abort", () => handover.drop(), { once: true });
  try {
    yield* handover;
    stop.signal.throwIfAborted();
  } finally {
    options.signal?.removeEventListener("abort", abort);
    stop.abort(new Error("The results are no longer read."));
    await working;
  }
}

async function runAll(
  client: SFNClient,
  options: ResolvedRunManyOptions,
  results: Handover<Result>,
  signal: AbortSignal,
): Promise<void> {
  const gate = new StartGate(options.ratePerSecond);
  const inputs = readInputs(options.inputs, signal);
  await forEachConcurrent(inputs, { limit: options.concurrency, signal }, async (item) => {
    const result = await runOne(client, options, { gate, signal }, item);
    await results.offer(result);
    if (result.type === "failed" && options.onFailure === "stop") throw result.error;
  });
}

interface Run {
  readonly gate: StartGate;
  readonly signal: AbortSignal;
}

async function runOne(
  client: SFNClient,
  options: ResolvedRunManyOptions,
  run: Run,
  item: NumberedInput<unknown>,
): Promise<Result> {
  const { index, input } = item;
  const { onProgress } = options;
  let executionArn: string | undefined;
  const request: RunExecutionOptions<z.ZodType> = {
    stateMachineArn: options.stateMachineArn,
    input,
    timeoutMs: options.timeoutMs,
    onAbort: options.onAbort,
    clients: { sfn: client },
    signal: run.signal,
    ...(options.nameOf === undefined ? {} : { name: options.nameOf(input, index) }),
    ...(options.outputSchema === undefined ? {} : { outputSchema: options.outputSchema }),
    ...(options.pollIntervalMs === undefined ? {} : { pollIntervalMs: options.pollIntervalMs }),
    onProgress: (event) => {
      if (event.type === "status") return;
      if (event.type === "started") {
        executionArn = event.executionArn;
        run.gate.speedUp();
      }
      onProgress?.({ ...event, index });
    },
  };
  try {
    const result = await startWhenAccepted(request, options, run);
    return { type: "succeeded", index, input, ...result };
  } catch (error) {
    run.signal.throwIfAborted();
    // What stops one execution from starting would stop them all, unless it is the input's own fault.
    if (executionArn === undefined && !isAboutInput(error)) throw error;
    const failure = error instanceof Error ? error : new Error(String(error));
    return { type: "failed", index, input, ...(executionArn === undefined ? {} : { executionArn }), error: failure };
  }
}

async function startWhenAccepted(
  request: RunExecutionOptions<z.ZodType>,
  { timeoutMs, onProgress }: ResolvedRunManyOptions,
  { gate, signal }: Run,
): Promise<ExecutionResult<unknown>> {
  const since = Date.now();
  let isStarted = false;
  const told = request.onProgress;
  for (;;) {
    const turn = await gate.pass(signal);
    try {
      return await runExecution({
        ...request,
        onProgress: (event) => {
          isStarted = true;
          told?.(event);
        },
      });
    } catch (error) {
      if (isStarted || !isThrottle(error) || Date.now() - since >= timeoutMs) throw error;
      const pauseMs = gate.slowDown(turn);
      onProgress?.({ type: "throttled", pauseMs });
    }
  }
}

function isAboutInput(error: unknown): boolean {
  return (
    isSconesError(error, "INVALID_OPTIONS") ||
    error instanceof ExecutionAlreadyExists ||
    error instanceof InvalidExecutionInput ||
    error instanceof InvalidName
  );
}
