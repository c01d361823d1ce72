import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import type { LogsClient } from "../../core/clients.js";
import type { InstancePrices } from "../../core/instance-prices.js";
import { poll } from "../../core/poll.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { estimateTrainingCost } from "../cost/estimate-training-cost.js";
import type { TrainingRecord } from "../logs/training-record.js";
import { createEmitter } from "./create-emitter.js";
import { EpochReporter } from "./epoch-reporter.js";
import { settleLog } from "./settle-log.js";
import { startLog } from "./start-log.js";
import { createStatusReporter } from "./status-reporter.js";
import { stopQuietly } from "./stop-quietly.js";
import { tolerateErrors } from "./tolerate-errors.js";
import type { TrainingProgressEvent } from "./training-progress.js";
import { withDeadline } from "./with-deadline.js";

/** How a training job is followed. @internal */
export interface FollowOptions {
  /** Name of the job. */
  readonly trainingJobName: string;
  /** Milliseconds to wait at most. */
  readonly timeoutMs: number;
  /** Milliseconds between two questions; absent: a tenth of what has passed. */
  readonly pollIntervalMs?: number | undefined;
  /** What an abort and a wait that takes too long do to the job. */
  readonly onAbort: "stop" | "leave";
  /** Whether the log is read. */
  readonly logs: "follow" | "off";
  /** The caller's client of CloudWatch Logs. */
  readonly logsClient: LogsClient | undefined;
  /** Number of epochs that the job was asked for, where that is known. */
  readonly plannedEpochs: number | undefined;
  /** Prices that go before the built-in ones. */
  readonly prices: InstancePrices;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Is told. */
  readonly onProgress?: ((event: TrainingProgressEvent) => void) | undefined;
}

/** A job that is over, and what its log told. @internal */
export interface FollowedJob {
  /** What SageMaker says of it. */
  readonly end: DescribeTrainingJobCommandOutput;
  /** What the log told. */
  readonly record: TrainingRecord;
  /** The last lines of the log. */
  readonly logTail: readonly string[];
}

const FIRST_BACKOFF_MS = 1000;

/**
 * Follows a training job to its end, whoever started it. Errors that pass are borne; others end the wait as they are,
 * and leave the job running. An abort, and a wait that takes too long, stop it unless `onAbort` says otherwise.
 *
 * @param client - The SageMaker client.
 * @param options - See {@link FollowOptions}.
 * @returns The job, Completed, Failed or Stopped.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the job did not end in time.
 * @internal
 */
export async function followTrainingJob(client: SageMakerClient, options: FollowOptions): Promise<FollowedJob> {
  const { trainingJobName, timeoutMs, onAbort, signal } = options;
  const start = Date.now();
  let lastStatus: string | undefined;
  const onTimeout = () =>
    waitTimeout(
      `training job ${trainingJobName}`,
      Date.now() - start,
      lastStatus,
      onAbort === "stop" ? "The job was asked to stop." : "The job goes on; stop it with stopTraining.",
    );
  return withDeadline({ signal, timeoutMs, onTimeout }, async (own, abort) => {
    const emit = createEmitter(options.onProgress, abort);
    const reporter = new EpochReporter(emit, options.plannedEpochs);
    const over = new AbortController();
    const logStop = new AbortController();
    const stopLog = () => logStop.abort();
    own.addEventListener("abort", stopLog, { once: true });
    const log = startLog(client, options, { reporter, emit, abort, signal: logStop.signal, over: over.signal });
    const reportStatus = createStatusReporter(emit);
    const ask = async () => {
      const seen = await abortable(own, (send) =>
        client.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }), send),
      );
      lastStatus = seen.SecondaryStatus ?? seen.TrainingJobStatus;
      reportStatus(seen);
      emit(describeEstimate(seen, { start, reporter, prices: options.prices }));
      return ["Completed", "Failed", "Stopped"].includes(seen.TrainingJobStatus ?? "") ? seen : undefined;
    };
    try {
      const end = await poll({
        intervalMs: options.pollIntervalMs,
        timeoutMs,
        signal: own,
        check: tolerateErrors(ask, {
          backoffMs: options.pollIntervalMs ?? FIRST_BACKOFF_MS,
          signal: own,
          onError: (error, attempt) => emit({ type: "retry", of: "status", attempt, error }),
        }),
        onTimeout,
      });
      over.abort();
      await settleLog(log, own);
      reporter.finish();
      return { end, record: reporter.record, logTail: reporter.tail };
    } catch (error) {
      const isGivenUp = signal?.aborted === true || isTimeout(error);
      if (isGivenUp && onAbort === "stop") await stopQuietly(client, trainingJobName);
      else if (!isGivenUp) tellLeftRunning(options);
      throw error;
    } finally {
      own.removeEventListener("abort", stopLog);
      logStop.abort();
    }
  });
}

function describeEstimate(
  seen: DescribeTrainingJobCommandOutput,
  {
    start,
    reporter,
    prices,
  }: { readonly start: number; readonly reporter: EpochReporter; readonly prices: InstancePrices },
): TrainingProgressEvent {
  const now = Date.now();
  const { TrainingStartTime, TrainingEndTime, ResourceConfig } = seen;
  // AWS bills from the start on the instances to the end there.
  const seconds =
    TrainingStartTime === undefined
      ? 0
      : Math.max(0, ((TrainingEndTime?.getTime() ?? now) - TrainingStartTime.getTime()) / 1000);
  const instanceType = ResourceConfig?.InstanceType;
  const cost =
    instanceType === undefined
      ? undefined
      : estimateTrainingCost({ instanceType, seconds, instanceCount: ResourceConfig?.InstanceCount ?? 1, prices });
  const { secondsLeft } = reporter;
  return {
    type: "estimate",
    elapsedSeconds: (now - start) / 1000,
    ...(secondsLeft === undefined ? {} : { secondsLeft }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "WaitTimeoutError";
}

function tellLeftRunning({ trainingJobName, onProgress }: FollowOptions): void {
  const message = `Training job ${trainingJobName} goes on, and AWS bills it. Follow it again with attachTrainingJob, or stop it with stopTraining.`;
  try {
    onProgress?.({ type: "leftRunning", trainingJobName, message });
  } catch {
    // The error that ended the wait is the one to be told.
  }
}
