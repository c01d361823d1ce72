import { ServiceError, validationError } from "../service-error.js";
import type { EpochReport } from "../training/train-network.js";
import { formatLogLine } from "./algorithm-log.js";
import { checkTrainingJob } from "./check-training-job.js";
import { describeTrainingJob, lastChange, summarizeTrainingJob } from "./describe-training-job.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { type ListRequest, listResources } from "./list-resources.js";
import type { Tag } from "./tags.js";
import { runTrainingContainer } from "./training-container.js";
import { type ChannelConfig, ContainerFailure } from "./training-data.js";

/** A CreateTrainingJob request after its shape was checked. @internal */
export interface CreateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification?: { readonly TrainingImage?: string; readonly TrainingInputMode: string };
  readonly InputDataConfig?: readonly ChannelConfig[];
  readonly OutputDataConfig: { readonly S3OutputPath: string };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds?: number; readonly MaxWaitTimeInSeconds?: number };
  readonly CheckpointConfig?: { readonly S3Uri: string };
  readonly EnableManagedSpotTraining?: boolean;
  readonly Tags?: readonly Tag[];
}

interface Transition {
  readonly status: string;
  readonly start: Date;
  end?: Date;
}

/** A training job, whatever its status. @internal */
export interface TrainingJob {
  readonly request: CreateTrainingJobRequest;
  readonly arn: string;
  readonly created: Date;
  readonly controller: AbortController;
  readonly transitions: Transition[];
  status: "InProgress" | "Stopping" | "Stopped" | "Completed" | "Failed";
  started?: Date;
  ended?: Date;
  artifact?: string;
  failureReason?: string;
  lastEpoch?: { readonly report: EpochReport; readonly time: Date };
  done: Promise<void>;
}

/** The local training jobs: they are accepted, run in worker threads, and are described as SageMaker does. @internal */
export class TrainingJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #jobs = new Map<string, TrainingJob>();

  /** @param environment - What the job works with. */
  constructor(environment: SageMakerEnvironment) {
    this.#environment = environment;
  }

  /** Accepts a job and starts it. */
  async create(request: CreateTrainingJobRequest): Promise<unknown> {
    await checkTrainingJob(this.#environment.objects, request);
    const arn = resourceArn(this.#environment, "training-job", request.TrainingJobName);
    if (this.#jobs.has(request.TrainingJobName)) {
      throw new ServiceError(
        400,
        "ResourceInUse",
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
      );
    }
    const job: TrainingJob = {
      request,
      arn,
      created: this.#environment.now(),
      controller: new AbortController(),
      transitions: [],
      status: "InProgress",
      done: Promise.resolve(),
    };
    this.#jobs.set(request.TrainingJobName, job);
    this.#environment.tags.create(arn, request.Tags);
    this.#enter(job, "Starting");
    job.done = this.#run(job);
    return { TrainingJobArn: arn };
  }

  /** Describes a job. */
  describe({ TrainingJobName }: { readonly TrainingJobName: string }): unknown {
    return describeTrainingJob(this.#find(TrainingJobName));
  }

  /** Lists the jobs. */
  list(request: ListRequest): unknown {
    const resources = [...this.#jobs].map(([name, job]) => {
      const { created, status } = job;
      return { name, created, changed: lastChange(job), status, summary: summarizeTrainingJob(job) };
    });
    const { summaries, NextToken } = listResources(resources, request, "Ascending");
    return { TrainingJobSummaries: summaries, NextToken };
  }

  /** Stops a job that runs. */
  stop({ TrainingJobName }: { readonly TrainingJobName: string }): unknown {
    const job = this.#find(TrainingJobName);
    if (job.status !== "InProgress") {
      throw validationError(
        `The request was rejected because the training job is in status ${job.status}. Only a job in status InProgress can be stopped.`,
      );
    }
    job.status = "Stopping";
    this.#enter(job, "Stopping");
    job.controller.abort();
    return {};
  }

  /** Ends every job and waits until no worker is left. */
  async close(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.controller.abort();
    await Promise.all(jobs.map((job) => job.done));
  }

  #find(name: string): TrainingJob {
    const job = this.#jobs.get(name);
    if (job === undefined) throw validationError("Requested resource not found.");
    return job;
  }

  async #run(job: TrainingJob): Promise<void> {
    const limit = (job.request.StoppingCondition?.MaxRuntimeInSeconds ?? 86_400) * 1000;
    let isOverTime = false;
    const timer = setTimeout(
      () => {
        isOverTime = true;
        job.controller.abort();
      },
      Math.min(limit, 2 ** 31 - 1),
    );
    timer.unref();
    try {
      job.started = this.#environment.now();
      this.#log(job, "Docker entrypoint called with argument(s): train");
      job.artifact = await runTrainingContainer(this.#environment, {
        jobName: job.request.TrainingJobName,
        hyperParameters: job.request.HyperParameters ?? {},
        channels: job.request.InputDataConfig ?? [],
        outputPath: job.request.OutputDataConfig.S3OutputPath,
        checkpointUri: job.request.CheckpointConfig?.S3Uri,
        signal: job.controller.signal,
        onPhase: (phase) => this.#enter(job, phase),
        onEpoch: (report) => {
          job.lastEpoch = { report, time: this.#environment.now() };
        },
        log: (line, level) => this.#log(job, formatLogLine(this.#environment.now(), line, level)),
      });
      // A job that is stopped while it uploads is Stopped, although its artifact is there.
      if (job.controller.signal.aborted) this.#end(job, "Stopped", isOverTime ? "MaxRuntimeExceeded" : "Stopped");
      else this.#end(job, "Completed", "Completed");
    } catch (error) {
      if (job.controller.signal.aborted) {
        this.#end(job, "Stopped", isOverTime ? "MaxRuntimeExceeded" : "Stopped");
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      job.failureReason = error instanceof ContainerFailure ? message : `InternalServerError: ${message}`;
      this.#log(job, formatLogLine(this.#environment.now(), message, "ERROR"));
      this.#end(job, "Failed", "Failed");
    } finally {
      clearTimeout(timer);
    }
  }

  #enter(job: TrainingJob, status: string): void {
    const now = this.#environment.now();
    const last = job.transitions.at(-1);
    if (last) last.end = now;
    job.transitions.push({ status, start: now });
  }

  #end(job: TrainingJob, status: TrainingJob["status"], secondaryStatus: string): void {
    this.#enter(job, secondaryStatus);
    job.status = status;
    job.ended = this.#environment.now();
  }

  #log(job: TrainingJob, message: string): void {
    const stream = `${job.request.TrainingJobName}/algo-1-${Math.floor(epochSeconds(job.created))}`;
    const timestamp = this.#environment.now();
    this.#environment.log({ logGroup: "/aws/sagemaker/TrainingJobs", logStream: stream, timestamp, message });
  }
}
