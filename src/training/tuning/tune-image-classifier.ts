import { CreateHyperParameterTuningJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { TrainedModel } from "../../core/contracts.js";
import { callbackSchema, parseOptions } from "../../core/options.js";
import type { CostEstimate } from "../../core/training-record.js";
import { useClient } from "../../core/use-client.js";
import { type FollowTrainingOptions, followFields } from "../follow/follow-options.js";
import { followTrainingJob } from "../follow/follow-training-job.js";
import { formatLabelTags } from "../follow/label-tags.js";
import { readTrainingResult } from "../follow/training-result.js";
import { buildTuningJobRequest, type TuningJobOptions, tuningJobFields } from "./build-tuning-job-request.js";
import { estimateTuningCost, type FollowedTuning, followTuningJob, stopTuningQuietly } from "./follow-tuning-job.js";
import { describeTunedJob } from "./list-tuned-jobs.js";
import { TuningJobError } from "./tuning-errors.js";
import type { TunedJob, TuningProgressEvent } from "./tuning-progress.js";

/** Options of {@link tuneImageClassifier}. */
export interface TuneImageClassifierOptions extends TuningJobOptions, Omit<FollowTrainingOptions, "onProgress"> {
  /**
   * Milliseconds to wait for the tuning job at most. @defaultValue the runtime limit of its training jobs, one after
   * the other in as many lanes as run at once, and half an hour
   */
  readonly timeoutMs?: number;
  /** Is told the training jobs, what their logs tell, and estimates. An error that it throws ends the wait only. */
  readonly onProgress?: (event: TuningProgressEvent) => void;
}

/** The best model of a tuning job: a trained model like any other, and how it was found. */
export interface TunedModel extends TrainedModel {
  /** How it was found. */
  readonly tuning: {
    /** Name of the tuning job. */
    readonly tuningJobName: string;
    /** ARN of the tuning job. */
    readonly tuningJobArn: string;
    /** The hyper-parameters that were chosen for this model, by the algorithm's names and as text. */
    readonly hyperparameters: Readonly<Record<string, string>>;
    /** Every training job, in the order in which they were started. */
    readonly jobs: readonly TunedJob[];
    /** What all training jobs together cost, estimated; absent where the price is not known. */
    readonly cost?: CostEstimate;
  };
}

const OptionsSchema = z.strictObject({
  ...tuningJobFields,
  ...followFields,
  onProgress: callbackSchema<(event: TuningProgressEvent) => void>().optional(),
});

const HALF_AN_HOUR_MS = 1_800_000;
const DEFAULT_EPOCHS = 30;
const MOST_TAGS = 50;
/** The best training job is over; only its log is still to be read. */
const BEST_JOB_MS = 300_000;

/**
 * Looks for good hyper-parameters: SageMaker runs training jobs with values out of the ranges, and the one with the highest
 * `validation:accuracy` is the result. It starts one tuning job; AWS bills each training job, `maxJobs` at most. An abort
 * stops all of them unless `onAbort` says otherwise. Needs `sagemaker:CreateHyperParameterTuningJob`,
 * `DescribeHyperParameterTuningJob`, `StopHyperParameterTuningJob`, `ListTrainingJobsForHyperParameterTuningJob`,
 * `DescribeTrainingJob`, `AddTags` and `iam:PassRole` for the role; for the epochs the same as `trainImageClassifier`.
 *
 * @param options - See {@link TuneImageClassifierOptions}.
 * @returns The best model, and every training job that was run.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option or a range is wrong; nothing was started.
 * @throws {@link AlgorithmImageError} `REGION_UNSUPPORTED` when the algorithm is not offered in the region.
 * @throws {@link TuningJobError} `TUNING_JOB_FAILED` when no training job completed, with SageMaker's reason.
 * @throws {@link TuningJobError} `TUNING_JOB_STOPPED` when the tuning job was stopped.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the tuning job did not end in time.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { tuneImageClassifier } from "scones-ml/training";
 *
 * export async function tune(dataset: StagedDataset) {
 *   const model = await tuneImageClassifier({
 *     dataset,
 *     roleArn: "arn:aws:iam::123456789012:role/scones",
 *     output: "s3://scones/models/image_model",
 *     ranges: { learningRate: { min: 0.0001, max: 0.1, scale: "logarithmic" }, optimizer: ["sgd", "adam"] },
 *     maxJobs: 8,
 *     onProgress: (event) => console.log(event),
 *   });
 *   console.log(model.tuning.hyperparameters, model.bestEpoch?.validationAccuracy);
 * }
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/IC-tuning.html
 */
export async function tuneImageClassifier(options: TuneImageClassifierOptions): Promise<TunedModel> {
  const { timeoutMs, clients, signal, onProgress, pollIntervalMs, onAbort, logs, prices, ...job } = parseOptions(
    "tuneImageClassifier",
    OptionsSchema,
    options,
  );
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const region = await client.config.region();
      const request = buildTuningJobRequest({ ...job, region });
      const tuningJobName = request.HyperParameterTuningJobName ?? "";
      const { labels, imageShape, train } = job.dataset;
      request.Tags = [...(request.Tags ?? []), ...formatLabelTags(labels)].slice(0, MOST_TAGS);
      signal?.throwIfAborted();
      await abortable(signal, (send) => client.send(new CreateHyperParameterTuningJobCommand(request), send)).catch(
        async (error: unknown) => {
          // Whether AWS took the request before the abort is not known. Only a name of our own is surely ours.
          const isOurs = job.tuningJobName === undefined && signal?.aborted === true;
          if (isOurs && onAbort === "stop") await stopTuningQuietly(client, tuningJobName);
          throw error;
        },
      );
      onProgress?.({ type: "created", tuningJobName });

      const follow = { pollIntervalMs, onAbort, logs, prices, signal, logsClient: clients.logs };
      const plannedEpochs = job.hyperparameters.epochs ?? DEFAULT_EPOCHS;
      const limit = timeoutMs ?? chooseTimeoutMs(job);
      const tuning = await followTuningJob(client, {
        ...follow,
        tuningJobName,
        timeoutMs: limit,
        plannedEpochs,
        onProgress,
      });
      const best = findBest(tuning, tuningJobName);
      const { trainingJobName } = best;
      const followed = await followTrainingJob(client, {
        ...follow,
        trainingJobName,
        timeoutMs: BEST_JOB_MS,
        plannedEpochs,
      });
      const model = readTrainingResult(followed, {
        trainingJobName,
        image: request.TrainingJobDefinition?.AlgorithmSpecification?.TrainingImage ?? "",
        labels,
        imageShape,
        trainingImages: train.count,
        prices,
      });
      const cost = estimateTuningCost(tuning.end, tuning.jobs, prices);
      return {
        ...model,
        tuning: {
          tuningJobName,
          tuningJobArn: tuning.end.HyperParameterTuningJobArn ?? "",
          hyperparameters: best.hyperparameters,
          jobs: tuning.jobs.map(describeTunedJob),
          ...(cost === undefined ? {} : { cost }),
        },
      };
    },
  );
}

function findBest({ end, jobs }: FollowedTuning, tuningJobName: string): TunedJob {
  const name = end.BestTrainingJob?.TrainingJobName;
  const best = jobs.find(({ trainingJobName }) => trainingJobName === name);
  const details = { tuningJobName, ...(name === undefined ? {} : { bestTrainingJobName: name }) };
  if (end.HyperParameterTuningJobStatus === "Stopped") {
    const remedy =
      name === undefined
        ? "No training job had completed."
        : `The best training job so far is ${name}; attachTrainingJob reads it.`;
    throw new TuningJobError({
      code: "TUNING_JOB_STOPPED",
      message: `Tuning job ${tuningJobName} was stopped before it was done. ${remedy}`,
      details,
    });
  }
  if (end.HyperParameterTuningJobStatus === "Completed" && best !== undefined) return best;
  const reason = end.FailureReason ?? jobs.find(({ failureReason }) => failureReason !== undefined)?.failureReason;
  const first = jobs.find(({ failureReason }) => failureReason !== undefined)?.failureReason;
  throw new TuningJobError({
    code: "TUNING_JOB_FAILED",
    message: `Tuning job ${tuningJobName} brought no model: ${reason ?? "no training job completed"}.${first === undefined || first === reason ? "" : ` The first training job that failed says: ${first}`}`,
    details: { ...details, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}

function chooseTimeoutMs(job: {
  readonly maxJobs: number;
  readonly maxParallelJobs: number;
  readonly maxRuntimeSeconds: number;
  readonly spot?: { readonly maxWaitSeconds: number } | undefined;
}): number {
  const rounds = Math.ceil(job.maxJobs / Math.min(job.maxParallelJobs, job.maxJobs));
  return rounds * (job.spot?.maxWaitSeconds ?? job.maxRuntimeSeconds) * 1000 + HALF_AN_HOUR_MS;
}
