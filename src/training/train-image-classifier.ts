import { CreateTrainingJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../core/abort.js";
import type { TrainedModel } from "../core/contracts.js";
import { parseOptions } from "../core/options.js";
import { useClient } from "../core/use-client.js";
import { type FollowTrainingOptions, followFields } from "./follow/follow-options.js";
import { followTrainingJob } from "./follow/follow-training-job.js";
import { formatLabelTags } from "./follow/label-tags.js";
import { stopQuietly } from "./follow/stop-quietly.js";
import { readTrainingResult } from "./follow/training-result.js";
import { buildTrainingJobRequest, type TrainingJobOptions, trainingJobFields } from "./training-request.js";

/** Options of {@link trainImageClassifier}. */
export interface TrainImageClassifierOptions extends TrainingJobOptions, FollowTrainingOptions {
  /** Milliseconds to wait for the job at most. @defaultValue the job's runtime limit and half an hour */
  readonly timeoutMs?: number;
}

const HALF_AN_HOUR_MS = 1_800_000;
/** The algorithm's own. */
const DEFAULT_EPOCHS = 30;

const OptionsSchema = z.strictObject({ ...trainingJobFields, ...followFields });

/**
 * Trains SageMaker's built-in image-classification algorithm (a ResNet) on a staged data set and follows the job to
 * its end. It starts one training job, which AWS bills by the second until it ends; an abort stops the job unless
 * `onAbort` says otherwise. Needs `sagemaker:CreateTrainingJob`, `DescribeTrainingJob`, `StopTrainingJob`, `AddTags`
 * and `iam:PassRole` for the role; for the epochs `logs:DescribeLogStreams` and `logs:GetLogEvents`, and the package
 * `@aws-sdk/client-cloudwatch-logs`. A question for the status that fails in passing is asked again. What does not pass,
 * such as expired credentials, arrives as AWS's own error after an event `leftRunning`: the job goes on then.
 *
 * @param options - See {@link TrainImageClassifierOptions}.
 * @returns The model: its artifact in S3, the image that serves it, its labels, its epochs and what it cost.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong; nothing was started.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
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
  const { timeoutMs, clients, signal, onProgress, pollIntervalMs, onAbort, logs, prices, ...job } = parseOptions(
    "trainImageClassifier",
    OptionsSchema,
    options,
  );
  const follow = { pollIntervalMs, onAbort, logs, prices };
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const region = await client.config.region();
      const request = buildTrainingJobRequest({ ...withoutUndefined(job), region });
      const trainingJobName = request.TrainingJobName ?? "";
      const { labels, imageShape, train } = job.dataset;
      request.Tags = [...(request.Tags ?? []), ...formatLabelTags(labels)];
      await abortable(signal, (send) => client.send(new CreateTrainingJobCommand(request), send)).catch(
        async (error: unknown) => {
          // Whether AWS took the request before the abort is not known. Only a name of our own is surely ours.
          const isOurs = job.jobName === undefined && signal?.aborted === true;
          if (isOurs && follow.onAbort === "stop") await stopQuietly(client, trainingJobName);
          throw error;
        },
      );
      onProgress?.({ type: "created", trainingJobName });

      const followed = await followTrainingJob(client, {
        ...follow,
        trainingJobName,
        timeoutMs: timeoutMs ?? job.maxRuntimeSeconds * 1000 + HALF_AN_HOUR_MS,
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
        prices: follow.prices,
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
