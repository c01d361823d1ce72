import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { TrainingProgressEvent } from "./training-progress.js";

/** Accuracies that the job reported to SageMaker. @internal */
export interface ReportedMetrics {
  /** Share of training images that were classified rightly, 0 to 1. */
  readonly trainAccuracy?: number;
  /** Share of validation images that were classified rightly, 0 to 1. */
  readonly validationAccuracy?: number;
}

/**
 * Makes what tells phases and accuracies, each only when it is new.
 *
 * @param emit - Is told.
 * @returns Takes what SageMaker says of the job.
 * @internal
 */
export function createStatusReporter(
  emit: (event: TrainingProgressEvent) => void,
): (seen: DescribeTrainingJobCommandOutput) => void {
  let lastStatus = "";
  let lastMetrics = "";
  return (seen) => {
    const status = seen.TrainingJobStatus ?? "InProgress";
    const secondaryStatus = seen.SecondaryStatus ?? status;
    const message = seen.SecondaryStatusTransitions?.at(-1)?.StatusMessage ?? "";
    const statusKey = `${status}/${secondaryStatus}/${message}`;
    if (statusKey !== lastStatus) emit({ type: "status", status, secondaryStatus, message });
    lastStatus = statusKey;
    const metrics = readMetrics(seen);
    const metricsKey = JSON.stringify(metrics);
    if (metricsKey !== lastMetrics && metricsKey !== "{}") emit({ type: "metrics", ...metrics });
    lastMetrics = metricsKey;
  };
}

/**
 * Reads the accuracies that SageMaker has of a job.
 *
 * @param seen - What SageMaker says of the job.
 * @returns The accuracies that it has.
 * @internal
 */
export function readMetrics(seen: DescribeTrainingJobCommandOutput): ReportedMetrics {
  const find = (name: string) => seen.FinalMetricDataList?.find((metric) => metric.MetricName === name)?.Value;
  const trainAccuracy = find("train:accuracy");
  const validationAccuracy = find("validation:accuracy");
  return {
    ...(trainAccuracy === undefined ? {} : { trainAccuracy }),
    ...(validationAccuracy === undefined ? {} : { validationAccuracy }),
  };
}
