import {
  type CreateModelCommandInput,
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  SageMakerClient,
  StopTransformJobCommand,
  type TransformInstanceType,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import { type TrainedModel, TrainedModelSchema } from "../../core/contracts.js";
import { createResourceName, ResourceNameSchema, RoleArnSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { isRefusal } from "../../core/refusal.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";

import { CreatedResources, createServing } from "./created-resources.js";
import type { ResourceCleanupEvent, ResourceStatusEvent } from "./deploy-endpoint.js";

import { EndpointError } from "./endpoint-error.js";
import { TAG } from "./lease.js";

/** What `runBatchTransform` tells while it works: each status of the job, and that the model made for it was deleted. */
export type BatchProgressEvent = ResourceStatusEvent | ResourceCleanupEvent;

/** Options of {@link runBatchTransform}. */
export interface BatchTransformOptions {
  /** The trained model, of which a model is made for this job and deleted at its end; or the name of one that SageMaker has. */
  readonly model: TrainedModel | string;
  /** ARN of the IAM role that reads the artifact, the images and writes the answers; for a trained model. */
  readonly roleArn?: string;
  /** `s3://` prefix of the images; each object below it is one request. */
  readonly input: string;
  /** `s3://` prefix that receives `{key below the input}.out`. */
  readonly output: string;
  /** `s3://` prefix that receives the manifests of inputs and outputs; without it nothing is captured. */
  readonly capture?: string;
  /** What the images are. @defaultValue `"image/png"` */
  readonly contentType?: string;
  /** Kind of machine. @defaultValue `"ml.m5.xlarge"` */
  readonly instanceType?: string;
  /** Number of machines. @defaultValue `1` */
  readonly instanceCount?: number;
  /** Name of the job. @defaultValue a new name that begins with `scones` */
  readonly jobName?: string;
  /** Milliseconds to wait for the end. @defaultValue `7200000` */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions. @defaultValue a tenth of the time waited, 0.1 to 30 s */
  readonly pollIntervalMs?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: SageMakerClients;
  /** Gives up and stops the job; what it has written stays. */
  readonly signal?: AbortSignal;
  /** Is told each step. */
  readonly onProgress?: (event: BatchProgressEvent) => void;
}

/** A finished batch transform: what `readBatchOutputs` takes. */
export interface BatchTransform {
  /** Name of the job. */
  readonly jobName: string;
  /** `s3://` prefix of the images. */
  readonly input: string;
  /** `s3://` prefix of the answers. */
  readonly output: string;
  /** Class names in label order, where a trained model told them. */
  readonly labels?: readonly string[];
}

const locationSchema = z
  .string()
  .max(1024)
  .regex(/^s3:\/\/[^/]+(\/.*)?$/s, "must be an S3 location such as s3://bucket/images/");

const OptionsSchema = z
  .strictObject({
    model: z.union([TrainedModelSchema, ResourceNameSchema.min(1)]),
    roleArn: RoleArnSchema.optional(),
    input: locationSchema,
    output: locationSchema,
    capture: locationSchema.optional(),
    contentType: z.string().min(1).max(256).default("image/png"),
    instanceType: z.string().startsWith("ml.", "must be a SageMaker instance type").default("ml.m5.xlarge"),
    instanceCount: z.int().min(1).default(1),
    jobName: ResourceNameSchema.min(1).optional(),
    timeoutMs: z.number().positive().default(7_200_000),
    pollIntervalMs: z.number().positive().optional(),
    clients: z.object({ sagemaker: clientSchema<SageMakerClient>("SageMakerClient").optional() }).prefault({}),
    signal: signalSchema.optional(),
    onProgress: callbackSchema<(event: BatchProgressEvent) => void>().optional(),
  })
  .refine(({ model, roleArn }) => typeof model === "string" || roleArn !== undefined, {
    path: ["roleArn"],
    message: "needed for a trained model, whose artifact the job reads as this role",
  });

/**
 * Asks a model about every image below a prefix, without an endpoint, and waits for the end. AWS bills the machines of the
 * job for its time. Of a trained model it makes a model of SageMaker first, and deletes that at the end, however it ends.
 * Needs `sagemaker:CreateTransformJob`, `DescribeTransformJob`, `StopTransformJob` and `AddTags`; for a trained model also
 * `CreateModel`, `DeleteModel` and `iam:PassRole`.
 *
 * @param options - See {@link BatchTransformOptions}.
 * @returns What `readBatchOutputs` needs.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link EndpointError} `TRANSFORM_JOB_FAILED` when the job failed or was stopped; what it has written stays.
 * @throws {@link WaitTimeoutError} `WAIT_TIMEOUT` when it took too long; the job is stopped.
 *
 * @example
 * ```ts
 * import { readBatchOutputs, runBatchTransform } from "scones-ml/inference";
 *
 * const batch = await runBatchTransform({ model: "scones-1", input: "s3://scones/test/", output: "s3://scones/answers" });
 * for await (const { inputKey, prediction } of readBatchOutputs({ batch })) console.log(inputKey, prediction?.confidence);
 * ```
 */
export async function runBatchTransform(options: BatchTransformOptions): Promise<BatchTransform> {
  const parsed = parseOptions("runBatchTransform", OptionsSchema, options);
  const { clients, signal, onProgress, model, input, output } = parsed;
  const jobName = parsed.jobName ?? createResourceName("scones");
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      const created = new CreatedResources(client);
      try {
        if (typeof model !== "string")
          await createServing(created, client, { models: [buildModel(parsed, model, jobName)] }, signal);
        await runJob(client, jobName, parsed);
      } finally {
        const { removed, left } = await created.removeAll();
        if (created.count > 0) onProgress?.({ type: "cleanup", removed, left });
      }
    },
  );
  return { jobName, input, output, ...(typeof model === "string" ? {} : { labels: model.labels }) };
}

type Resolved = z.output<typeof OptionsSchema>;

const TAGS = [{ Key: TAG.createdBy, Value: "scones-ml" }];

/** The model is named like the job, so that both are found together. */
function buildModel(
  { roleArn }: Resolved,
  { image, artifact }: TrainedModel,
  ModelName: string,
): CreateModelCommandInput {
  return {
    ModelName,
    ExecutionRoleArn: roleArn,
    PrimaryContainer: { Image: image, ModelDataUrl: artifact },
    Tags: TAGS,
  };
}

function buildJob(TransformJobName: string, job: Resolved): CreateTransformJobCommandInput {
  return {
    TransformJobName,
    ModelName: typeof job.model === "string" ? job.model : TransformJobName,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: job.input } },
      ContentType: job.contentType,
    },
    TransformOutput: { S3OutputPath: job.output, Accept: "application/json" },
    TransformResources: {
      InstanceType: job.instanceType as TransformInstanceType,
      InstanceCount: job.instanceCount,
    },
    ...(job.capture === undefined ? {} : { DataCaptureConfig: { DestinationS3Uri: job.capture } }),
    Tags: TAGS,
  };
}

/** Starts the job and waits for its end; stops it when the wait ends before the job does. */
async function runJob(client: SageMakerClient, TransformJobName: string, job: Resolved): Promise<void> {
  const { signal, timeoutMs, pollIntervalMs } = job;
  let lastStatus: string | undefined;
  const check = async () => {
    const seen = await abortable(signal, (send) =>
      client.send(new DescribeTransformJobCommand({ TransformJobName }), send),
    );
    const status = seen.TransformJobStatus ?? "InProgress";
    if (status !== lastStatus) job.onProgress?.({ type: "status", status });
    lastStatus = status;
    if (status === "Failed" || status === "Stopped") throw jobFailed(TransformJobName, status, seen.FailureReason);
    return status === "Completed" ? true : undefined;
  };
  const onTimeout = (elapsed: number) =>
    waitTimeout(`transform job ${TransformJobName}`, elapsed, lastStatus, "The job is being stopped.");
  const create = new CreateTransformJobCommand(buildJob(TransformJobName, job));
  // Nothing runs under this name yet where the signal has fired before.
  signal?.throwIfAborted();
  try {
    await abortable(signal, (send) => client.send(create, send));
    await poll({ timeoutMs, intervalMs: pollIntervalMs, signal, check, onTimeout });
  } catch (error) {
    // A refused create may name somebody else's job. Stopping may be refused because nothing runs any more: as wanted.
    const isRefused = lastStatus === undefined && isRefusal(error);
    if (!isRefused && lastStatus !== "Failed" && lastStatus !== "Stopped") {
      await client.send(new StopTransformJobCommand({ TransformJobName })).catch(() => undefined);
    }
    throw error;
  }
}

function jobFailed(jobName: string, status: string, reason: string | undefined): EndpointError {
  return new EndpointError({
    code: "TRANSFORM_JOB_FAILED",
    message: `Transform job ${jobName} ended as ${status}: ${reason ?? "SageMaker gives no reason"}. What it has written stays; readBatchOutputs tells which images lack an answer.`,
    details: { jobName, status, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}
