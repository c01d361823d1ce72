import {
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTagsCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../core/abort.js";
import { LabelsSchema, type TrainedModel } from "../core/contracts.js";
import { ResourceNameSchema } from "../core/names.js";
import { InvalidOptionsError, parseOptions } from "../core/options.js";
import { useClient } from "../core/use-client.js";
import { type FollowTrainingOptions, followFields } from "./follow/follow-options.js";
import { followTrainingJob } from "./follow/follow-training-job.js";
import { parseLabelTags } from "./follow/label-tags.js";
import { readTrainingResult } from "./follow/training-result.js";
import { TrainingJobError } from "./training-errors.js";

/** Options of {@link attachTrainingJob}. */
export interface AttachTrainingJobOptions extends Omit<FollowTrainingOptions, "onAbort"> {
  /** Name of the training job. */
  readonly trainingJobName: string;
  /**
   * Class names in label order. @defaultValue what `trainImageClassifier` wrote into the job's tags, else `class 0`,
   * `class 1` and so on
   */
  readonly labels?: readonly string[];
  /** Number of training images in the data set; with it a wrong num_training_samples is told. @defaultValue not known */
  readonly trainingImages?: number;
  /** Whether an abort, or a wait that takes too long, stops the job on AWS or leaves it running. @defaultValue `"leave"` */
  readonly onAbort?: "stop" | "leave";
}

const OptionsSchema = z.strictObject({
  ...followFields,
  trainingJobName: ResourceNameSchema.min(1),
  labels: LabelsSchema.optional(),
  trainingImages: z.int().min(1).optional(),
  onAbort: z.enum(["stop", "leave"]).default("leave"),
});

const HALF_AN_HOUR_MS = 1_800_000;
const DEFAULT_RUNTIME_SECONDS = 86_400;

/**
 * Follows a training job of the image-classification algorithm that was started elsewhere, or earlier, to its end; one that is
 * over gives its result at once. Shape and number of classes come from the job's hyper-parameters. Needs
 * `sagemaker:DescribeTrainingJob` and, unless `labels` is given, `ListTags`; for the epochs `logs:DescribeLogStreams` and
 * `logs:GetLogEvents`.
 *
 * @param options - See {@link AttachTrainingJobOptions}.
 * @returns The model, as `trainImageClassifier` returns it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong, or the labels are not as many as the classes.
 * @throws {@link TrainingJobError} `TRAINING_JOB_FOREIGN` when the job is of another algorithm.
 * @throws {@link TrainingJobError} `TRAINING_JOB_FAILED` when the job failed, with SageMaker's reason and the last lines of its log.
 * @throws {@link TrainingJobError} `TRAINING_JOB_STOPPED` when the job was stopped or met its runtime limit.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when the job did not end in time.
 *
 * @example
 * ```ts
 * import { attachTrainingJob } from "scones-ml/training";
 *
 * const model = await attachTrainingJob({
 *   trainingJobName: "image-classification-2026-11-24-09-30-00-123",
 *   labels: ["bicycle", "motorcycle"],
 *   onProgress: (event) => console.log(event),
 * });
 * console.log(model.bestEpoch?.validationAccuracy, model.cost?.usd);
 * ```
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
 */
export async function attachTrainingJob(options: AttachTrainingJobOptions): Promise<TrainedModel> {
  const { trainingJobName, labels, trainingImages, clients, timeoutMs, ...follow } = parseOptions(
    "attachTrainingJob",
    OptionsSchema,
    options,
  );
  const { signal } = follow;
  return useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const seen = await abortable(signal, (send) =>
        client.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }), send),
      );
      const shape = readShape(trainingJobName, seen);
      if (labels !== undefined && labels.length !== shape.classes) throw wrongLabels(labels.length, shape.classes);
      const names = labels ?? (await readLabels(client, seen, shape.classes, signal));
      const followed = await followTrainingJob(client, {
        ...follow,
        trainingJobName,
        timeoutMs: timeoutMs ?? readLimitMs(seen),
        logsClient: clients.logs,
        plannedEpochs: Number(seen.HyperParameters?.["epochs"] ?? 30),
      });
      return readTrainingResult(followed, {
        trainingJobName,
        image: shape.image,
        labels: names,
        imageShape: shape.imageShape,
        trainingImages,
        prices: follow.prices,
      });
    },
  );
}

/** What the hyper-parameters say; their defaults are those of the algorithm. */
function readShape(trainingJobName: string, seen: DescribeTrainingJobCommandOutput) {
  const image = seen.AlgorithmSpecification?.TrainingImage ?? "";
  const refuse = (reason: string) =>
    new TrainingJobError({
      code: "TRAINING_JOB_FOREIGN",
      message: `Training job ${trainingJobName} is no job of the built-in image-classification algorithm on colour images: ${reason}. Attach to one that is.`,
      details: { trainingJobName, reason },
    });
  if (!/\/image-classification[:@]/.test(image)) throw refuse(`its image is "${image}"`);
  const text = seen.HyperParameters?.["image_shape"] ?? "3,224,224";
  const [, height, width] = /^3,\s*(\d+),\s*(\d+)$/.exec(text) ?? [];
  const classes = Number(seen.HyperParameters?.["num_classes"]);
  if (height === undefined || width === undefined) throw refuse(`its image_shape is "${text}"`);
  if (!Number.isInteger(classes) || classes < 2) throw refuse("it has fewer than two classes");
  return { image, classes, imageShape: { channels: 3 as const, height: Number(height), width: Number(width) } };
}

async function readLabels(
  client: SageMakerClient,
  { TrainingJobArn }: DescribeTrainingJobCommandOutput,
  classes: number,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  // Tags are a help only: without the permission to read them the classes have numbers.
  const page = await abortable(signal, (send) =>
    client.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }), send),
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof Error && /AccessDenied|Validation/.test(error.name)) return undefined;
    throw error;
  });
  const tagged = parseLabelTags(page?.Tags ?? []);
  if (tagged !== undefined && tagged.length === classes && LabelsSchema.safeParse(tagged).success) return tagged;
  return Array.from({ length: classes }, (_, label) => `class ${label}`);
}

function readLimitMs({ StoppingCondition }: DescribeTrainingJobCommandOutput): number {
  const { MaxRuntimeInSeconds = DEFAULT_RUNTIME_SECONDS, MaxWaitTimeInSeconds } = StoppingCondition ?? {};
  return (MaxWaitTimeInSeconds ?? MaxRuntimeInSeconds) * 1000 + HALF_AN_HOUR_MS;
}

function wrongLabels(given: number, classes: number): InvalidOptionsError {
  const message = `must name the ${classes} classes of the job, but names ${given}`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `attachTrainingJob cannot work with these options: labels: ${message}. Correct them and call again.`,
    details: { functionName: "attachTrainingJob", issues: [{ path: "labels", message }] },
  });
}
