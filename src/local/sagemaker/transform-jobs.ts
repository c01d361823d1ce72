import { ServiceError, validationError } from "../service-error.js";
import { instanceId } from "./endpoint-log.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { TransformJobSchema } from "./job-schemas.js";
import { INTERRUPTED, type Job, JobTable } from "./job-table.js";
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

/** A transform job, whatever its status. @internal */
export interface TransformJob extends Job {
  readonly request: CreateTransformJobRequest;
  readonly created: Date;
  changed: Date;
  ended?: Date;
}

type JobName = { readonly TransformJobName: string };

const DEFAULT_PAYLOAD_MB = 6;

/** The local transform jobs: they send the objects of S3 to a model and write its answers to S3. @internal */
export class TransformJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #models: Models;
  readonly #jobs: JobTable<TransformJob>;

  /**
   * @param environment - What the jobs work with.
   * @param models - The models.
   */
  constructor(environment: SageMakerEnvironment, models: Models) {
    this.#environment = environment;
    this.#models = models;
    this.#jobs = new JobTable({
      jobs: environment.records("transform-jobs", TransformJobSchema),
      kind: "transform job",
      missing: (name) =>
        validationError(`Could not find requested job with name: ${name}, in account ${environment.accountId}.`),
      log: (job, line) => this.#log(job, line),
    });
    for (const { arn } of this.#jobs.all) environment.tags.restore(arn);
    for (const job of this.#jobs.interrupted) {
      if (job.status === "Stopping") this.#end(job, "Stopped");
      else this.#fail(job, INTERRUPTED);
    }
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
      name: request.TransformJobName,
      request,
      arn,
      created,
      controller: new AbortController(),
      status: "InProgress",
      changed: created,
      done: Promise.resolve(),
    };
    this.#environment.tags.create(arn, request.Tags);
    this.#jobs.keep(job);
    this.#jobs.run(job, () => this.#run(job));
    return { TransformJobArn: arn };
  }

  /** Describes a job. */
  describe({ TransformJobName }: JobName): unknown {
    const { request, arn, status, created, ended, failureReason } = this.#jobs.find(TransformJobName);
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
    const resources = this.#jobs.all.map(({ name, arn, created, changed, ended, status, failureReason }) => ({
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
    return this.#jobs.stop(TransformJobName, (job) => this.#enter(job, "Stopping"));
  }

  /** Ends every job and waits until none runs. */
  close(): Promise<void> {
    return this.#jobs.close();
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
      await this.#environment.hold("CreateTransformJob", controller.signal);
      await runTransform(this.#environment, {
        input: request.TransformInput,
        output: request.TransformOutput,
        capture: request.DataCaptureConfig,
        maxPayloadBytes: payload * 1024 * 1024,
        created,
        load: async () => {
          const { request: model } = this.#models.findModel(request.ModelName);
          return loadModel(this.#environment, model, `model ${request.ModelName}`);
        },
        signal: controller.signal,
        log,
      });
      this.#end(job, "Completed");
    } catch (error) {
      if (controller.signal.aborted) return this.#end(job, "Stopped");
      const message = error instanceof Error ? error.message : String(error);
      this.#fail(job, error instanceof ContainerFailure ? message : `ClientError: ${message}`);
    }
  }

  #fail(job: TransformJob, reason: string): void {
    job.failureReason = reason;
    this.#log(job, reason);
    this.#end(job, "Failed");
  }

  #end(job: TransformJob, status: TransformJob["status"]): void {
    job.ended = this.#environment.now();
    this.#enter(job, status, job.ended);
  }

  /** Changes the status. Nobody sees a job before it is kept: nothing else runs in between. */
  #enter(job: TransformJob, status: TransformJob["status"], now = this.#environment.now()): void {
    job.status = status;
    job.changed = now;
    this.#jobs.keep(job);
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
