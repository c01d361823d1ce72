import {
  type HyperParameterTrainingJobSummary,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import type { TunedJob } from "./tuning-progress.js";

/** A training job of a tuning job, with the seconds that it was on training instances. @internal */
export interface ListedJob extends TunedJob {
  /** Seconds since it began there, or until it ended. */
  readonly seconds: number;
  /** Whether it has ended. */
  readonly isOver: boolean;
}

/**
 * Lists the training jobs of a tuning job.
 *
 * @param client - The SageMaker client.
 * @param tuningJobName - Name of the tuning job.
 * @param signal - Ends it.
 * @returns The jobs, in the order of their creation.
 * @internal
 */
export async function listTunedJobs(
  client: SageMakerClient,
  tuningJobName: string,
  signal: AbortSignal,
): Promise<readonly ListedJob[]> {
  const jobs: ListedJob[] = [];
  let NextToken: string | undefined;
  do {
    const request = {
      HyperParameterTuningJobName: tuningJobName,
      SortBy: "CreationTime" as const,
      SortOrder: "Ascending" as const,
      MaxResults: 100,
      NextToken,
    };
    const page = await abortable(signal, (send) =>
      client.send(new ListTrainingJobsForHyperParameterTuningJobCommand(request), send),
    );
    jobs.push(...(page.TrainingJobSummaries ?? []).map(readSummary));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== "");
  return jobs;
}

function readSummary(summary: HyperParameterTrainingJobSummary): ListedJob {
  const { TrainingStartTime: start, TrainingEndTime: end, FailureReason: reason } = summary;
  const status = summary.TrainingJobStatus ?? "InProgress";
  const value = summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return {
    trainingJobName: summary.TrainingJobName ?? "",
    status,
    hyperparameters: summary.TunedHyperParameters ?? {},
    ...(value === undefined ? {} : { validationAccuracy: value }),
    ...(reason === undefined || reason === "" ? {} : { failureReason: reason }),
    seconds: start === undefined ? 0 : Math.max(0, ((end?.getTime() ?? Date.now()) - start.getTime()) / 1000),
    isOver: status === "Completed" || status === "Failed" || status === "Stopped",
  };
}

/**
 * Leaves out what only the wait needs.
 *
 * @param job - A listed job.
 * @returns The job.
 * @internal
 */
export function describeTunedJob({ seconds: _, isOver: __, ...job }: ListedJob): TunedJob {
  return job;
}
