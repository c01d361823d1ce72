import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { TrainedModel } from "../../core/contracts.js";
import type { InstancePrices } from "../../core/instance-prices.js";
import { estimateTrainingCost } from "../cost/estimate-training-cost.js";
import { describeRecord } from "../logs/parse-training-log.js";
import { adviseOnTrainingError } from "../training-error-advice.js";
import { TrainingJobError } from "../training-errors.js";
import type { FollowedJob } from "./follow-training-job.js";
import { readMetrics } from "./status-reporter.js";

/** What a job's result needs beside the job. @internal */
export interface ResultOptions {
  /** Name of the job. */
  readonly trainingJobName: string;
  /** Container image that serves the model. */
  readonly image: string;
  /** Class names in label order. */
  readonly labels: TrainedModel["labels"];
  /** Shape of the images. */
  readonly imageShape: TrainedModel["imageShape"];
  /** Number of training images in the data set, where it is known. */
  readonly trainingImages: number | undefined;
  /** Prices that go before the built-in ones. */
  readonly prices: InstancePrices;
}

/**
 * Makes the result of a job that is over.
 *
 * @param job - The job, and what its log told.
 * @param options - See {@link ResultOptions}.
 * @returns The model.
 * @throws {@link TrainingJobError} `TRAINING_JOB_FAILED` or `TRAINING_JOB_STOPPED` when there is none.
 * @internal
 */
export function readTrainingResult(job: FollowedJob, options: ResultOptions): TrainedModel {
  const { end, logTail } = job;
  const { trainingJobName } = options;
  const artifact = end.ModelArtifacts?.S3ModelArtifacts;
  if (end.TrainingJobStatus === "Completed" && artifact !== undefined) return describeModel(job, artifact, options);
  if (end.TrainingJobStatus === "Stopped") {
    const secondaryStatus = end.SecondaryStatus ?? "Stopped";
    throw new TrainingJobError({
      code: "TRAINING_JOB_STOPPED",
      message: `Training job ${trainingJobName} was stopped (${secondaryStatus}) before it was done. ${
        secondaryStatus === "MaxRuntimeExceeded"
          ? "Raise maxRuntimeSeconds or lower the number of epochs."
          : "Start it again when you want the model."
      }`,
      details: { trainingJobName, secondaryStatus, logTail, ...(artifact === undefined ? {} : { artifact }) },
    });
  }
  const reason = end.FailureReason;
  throw new TrainingJobError({
    code: "TRAINING_JOB_FAILED",
    message: `Training job ${trainingJobName} failed: ${reason ?? "SageMaker gives no reason"}. ${describeRemedy(reason, end.ResourceConfig?.InstanceType)}`,
    details: { trainingJobName, logTail, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}

function describeModel({ end, record }: FollowedJob, artifact: string, options: ResultOptions): TrainedModel {
  const { trainingJobName, image, labels, imageShape, trainingImages } = options;
  const { BillableTimeInSeconds: billableSeconds, TrainingTimeInSeconds: trainingSeconds } = end;
  const cost = estimateCost(end, options.prices);
  return {
    trainingJobName,
    trainingJobArn: end.TrainingJobArn ?? "",
    artifact,
    image,
    labels,
    imageShape,
    metrics: readMetrics(end),
    ...describeCurve(record, trainingImages),
    ...(billableSeconds === undefined ? {} : { billableSeconds }),
    ...(trainingSeconds === undefined ? {} : { trainingSeconds }),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** Without a log there is no curve, which is something else than a curve without epochs. */
function describeCurve(record: FollowedJob["record"], trainingImages: number | undefined): Partial<TrainedModel> {
  if (record.epochs.length === 0) return {};
  const { epochs, bestEpoch, lastEpoch, advice } = describeRecord(record, trainingImages);
  return {
    epochs,
    ...(bestEpoch === undefined ? {} : { bestEpoch }),
    ...(lastEpoch === undefined ? {} : { lastEpoch }),
    advice,
  };
}

function estimateCost(end: DescribeTrainingJobCommandOutput, prices: InstancePrices) {
  const { BillableTimeInSeconds: seconds, TrainingTimeInSeconds: trainingSeconds, ResourceConfig } = end;
  const instanceType = ResourceConfig?.InstanceType;
  if (seconds === undefined || instanceType === undefined) return undefined;
  return estimateTrainingCost({
    instanceType,
    seconds,
    instanceCount: ResourceConfig?.InstanceCount ?? 1,
    ...(trainingSeconds === undefined ? {} : { trainingSeconds }),
    prices,
  });
}

function describeRemedy(reason: string | undefined, instanceType: string | undefined): string {
  const advice = adviseOnTrainingError(reason, instanceType === undefined ? {} : { instanceType });
  return advice?.remedy ?? "Its log stands in CloudWatch under /aws/sagemaker/TrainingJobs.";
}
