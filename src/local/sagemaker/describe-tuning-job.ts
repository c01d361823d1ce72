import { epochSeconds } from "./environment.js";
import type { TrainingJob } from "./training-jobs.js";
import type { TuningJob } from "./tuning-jobs.js";

/** A training job of a tuning job, with the hyper-parameters that were chosen for it. @internal */
export interface TunedTraining {
  readonly training: TrainingJob;
  readonly tuned: Readonly<Record<string, string>>;
}

/**
 * Writes what DescribeHyperParameterTuningJob says.
 *
 * @param job - The job.
 * @param children - Its training jobs.
 * @returns The output on the wire.
 * @internal
 */
export function describeTuningJob(job: TuningJob, children: readonly TunedTraining[]): unknown {
  const { HyperParameterTuningJobConfig, TrainingJobDefinition } = job.request;
  const best = bestChild(children);
  const seconds = children.reduce((sum, { training: { started, ended } }) => {
    return started && ended ? sum + Math.ceil((ended.getTime() - started.getTime()) / 1000) : sum;
  }, 0);
  return {
    ...describeCommon(job, children),
    HyperParameterTuningJobConfig,
    TrainingJobDefinition,
    BestTrainingJob: best && summarizeChild(best.child, job),
    FailureReason: job.failureReason,
    ConsumedResources: { RuntimeInSeconds: seconds },
  };
}

/**
 * Writes what ListHyperParameterTuningJobs shows of a job.
 *
 * @param job - The job.
 * @param children - Its training jobs.
 * @returns The summary on the wire.
 * @internal
 */
export function summarizeTuningJob(job: TuningJob, children: readonly TunedTraining[]): unknown {
  const { Strategy, ResourceLimits } = job.request.HyperParameterTuningJobConfig;
  return { ...describeCommon(job, children), Strategy, ResourceLimits };
}

/**
 * Writes what a tuning job shows of one of its training jobs.
 *
 * @param child - The training job.
 * @param job - The tuning job.
 * @returns The summary on the wire.
 * @internal
 */
export function summarizeChild({ training, tuned }: TunedTraining, job: TuningJob): unknown {
  const value = training.lastEpoch?.report.validationAccuracy;
  const isOver = training.ended !== undefined;
  const objective = job.request.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective;
  return {
    TrainingJobName: training.name,
    TrainingJobArn: training.arn,
    CreationTime: epochSeconds(training.created),
    TrainingStartTime: training.started && epochSeconds(training.started),
    TrainingEndTime: training.ended && epochSeconds(training.ended),
    TrainingJobStatus: training.status,
    TunedHyperParameters: tuned,
    FailureReason: training.failureReason,
    FinalHyperParameterTuningJobObjectiveMetric:
      isOver && value !== undefined ? { ...objective, Value: value } : undefined,
    ObjectiveStatus: isOver ? (value === undefined ? "Failed" : "Succeeded") : "Pending",
  };
}

/**
 * Finds the completed training job with the highest validation accuracy, the first among equals.
 *
 * @param children - The training jobs.
 * @returns It and its accuracy; `undefined` where none has completed.
 * @internal
 */
export function bestChild(children: readonly TunedTraining[]) {
  return children.reduce<{ readonly child: TunedTraining; readonly value: number } | undefined>((best, child) => {
    const value = child.training.lastEpoch?.report.validationAccuracy;
    if (child.training.status !== "Completed" || value === undefined) return best;
    return best === undefined || value > best.value ? { child, value } : best;
  }, undefined);
}

function describeCommon(job: TuningJob, children: readonly TunedTraining[]) {
  const count = (...statuses: readonly string[]) =>
    children.filter(({ training }) => statuses.includes(training.status)).length;
  const withValue = children.filter(({ training }) => training.lastEpoch?.report.validationAccuracy !== undefined);
  const isOver = ({ training }: TunedTraining) => training.ended !== undefined;
  return {
    HyperParameterTuningJobName: job.name,
    HyperParameterTuningJobArn: job.arn,
    HyperParameterTuningJobStatus: job.status,
    CreationTime: epochSeconds(job.created),
    HyperParameterTuningEndTime: job.ended && epochSeconds(job.ended),
    LastModifiedTime: epochSeconds(job.ended ?? job.created),
    TrainingJobStatusCounters: {
      Completed: count("Completed"),
      InProgress: count("InProgress", "Stopping"),
      RetryableError: 0,
      NonRetryableError: count("Failed"),
      Stopped: count("Stopped"),
    },
    ObjectiveStatusCounters: {
      Succeeded: withValue.filter(isOver).length,
      Pending: children.filter((child) => !isOver(child)).length,
      Failed: children.filter((child) => isOver(child) && !withValue.includes(child)).length,
    },
  };
}
