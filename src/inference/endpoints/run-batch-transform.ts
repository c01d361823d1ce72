import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
  StopTransformJobCommand,
  type TransformInstanceType,
} from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { SageMakerClients } from "../../core/clients.js";
import { createResourceName, ResourceNameSchema } from "../../core/names.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { poll } from "../../core/poll.js";
import { useClient } from "../../core/use-client.js";
import { waitTimeout } from "../../core/wait-timeout.js";
import { isRefusal } from "./created-resources.js";
import { EndpointError } from "./endpoint-error.js";
import { TAG } from "./lease.js";

/** Options of {@link runBatchTransform}. */
export interface BatchTransformOptions {
  /** Name of a model that SageMaker has. */
  readonly modelName: string;
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
  /** Is told each status of the job. */
  readonly onProgress?: (event: { readonly type: "status"; readonly status: string }) => void;
}

/** A finished batch transform: what `readBatchOutputs` takes. */
export interface BatchTransform {
  /** Name of the job. */
  readonly jobName: string;
  /** `s3://` prefix of the images. */
  readonly input: string;
  /** `s3://` prefix of the answers. */
  readonly output: string;
}

const locationSchema = z
  .string()
  .max(1024)
  .regex(/^s3:\/\/[^/]+(\/.*)?$/s, "must be an S3 location such as s3://bucket/images/");

const OptionsSchema = z.strictObject({
  modelName: ResourceNameSchema.min(1),
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
  onProgress: callbackSchema<(event: { readonly type: "status"; readonly status: string }) => void>().optional(),
});

/**
 * Asks a model about every image below a prefix, without an endpoint, and waits for the end. AWS bills the machines of the
 * job for its time. Needs `sagemaker:CreateTransformJob`, `DescribeTransformJob`, `StopTransformJob` and `AddTags`.
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
 * const batch = await runBatchTransform({ modelName: "scones-1", input: "s3://scones/test/", output: "s3://scones/answers" });
 * for await (const { inputKey, prediction } of readBatchOutputs({ batch })) console.log(inputKey, prediction?.confidence);
 * ```
 */
export async function runBatchTransform(options: BatchTransformOptions): Promise<BatchTransform> {
  const { clients, signal, onProgress, timeoutMs, pollIntervalMs, ...job } = parseOptions(
    "runBatchTransform",
    OptionsSchema,
    options,
  );
  const TransformJobName = job.jobName ?? createResourceName("scones");
  const command = new CreateTransformJobCommand({
    TransformJobName,
    ModelName: job.modelName,
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
    Tags: [{ Key: TAG.createdBy, Value: "scones-ml" }],
  });
  await useClient(
    clients.sagemaker,
    () => new SageMakerClient({}),
    async (client) => {
      let lastStatus: string | undefined;
      const check = async () => {
        const seen = await abortable(signal, (send) =>
          client.send(new DescribeTransformJobCommand({ TransformJobName }), send),
        );
        const status = seen.TransformJobStatus ?? "InProgress";
        if (status !== lastStatus) onProgress?.({ type: "status", status });
        lastStatus = status;
        if (status === "Failed" || status === "Stopped") throw jobFailed(TransformJobName, status, seen.FailureReason);
        return status === "Completed" ? true : undefined;
      };
      try {
        await abortable(signal, (send) => client.send(command, send));
        await poll({
          timeoutMs,
          intervalMs: pollIntervalMs,
          signal,
          check,
          onTimeout: (elapsed) =>
            waitTimeout(`transform job ${TransformJobName}`, elapsed, lastStatus, "The job is being stopped."),
        });
      } catch (error) {
        // A refused create may name somebody else's job. Stopping may be refused because nothing runs any more: as wanted.
        const isRefused = lastStatus === undefined && isRefusal(error);
        if (!isRefused && lastStatus !== "Failed" && lastStatus !== "Stopped") {
          await client.send(new StopTransformJobCommand({ TransformJobName })).catch(() => undefined);
        }
        throw error;
      }
    },
  );
  return { jobName: TransformJobName, input: job.input, output: job.output };
}

function jobFailed(jobName: string, status: string, reason: string | undefined): EndpointError {
  return new EndpointError({
    code: "TRANSFORM_JOB_FAILED",
    message: `Transform job ${jobName} ended as ${status}: ${reason ?? "SageMaker gives no reason"}. What it has written stays; readBatchOutputs tells which images lack an answer.`,
    details: { jobName, status, ...(reason === undefined ? {} : { failureReason: reason }) },
  });
}
