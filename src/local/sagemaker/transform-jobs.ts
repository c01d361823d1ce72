import { ServiceError, validationError } from "../service-error.js";
import { instanceId } from "./endpoint-log.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { type ListRequest, listResources } from "./list-resources.js";
import type { Models } from "./models.js";
import { runTransform } from "./run-transform.js";
import type { Tag } from "./tags.js";
import { ContainerFailure } from "./training-data.js";
import type { BatchCaptureConfig } from "./transform-capture.js";
import type { TransformInput } from "./transform-input.js";
import { loadModel } from "./variant-fleet.js";

/** A CreateTransformJob request after its shape was checked. @internal */
export interface CreateTransformJobRequest {
  readonly TransformJobName: string;
  readonly ModelName: string;
  readonly MaxConcurrentTransforms?: number;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: string;
  readonly TransformInput: TransformInput;
  readonly TransformOutput: {
    readonly S3OutputPath: string;
    readonly Accept?: string;
    readonly AssembleWith?: string;
  };
  readonly DataCaptureConfig?: BatchCaptureConfig;
  readonly DataProcessing?: {
    readonly InputFilter?: string;
    readonly OutputFilter?: string;
    readonly JoinSource?: string;
  };
  readonly Tags?: readonly Tag[];
}

interface TransformJob {
  readonly request: CreateTransformJobRequest;
  readonly arn: string;
  readonly created: Date;
  readonly controller: AbortController;
  status: "InProgress" | "Stopping" | "Stopped" | "Completed" | "Failed";
  changed: Date;
  ended?: Date;
  failureReason?: string;
  done: Promise<void>;
}

type JobName = { readonly TransformJobName: string };

const DEFAULT_PAYLOAD_MB = 6;

/** The local transform jobs: they send the objects of S3 to a model and write its answers to S3. @internal */
export class TransformJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Models;
  readonly #jobs = new Map<string, TransformJob>();

  /**
   * @param environment - What the jobs work with.
   * @param models - The models.
   */
  constructor(environment: SageMakerEnvironment, models: Models) {
    this.#environment = environment;
    this.#models = models;
  }

  /** Accepts a job and starts it. */
  create(request: CreateTransformJobRequest): unknown {
    const arn = resourceArn(this.#environment, "transform-job", request.TransformJobName);
    if (this.#jobs.has(request.TransformJobName)) {
      throw new ServiceError(
        400,
        "ResourceInUse",
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      );
    }
    this.#models.findModel(request.ModelName);
    checkRequest(request);
    const created = this.#environment.now();
    const job: TransformJob = {
      request,
      arn,
      created,
      controller: new AbortController(),
      status: "InProgress",
      changed: created,
      done: Promise.resolve(),
    };
    this.#jobs.set(request.TransformJobName, job);
    this.#environment.tags.create(arn, request.Tags);
    job.done = this.#run(job);
    return { TransformJobArn: arn };
  }

  /** Describes a job. */
  describe({ TransformJobName }: JobName): unknown {
    const { request, arn, status, created, ended, failureReason } = this.#find(TransformJobName);
    return {
      ...request,
      TransformJobArn: arn,
      TransformJobStatus: status,
      FailureReason: failureReason,
      CreationTime: epochSeconds(created),
      TransformStartTime: epochSeconds(created),
      TransformEndTime: ended && epochSeconds(ended),
    };
  }

  /** Lists the jobs. */
  list(request: ListRequest): unknown {
    const resources = [...this.#jobs].map(([name, { arn, created, changed, ended, status, failureReason }]) => ({
      name,
      created,
      changed,
      status,
      summary: {
        TransformJobName: name,
        TransformJobArn: arn,
        CreationTime: epochSeconds(created),
        TransformEndTime: ended && epochSeconds(ended),
        LastModifiedTime: epochSeconds(changed),
        TransformJobStatus: status,
        FailureReason: failureReason,
      },
    }));
    const { summaries, NextToken } = listResources(resources, request);
    return { TransformJobSummaries: summaries, NextToken };
  }

  /** Stops a job that runs. */
  stop({ TransformJobName }: JobName): unknown {
    const job = this.#find(TransformJobName);
    if (job.status !== "InProgress") {
      throw validationError(
        `The request was rejected because the transform job is in status ${job.status}. Only a job in status InProgress can be stopped.`,
      );
    }
    this.#enter(job, "Stopping");
    job.controller.abort();
    return {};
  }

  /** Ends every job and waits until none runs. */
  async close(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.controller.abort();
    await Promise.all(jobs.map((job) => job.done));
  }

  #find(name: string): TransformJob {
    const job = this.#jobs.get(name);
    if (job) return job;
    throw validationError(
      `Could not find requested job with name: ${name}, in account ${this.#environment.accountId}.`,
    );
  }

  async #run(job: TransformJob): Promise<void> {
    const { request, created, controller } = job;
    const log = (line: string) => this.#log(job, line);
    const payload = request.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB;
    const strategy = request.BatchStrategy === "SingleRecord" ? "SINGLE_RECORD" : "MULTI_RECORD";
    log(`MaxConcurrentTransforms=1, MaxPayload=${payload}, BatchStrategy=${strategy}`);
    if (request.DataCaptureConfig?.GenerateInferenceId === true) {
      log("Inference ids are added to JSON objects only: use Accept application/jsonlines to get them.");
    }
    try {
      await runTransform(this.#environment, {
        input: request.TransformInput,
        output: request.TransformOutput,
        capture: request.DataCaptureConfig,
        maxPayloadBytes: payload * 1024 * 1024,
        created,
        load: () => loadModel(this.#environment, this.#models, request.ModelName, `model ${request.ModelName}`),
        signal: controller.signal,
        log,
      });
      this.#end(job, "Completed");
    } catch (error) {
      if (controller.signal.aborted) return this.#end(job, "Stopped");
      const message = error instanceof Error ? error.message : String(error);
      job.failureReason = error instanceof ContainerFailure ? message : `ClientError: ${message}`;
      log(message);
      this.#end(job, "Failed");
    }
  }

  #enter(job: TransformJob, status: TransformJob["status"]): void {
    job.status = status;
    job.changed = this.#environment.now();
  }

  #end(job: TransformJob, status: TransformJob["status"]): void {
    this.#enter(job, status);
    job.ended = job.changed;
  }

  #log({ request, created }: TransformJob, line: string): void {
    const timestamp = this.#environment.now();
    const machine = instanceId(request.TransformJobName);
    const logStream = `${request.TransformJobName}/${machine}-${created.getTime()}/data-log`;
    const message = `${timestamp.toISOString()}:[sagemaker logs]: ${line}`;
    this.#environment.log({ logGroup: "/aws/sagemaker/TransformJobs", logStream, timestamp, message });
  }
}

/** What AWS does with other data, and what a container for single images cannot take. */
function checkRequest({ TransformInput, DataProcessing = {} }: CreateTransformJobRequest): void {
  const { SplitType = "None", DataSource } = TransformInput;
  const { S3DataType } = DataSource.S3DataSource;
  const { InputFilter = "$", OutputFilter = "$", JoinSource = "None" } = DataProcessing;
  if (S3DataType !== "S3Prefix" && S3DataType !== "ManifestFile") {
    throw validationError(`The local AWS transforms an S3Prefix or a ManifestFile; it got ${S3DataType}.`);
  }
  if (SplitType !== "None") {
    throw validationError(`The local AWS takes one image an object: SplitType must be None, it is ${SplitType}.`);
  }
  if (InputFilter !== "$" || OutputFilter !== "$" || JoinSource !== "None") {
    throw validationError("The local AWS has no DataProcessing: images have no fields to filter or join.");
  }
}
