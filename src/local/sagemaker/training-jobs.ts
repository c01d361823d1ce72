import { ServiceError, validationError } from "../service-error.js";
import type { EpochReport } from "../training/train-network.js";
import { formatLogLine } from "./algorithm-log.js";
import { checkTrainingJob } from "./check-training-job.js";
import { describeTrainingJob, lastChange, summarizeTrainingJob } from "./describe-training-job.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { TrainingJobSchema } from "./job-schemas.js";
import { INTERRUPTED, type Job, JobTable } from "./job-table.js";
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
  readonly ResourceConfig?: { readonly InstanceCount?: number };
  readonly VpcConfig?: unknown;
  readonly Environment?: unknown;
  readonly RetryStrategy?: unknown;
  readonly Tags?: readonly Tag[];
}

interface Transition {
  readonly status: string;
  readonly start: Date;
  end?: Date;
}

/** A training job, whatever its status. @internal */
export interface TrainingJob extends Job {
  readonly request: CreateTrainingJobRequest;
  readonly created: Date;
  readonly transitions: Transition[];
  /** ARN of the tuning job that started it, where one did. */
  readonly tuningArn?: string;
  started?: Date;
  ended?: Date;
  artifact?: string;
  lastEpoch?: { readonly report: Pick<EpochReport, "trainAccuracy" | "validationAccuracy">; readonly time: Date };
}

/** The local training jobs: they are accepted, run in worker threads, and are described as SageMaker does. @internal */
export class TrainingJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #jobs: JobTable<TrainingJob>;

  /** @param environment - What the job works with. */
  constructor(environment: SageMakerEnvironment) {
    this.#environment = environment;
    this.#jobs = new JobTable({
      jobs: environment.records("training-jobs", TrainingJobSchema),
      kind: "training job",
      missing: () => validationError("Requested resource not found."),
      log: (job, line) => this.#log(job, formatLogLine(environment.now(), line, "ERROR")),
    });
    for (const { arn } of this.#jobs.all) environment.tags.restore(arn);
    for (const job of this.#jobs.interrupted) {
      if (job.status === "Stopping") this.#end(job, "Stopped", "Stopped");
      else this.#fail(job, INTERRUPTED);
    }
  }

  /** Accepts a job and starts it; one of a tuning job carries that one's ARN. */
  async create(request: CreateTrainingJobRequest, tuningArn?: string): Promise<unknown> {
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
      name: request.TrainingJobName,
      request,
      arn,
      created: this.#environment.now(),
      controller: new AbortController(),
      transitions: [],
      status: "InProgress",
      done: Promise.resolve(),
      ...(tuningArn === undefined ? {} : { tuningArn }),
    };
    this.#environment.tags.create(arn, request.Tags);
    this.#enter(job, "Starting");
    this.#jobs.run(job, () => this.#run(job));
    return { TrainingJobArn: arn };
  }

  /** Whether there is a job of the name. */
  has(name: string): boolean {
    return this.#jobs.has(name);
  }

  /** Finds a job, or refuses as SageMaker does. */
  find(name: string): TrainingJob {
    return this.#jobs.find(name);
  }

  /** Describes a job. */
  describe({ TrainingJobName }: { readonly TrainingJobName: string }): unknown {
    return describeTrainingJob(this.#jobs.find(TrainingJobName));
  }

  /** Lists the jobs. */
  list(request: ListRequest): unknown {
    const resources = this.#jobs.all.map((job) => {
      const { name, created, status } = job;
      return { name, created, changed: lastChange(job), status, summary: summarizeTrainingJob(job) };
    });
    const { summaries, NextToken } = listResources(resources, request, "Ascending");
    return { TrainingJobSummaries: summaries, NextToken };
  }

  /** Stops a job that runs. */
  stop({ TrainingJobName }: { readonly TrainingJobName: string }): unknown {
    return this.#jobs.stop(TrainingJobName, (job) => {
      job.status = "Stopping";
      this.#enter(job, "Stopping");
    });
  }

  /** Ends every job and waits until no worker is left. */
  close(): Promise<void> {
    return this.#jobs.close();
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
      await this.#environment.hold("CreateTrainingJob", job.controller.signal);
      job.started = this.#environment.now();
      this.#log(job, "Docker entrypoint called with argument(s): train");
      const without = findUnused(job.request);
      if (without.length > 0) {
        const line = `The local AWS trains on one machine, without a use for: ${without.join(", ")}`;
        this.#log(job, formatLogLine(this.#environment.now(), line));
      }
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
          this.#jobs.keep(job);
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
      this.#fail(job, error instanceof ContainerFailure ? message : `InternalServerError: ${message}`);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(job: TrainingJob, reason: string): void {
    job.failureReason = reason;
    this.#log(job, formatLogLine(this.#environment.now(), reason, "ERROR"));
    this.#end(job, "Failed", "Failed");
  }

  #end(job: TrainingJob, status: TrainingJob["status"], secondaryStatus: string): void {
    job.status = status;
    job.ended = this.#environment.now();
    this.#enter(job, secondaryStatus);
  }

  /** Begins a phase. Nobody sees a job before it is kept: nothing else runs in between. */
  #enter(job: TrainingJob, status: string): void {
    const now = this.#environment.now();
    const last = job.transitions.at(-1);
    if (last) last.end = now;
    job.transitions.push({ status, start: now });
    this.#jobs.keep(job);
  }

  #log(job: TrainingJob, message: string): void {
    const stream = `${job.request.TrainingJobName}/algo-1-${Math.floor(epochSeconds(job.created))}`;
    const timestamp = this.#environment.now();
    this.#environment.log({ logGroup: "/aws/sagemaker/TrainingJobs", logStream: stream, timestamp, message });
  }
}

/** What a job asks for and the local AWS accepts, but has no use for. */
function findUnused(request: CreateTrainingJobRequest): readonly string[] {
  const { InstanceCount = 1 } = request.ResourceConfig ?? {};
  const fields = (["VpcConfig", "Environment", "RetryStrategy"] as const).filter((name) => request[name] !== undefined);
  return InstanceCount > 1 ? ["InstanceCount", ...fields] : fields;
}
