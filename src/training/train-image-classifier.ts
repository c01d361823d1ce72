import type { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import type { S3Clients, TrainingClients } from "../core/clients.js";
import type { TrainedModel } from "../core/contracts.js";
import { clientSchema, parseOptions } from "../core/options.js";
import { useClient } from "../core/use-client.js";
import { type FollowTrainingOptions, followClientFields, followFields } from "./follow/follow-options.js";
import { followTrainingJob } from "./follow/follow-training-job.js";
import { formatLabelTags } from "./follow/label-tags.js";
import { stopQuietly } from "./follow/stop-quietly.js";
import { readTrainingResult } from "./follow/training-result.js";
import { buildTrainingJobRequest } from "./request/build-training-job-request.js";
import { type TrainingJobOptions, trainingJobFields } from "./request/training-job-options.js";
import { startTrainingJob } from "./start-training-job.js";

/** Options of {@link trainImageClassifier}. */
export interface TrainImageClassifierOptions extends TrainingJobOptions, FollowTrainingOptions {
  /** Whether the job is checked first, as `preflightTraining` does, and refused on errors. @defaultValue `true` */
  readonly preflight?: boolean;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: TrainingClients & S3Clients;
}

const HALF_AN_HOUR_MS = 1_800_000;
/** The algorithm's own. */
const DEFAULT_EPOCHS = 30;
const MOST_TAGS = 50;

const OptionsSchema = z.strictObject({
  ...trainingJobFields,
  ...followFields,
  preflight: z.boolean().default(true),
  clients: z.object({ ...followClientFields, s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
});

/**
 * Trains SageMaker's built-in image-classification algorithm (a ResNet) on a staged data set and follows the job to
 * its end. It starts one training job, which AWS bills by the second until it ends; an abort stops the job unless
 * `onAbort` says otherwise. Needs `sagemaker:CreateTrainingJob`, `DescribeTrainingJob`, `StopTrainingJob`, `AddTags`
 * and `iam:PassRole` for the role; for the checks before the start also what {@link preflightTraining} needs, and what is
 * denied there is a warning; for the epochs `logs:DescribeLogStreams` and `logs:GetLogEvents`, and the package
 * `@aws-sdk/client-cloudwatch-logs`. What AWS refuses the start for arrives as it is, after an event with what to do
 * about it. A question for the status that fails in passing is asked again. What does not pass, such as expired
 * credentials, arrives as AWS's own error after an event `leftRunning`: the job goes on then.
 *
 * @param options - See {@link TrainImageClassifierOptions}.
 * @returns The model: its artifact in S3, the image that serves it, its labels, its epochs and what it cost.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was started.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
 * @throws {@link TrainingPreflightError} `TRAINING_PREFLIGHT_FAILED` when the checks found an error; nothing was started.
 * @throws {@link TrainingJobError} `TRAINING_JOB_FAILED` when the job failed, with SageMaker's reason and the last lines
 * of its log.
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
  const { timeoutMs, clients, signal, onProgress, pollIntervalMs, onAbort, logs, prices, preflight, ...job } =
    parseOptions("trainImageClassifier", OptionsSchema, options);
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const region = await client.config.region();
      const request = buildTrainingJobRequest({ ...withoutUndefined(job), region });
      const trainingJobName = request.TrainingJobName ?? "";
      const { labels, imageShape, train } = job.dataset;
      request.Tags = [...(request.Tags ?? []), ...formatLabelTags(labels)].slice(0, MOST_TAGS);
      signal?.throwIfAborted();
      await startTrainingJob(client, { request, job, preflight, s3: clients.s3, signal, onFinding: onProgress }).catch(
        async (error: unknown) => {
          // Whether AWS took the request before the abort is not known. Only a name of our own is surely ours.
          const isOurs = job.jobName === undefined && signal?.aborted === true;
          if (isOurs && onAbort === "stop") await stopQuietly(client, trainingJobName);
          throw error;
        },
      );
      onProgress?.({ type: "created", trainingJobName });

      const followed = await followTrainingJob(client, {
        trainingJobName,
        timeoutMs: timeoutMs ?? (job.spot?.maxWaitSeconds ?? job.maxRuntimeSeconds) * 1000 + HALF_AN_HOUR_MS,
        pollIntervalMs,
        onAbort,
        logs,
        prices,
        logsClient: clients.logs,
        plannedEpochs: job.hyperparameters.epochs ?? DEFAULT_EPOCHS,
        signal,
        onProgress,
      });
      return readTrainingResult(followed, {
        trainingJobName,
        image: request.AlgorithmSpecification?.TrainingImage ?? "",
        labels,
        imageShape,
        trainingImages: train.count,
        prices,
      });
    },
  );
}

function withoutUndefined<T extends { readonly jobName?: string | undefined }>(
  job: T,
): Omit<T, "jobName"> & { jobName?: string } {
  const { jobName, ...rest } = job;
  return jobName === undefined ? rest : { ...rest, jobName };
}
