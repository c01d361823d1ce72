import { epochSeconds } from "./environment.js";
import type { TrainingJob } from "./training-jobs.js";

/** The messages that SageMaker gives with each phase. */
const PHASE_MESSAGES: Readonly<Record<string, string>> = {
  Starting: "Preparing the instances for training",
  Downloading: "Downloading input data",
  Training: "Training image download completed. Training in progress.",
  Uploading: "Uploading generated training model",
  Completed: "Training job completed",
  Failed: "Training job failed",
  Stopping: "Stopping the training job",
  Stopped: "Training job stopped",
  MaxRuntimeExceeded: "Training job runtime exceeded MaxRuntimeInSeconds",
};

/**
 * Writes what DescribeTrainingJob says.
 *
 * @param job - The job.
 * @returns The output on the wire.
 * @internal
 */
export function describeTrainingJob(job: TrainingJob): unknown {
  const seconds = job.started && job.ended && Math.ceil((job.ended.getTime() - job.started.getTime()) / 1000);
  return {
    ...job.request,
    TrainingJobArn: job.arn,
    TuningJobArn: job.tuningArn,
    TrainingJobStatus: job.status,
    SecondaryStatus: job.transitions.at(-1)?.status,
    FailureReason: job.failureReason,
    ModelArtifacts: job.artifact === undefined ? undefined : { S3ModelArtifacts: job.artifact },
    CreationTime: epochSeconds(job.created),
    TrainingStartTime: job.started && epochSeconds(job.started),
    TrainingEndTime: job.ended && epochSeconds(job.ended),
    LastModifiedTime: epochSeconds(lastChange(job)),
    SecondaryStatusTransitions: job.transitions.map(({ status, start, end }) => ({
      Status: status,
      StartTime: epochSeconds(start),
      EndTime: end && epochSeconds(end),
      StatusMessage: status === "Failed" ? (job.failureReason ?? "") : (PHASE_MESSAGES[status] ?? ""),
    })),
    FinalMetricDataList: describeMetrics(job),
    TrainingTimeInSeconds: seconds,
    BillableTimeInSeconds: seconds,
  };
}

/**
 * Writes what ListTrainingJobs shows of a job.
 *
 * @param job - The job.
 * @returns The summary on the wire.
 * @internal
 */
export function summarizeTrainingJob(job: TrainingJob): unknown {
  return {
    TrainingJobName: job.request.TrainingJobName,
    TrainingJobArn: job.arn,
    CreationTime: epochSeconds(job.created),
    TrainingEndTime: job.ended && epochSeconds(job.ended),
    LastModifiedTime: epochSeconds(lastChange(job)),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.transitions.at(-1)?.status,
  };
}

/**
 * When a job changed its status last.
 *
 * @param job - The job.
 * @returns The time.
 * @internal
 */
export function lastChange({ transitions, created }: TrainingJob): Date {
  return transitions.at(-1)?.start ?? created;
}

function describeMetrics({ lastEpoch }: TrainingJob): unknown {
  if (lastEpoch === undefined) return undefined;
  const { report, time } = lastEpoch;
  const metric = (MetricName: string, Value: number) => ({ MetricName, Value, Timestamp: epochSeconds(time) });
  return [
    metric("train:accuracy", report.trainAccuracy),
    ...(report.validationAccuracy === undefined ? [] : [metric("validation:accuracy", report.validationAccuracy)]),
  ];
}
