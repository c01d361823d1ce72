import type { S3Client } from "@aws-sdk/client-s3";
import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../core/abort.js";
import type { S3Clients, SageMakerClients } from "../core/clients.js";
import type { TrainedModel } from "../core/contracts.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../core/options.js";
import { poll } from "../core/poll.js";
import { useClient } from "../core/use-client.js";
import { waitTimeout } from "../core/wait-timeout.js";
import { buildTrainingJobRequest } from "./request/build-training-job-request.js";
import { type TrainingJobOptions, trainingJobFields } from "./request/training-job-options.js";
import { startTrainingJob, type TrainingFindingEvent } from "./start-training-job.js";
import { stopTraining } from "./stop-training.js";
import { TrainingJobError } from "./training-errors.js";

/** What a training job tells while it runs. */
export type TrainingProgressEvent =
  | TrainingFindingEvent
  | {
      /** The job was accepted by SageMaker. */
      readonly type: "created";
      /** Name of the job. */
      readonly trainingJobName: string;
    }
  | {
      /** The job went on to another phase. */
      readonly type: "status";
      /** `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`. */
      readonly status: string;
      /** The phase, such as `Downloading` or `Training`. */
      readonly secondaryStatus: string;
      /** What SageMaker says about the phase; may be empty. */
      readonly message: string;
    }
  | {
      /** The job reported new accuracies. */
      readonly type: "metrics";
      /** Share of training images that were classified rightly, 0 to 1. */
      readonly trainAccuracy?: number;
      /** Share of validation images that were classified rightly, 0 to 1. */
      readonly validationAccuracy?: number;
    };

/** Options of {@link trainImageClassifier}. */
export interface TrainImageClassifierOptions extends TrainingJobOptions {
  /** Milliseconds to wait for the job at most. @defaultValue the job's runtime limit and half an hour */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions for the status. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** Whether an abort, or a wait that takes too long, stops the job on AWS or leaves it running. @defaultValue `"stop"` */
  readonly onAbort?: "stop" | "leave";
  /** Whether the job is checked first, as `preflightTraining` does, and refused on errors. @defaultValue `true` */
  readonly preflight?: boolean;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients & S3Clients;
  /** Ends the wait. What happens to the job on AWS is decided by `onAbort`. */
  readonly signal?: AbortSignal;
  /** Is told each phase and each new pair of accuracies. */
  readonly onProgress?: (event: TrainingProgressEvent) => void;
}

const HALF_AN_HOUR_MS = 1_800_000;

const OptionsSchema = z.strictObject({
  ...trainingJobFields,
  timeoutMs: z.number().positive().optional(),
  pollIntervalMs: z.number().positive().optional(),
  onAbort: z.enum(["stop", "leave"]).default("stop"),
  preflight: z.boolean().default(true),
  clients: z
    .object({
      sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional(),
      s3: clientSchema<S3Client>("S3Client").optional(),
    })
    .prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: TrainingProgressEvent) => void>().optional(),
});

/**
 * Trains SageMaker's built-in image-classification algorithm (a ResNet) on a staged data set and follows the job to
 * its end. It starts one training job, which AWS bills by the second until it ends; an abort stops the job unless
 * `onAbort` says otherwise. Needs `sagemaker:CreateTrainingJob`, `DescribeTrainingJob`, `StopTrainingJob`, `AddTags`
 * and `iam:PassRole` for the role; for the checks before the start also what {@link preflightTraining} needs, and what is
 * denied there is a warning. What AWS refuses the start for arrives as it is, after an event with what to do about it.
 *
 * @param options - See {@link TrainImageClassifierOptions}.
 * @returns The model: its artifact in S3, the image that serves it, its labels and its last accuracies.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was started.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
 * @throws {@link TrainingPreflightError} `TRAINING_PREFLIGHT_FAILED` when the checks found an error; nothing was started.
 * @throws {@link TrainingJobError} `TRAINING_JOB_FAILED` when the job failed, with SageMaker's reason.
 * @throws {@link TrainingJobError} `TRAINING_JOB_STOPPED` when the job was stopped or met its runtime limit.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the job did not end in time.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { trainImageClassifier } from "scones-ml/training";
 *
 * export async function train(dataset: StagedDataset) {
 *   return trainImageClassifier({
 *     dataset,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     output: "s3://scones/models/image_model",
 *     onProgress: (event) => console.log(event),
 *   });
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html
 */
export async function trainImageClassifier(options: TrainImageClassifierOptions): Promise<TrainedModel> {
  const { timeoutMs, pollIntervalMs, onAbort, preflight, clients, signal, onProgress, ...job } = parseOptions(
    "trainImageClassifier",
    OptionsSchema,
    options,
  );
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const region = await client.config.region();
      const request = buildTrainingJobRequest({ ...withoutUndefined(job), region });
      const trainingJobName = request.TrainingJobName ?? "";
      await startTrainingJob(client, { request, job, preflight, s3: clients.s3, signal, onFinding: onProgress });
      onProgress?.({ type: "created", trainingJobName });

      const report = createReporter(onProgress);
      let lastStatus: string | undefined;
      try {
        const end = await poll({
          intervalMs: pollIntervalMs,
          timeoutMs: timeoutMs ?? job.maxRuntimeSeconds * 1000 + HALF_AN_HOUR_MS,
          signal,
          check: async () => {
            const seen = await abortable(signal, (send) =>
              client.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }), send),
            );
            lastStatus = seen.SecondaryStatus ?? seen.TrainingJobStatus;
            report(seen);
            return ["Completed", "Failed", "Stopped"].includes(seen.TrainingJobStatus ?? "") ? seen : undefined;
          },
          onTimeout: (elapsed) =>
            waitTimeout(
              `training job ${trainingJobName}`,
              elapsed,
              lastStatus,
              onAbort === "stop" ? "The job was asked to stop." : "The job goes on; stop it with stopTraining.",
            ),
        });
        return readResult(end, { ...job, trainingJobName, image: request.AlgorithmSpecification?.TrainingImage ?? "" });
      } catch (error) {
        const isOver = error instanceof TrainingJobError;
        if (!isOver && onAbort === "stop") await stopQuietly(client, trainingJobName);
        throw error;
      }
    },
  );
}

/** Stops the job; a job that ended meanwhile, or an AWS that cannot be reached, must not hide why the wait ended. */
async function stopQuietly(client: SageMakerClient, trainingJobName: string): Promise<void> {
  await stopTraining({ trainingJobName, clients: { sagemaker: client } }).catch(() => undefined);
}

function createReporter(
  onProgress: ((event: TrainingProgressEvent) => void) | undefined,
): (seen: DescribeTrainingJobCommandOutput) => void {
  let lastStatus = "";
  let lastMetrics = "";
  return (seen) => {
    const status = seen.TrainingJobStatus ?? "InProgress";
    const secondaryStatus = seen.SecondaryStatus ?? status;
    const message = seen.SecondaryStatusTransitions?.at(-1)?.StatusMessage ?? "";
    const statusKey = `${status}/${secondaryStatus}/${message}`;
    if (statusKey !== lastStatus) onProgress?.({ type: "status", status, secondaryStatus, message });
    lastStatus = statusKey;
    const metrics = readMetrics(seen);
    const metricsKey = JSON.stringify(metrics);
    if (metricsKey !== lastMetrics && metricsKey !== "{}") onProgress?.({ type: "metrics", ...metrics });
    lastMetrics = metricsKey;
  };
}

function readMetrics(seen: DescribeTrainingJobCommandOutput): { trainAccuracy?: number; validationAccuracy?: number } {
  const find = (name: string) => seen.FinalMetricDataList?.find((metric) => metric.MetricName === name)?.Value;
  const trainAccuracy = find("train:accuracy");
  const validationAccuracy = find("validation:accuracy");
  return {
    ...(trainAccuracy === undefined ? {} : { trainAccuracy }),
    ...(validationAccuracy === undefined ? {} : { validationAccuracy }),
  };
}

function readResult(
  end: DescribeTrainingJobCommandOutput,
  job: Pick<TrainingJobOptions, "dataset"> & { readonly trainingJobName: string; readonly image: string },
): TrainedModel {
  const { trainingJobName, image, dataset } = job;
  const artifact = end.ModelArtifacts?.S3ModelArtifacts;
  if (end.TrainingJobStatus === "Completed" && artifact !== undefined) {
    return {
      trainingJobName,
      trainingJobArn: end.TrainingJobArn ?? "",
      artifact,
      image,
      labels: dataset.labels,
      imageShape: dataset.imageShape,
      metrics: readMetrics(end),
      ...(end.BillableTimeInSeconds === undefined ? {} : { billableSeconds: end.BillableTimeInSeconds }),
      ...(end.TrainingTimeInSeconds === undefined ? {} : { trainingSeconds: end.TrainingTimeInSeconds }),
    };
  }
  if (end.TrainingJobStatus === "Stopped") {
    const secondaryStatus = end.SecondaryStatus ?? "Stopped";
    throw new TrainingJobError({
      code: "TRAINING_JOB_STOPPED",
      message: `Training job ${trainingJobName} was stopped (${secondaryStatus}) before it was done. ${
        secondaryStatus === "MaxRuntimeExceeded"
          ? "Raise maxRuntimeSeconds or lower the number of epochs."
          : "Start it again when you want the model."
      }`,
      details: { trainingJobName, secondaryStatus, ...(artifact === undefined ? {} : { artifact }) },
    });
  }
  const reason = end.FailureReason;
  throw new TrainingJobError({
    code: "TRAINING_JOB_FAILED",
    message: `Training job ${trainingJobName} failed: ${reason ?? "SageMaker gives no reason"}. Its log stands in CloudWatch under /aws/sagemaker/TrainingJobs.`,
    details: { trainingJobName, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}

function withoutUndefined<T extends { readonly jobName?: string | undefined }>(
  job: T,
): Omit<T, "jobName"> & { jobName?: string } {
  const { jobName, ...rest } = job;
  return jobName === undefined ? rest : { ...rest, jobName };
}
