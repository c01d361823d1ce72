import {
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobCommandOutput,
  type SageMakerClient,
  StopHyperParameterTuningJobCommand,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import type { LogsClient } from "../../core/clients.js";
import type { InstancePrices } from "../../core/instance-prices.js";
import { poll } from "../../core/poll.js";
import type { CostEstimate } from "../../core/training-record.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { estimateTrainingCost } from "../cost/estimate-training-cost.js";
import { createEmitter } from "../follow/create-emitter.js";
import { settleLog } from "../follow/settle-log.js";
import { tolerateErrors } from "../follow/tolerate-errors.js";
import { withDeadline } from "../follow/with-deadline.js";
import { describeTunedJob, type ListedJob, listTunedJobs } from "./list-tuned-jobs.js";
import { TunedLogs } from "./tuned-logs.js";
import type { TuningProgressEvent } from "./tuning-progress.js";

/** How a tuning job is followed. @internal */
export interface FollowTuningOptions {
  readonly tuningJobName: string;
  readonly timeoutMs: number;
  readonly pollIntervalMs?: number | undefined;
  readonly onAbort: "stop" | "leave";
  readonly logs: "follow" | "off";
  readonly logsClient: LogsClient | undefined;
  readonly plannedEpochs: number;
  readonly prices: InstancePrices;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: TuningProgressEvent) => void) | undefined;
}

/** A tuning job that is over. @internal */
export interface FollowedTuning {
  /** What SageMaker says of it. */
  readonly end: DescribeHyperParameterTuningJobCommandOutput;
  /** Its training jobs. */
  readonly jobs: readonly ListedJob[];
}

const FIRST_BACKOFF_MS = 1000;
const STOP_LIMIT_MS = 30_000;

/**
 * Follows a tuning job to its end, with the rules of `followTrainingJob`: errors that pass are borne, others leave it running,
 * and an abort or a wait that takes too long stops it unless `onAbort` says otherwise.
 *
 * @param client - The SageMaker client.
 * @param options - See {@link FollowTuningOptions}.
 * @returns The job, Completed, Failed or Stopped.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the job did not end in time.
 * @internal
 */
export async function followTuningJob(client: SageMakerClient, options: FollowTuningOptions): Promise<FollowedTuning> {
  const { tuningJobName, timeoutMs, onAbort, signal } = options;
  const start = Date.now();
  let lastStatus: string | undefined;
  const onTimeout = () =>
    waitTimeout(
      `tuning job ${tuningJobName}`,
      Date.now() - start,
      lastStatus,
      onAbort === "stop" ? "The job was asked to stop." : "The job goes on; stop it with stopTuning.",
    );
  return withDeadline({ signal, timeoutMs, onTimeout }, async (own, abort) => {
    const emit = createEmitter(options.onProgress, abort);
    const reportJobs = createJobReporter(emit);
    const logStop = new AbortController();
    const stopLogs = () => logStop.abort();
    own.addEventListener("abort", stopLogs, { once: true });
    const logs = new TunedLogs(client, {
      ...options,
      logs: options.onProgress === undefined ? "off" : options.logs,
      emit: (trainingJobName, event) => emit({ type: "training", trainingJobName, event }),
      abort,
      signal: logStop.signal,
    });
    const ask = async () => {
      const seen = await abortable(own, (send) =>
        client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName }), send),
      );
      const jobs = await listTunedJobs(client, tuningJobName, own);
      const status = seen.HyperParameterTuningJobStatus ?? "InProgress";
      if (status !== lastStatus) emit({ type: "status", status });
      lastStatus = status;
      reportJobs(jobs);
      logs.update(jobs);
      emit(describeEstimate(seen, jobs, { start, prices: options.prices }));
      return ["Completed", "Failed", "Stopped"].includes(status) ? { end: seen, jobs } : undefined;
    };
    try {
      const followed = await poll({
        intervalMs: options.pollIntervalMs,
        timeoutMs,
        signal: own,
        check: tolerateErrors(ask, {
          backoffMs: options.pollIntervalMs ?? FIRST_BACKOFF_MS,
          signal: own,
          onError: (error, attempt) => emit({ type: "retry", attempt, error }),
        }),
        onTimeout,
      });
      await settleLog(logs.done(), own);
      return followed;
    } catch (error) {
      const isGivenUp = signal?.aborted === true || (error instanceof Error && error.name === "WaitTimeoutError");
      if (isGivenUp && onAbort === "stop") await stopTuningQuietly(client, tuningJobName);
      else if (!isGivenUp) tellLeftRunning(options);
      throw error;
    } finally {
      own.removeEventListener("abort", stopLogs);
      logStop.abort();
    }
  });
}

/**
 * Stops a tuning job, and its training jobs with it; whatever that meets must not hide why the wait ended.
 *
 * @param client - The SageMaker client.
 * @param tuningJobName - Name of the tuning job.
 * @internal
 */
export async function stopTuningQuietly(client: SageMakerClient, tuningJobName: string): Promise<void> {
  const command = new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuningJobName });
  const onTimeout = () => new Error("StopHyperParameterTuningJob took too long");
  await withDeadline({ timeoutMs: STOP_LIMIT_MS, onTimeout }, (signal) =>
    client.send(command, { abortSignal: signal }),
  ).catch(() => undefined);
}

/**
 * Estimates what the training jobs of a tuning job cost.
 *
 * @param seen - What SageMaker says of the tuning job.
 * @param jobs - Its training jobs.
 * @param prices - Prices that go before the built-in ones.
 * @returns The estimate, where the price is known.
 * @internal
 */
export function estimateTuningCost(
  { TrainingJobDefinition }: DescribeHyperParameterTuningJobCommandOutput,
  jobs: readonly ListedJob[],
  prices: InstancePrices,
): CostEstimate | undefined {
  const { InstanceType: instanceType, InstanceCount: instanceCount = 1 } = TrainingJobDefinition?.ResourceConfig ?? {};
  if (instanceType === undefined) return undefined;
  const seconds = jobs.reduce((sum, job) => sum + job.seconds, 0);
  return estimateTrainingCost({ instanceType, instanceCount, seconds, prices });
}

function createJobReporter(emit: (event: TuningProgressEvent) => void): (jobs: readonly ListedJob[]) => void {
  const told = new Map<string, string>();
  let best = Number.NEGATIVE_INFINITY;
  return (jobs) => {
    for (const job of jobs) {
      if (told.get(job.trainingJobName) === job.status) continue;
      told.set(job.trainingJobName, job.status);
      const isBest = job.status === "Completed" && (job.validationAccuracy ?? Number.NEGATIVE_INFINITY) > best;
      if (isBest) best = job.validationAccuracy ?? best;
      emit({ type: "job", job: describeTunedJob(job), isBest });
    }
  };
}

function describeEstimate(
  seen: DescribeHyperParameterTuningJobCommandOutput,
  jobs: readonly ListedJob[],
  { start, prices }: { readonly start: number; readonly prices: InstancePrices },
): TuningProgressEvent {
  const { MaxNumberOfTrainingJobs: planned, MaxParallelTrainingJobs: parallel = 1 } =
    seen.HyperParameterTuningJobConfig?.ResourceLimits ?? {};
  const over = jobs.filter(({ isOver }) => isOver);
  const each = over.reduce((sum, { seconds }) => sum + seconds, 0) / over.length;
  const cost = estimateTuningCost(seen, jobs, prices);
  return {
    type: "estimate",
    elapsedSeconds: (Date.now() - start) / 1000,
    jobsDone: over.length,
    ...(planned === undefined ? {} : { jobsPlanned: planned }),
    ...(planned === undefined || over.length === 0
      ? {}
      : { secondsLeft: each * Math.ceil(Math.max(0, planned - over.length) / parallel) }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function tellLeftRunning({ tuningJobName, onProgress }: FollowTuningOptions): void {
  const message = `Tuning job ${tuningJobName} goes on, and AWS bills its training jobs. Stop it with stopTuning.`;
  try {
    onProgress?.({ type: "leftRunning", tuningJobName, message });
  } catch {
    // The error that ended the wait is the one to be told.
  }
}
