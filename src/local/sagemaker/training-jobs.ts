import { parseS3Uri } from "../../core/s3-uri.js";
import { ServiceError, validationError } from "../service-error.js";
import type { EpochReport } from "../training/train-network.js";
import { epochSeconds, resourceArn, type SageMakerEnvironment } from "./environment.js";
import { runTrainingContainer } from "./training-container.js";
import { type ChannelConfig, ContainerFailure } from "./training-data.js";

/** A CreateTrainingJob request after its shape was checked. @internal */
export interface CreateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification?: { readonly TrainingImage?: string; readonly TrainingInputMode: string };
  readonly InputDataConfig?: readonly ChannelConfig[];
  readonly OutputDataConfig: { readonly S3OutputPath: string };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds?: number };
}

interface Transition {
  readonly status: string;
  readonly message: string;
  readonly start: Date;
  end?: Date;
}

interface Job {
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
  lastEpoch?: EpochReport;
  done: Promise<void>;
}

/** The messages that SageMaker gives with each phase. */
const PHASE_MESSAGES: Readonly<Record<string, string>> = {
  Starting: "Preparing the instances for training",
  Downloading: "Downloading input data",
  Training: "Training image download completed. Training in progress.",
  Uploading: "Uploading generated training model",
  Completed: "Training job completed",
  Failed: "Training job failed",
  Stopping: "Stopping the training job",
  Stopped: "Training job stopped",
  MaxRuntimeExceeded: "Training job runtime exceeded MaxRuntimeInSeconds",
};

/** The local training jobs: they are accepted, run in worker threads, and are described as SageMaker does. @internal */
export class TrainingJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #jobs = new Map<string, Job>();

  /** @param environment - What the job works with. */
  constructor(environment: SageMakerEnvironment) {
    this.#environment = environment;
  }

  /** Accepts a job and starts it. */
  async create(request: CreateTrainingJobRequest): Promise<unknown> {
    await this.#checkRequest(request);
    const arn = resourceArn(this.#environment, "training-job", request.TrainingJobName);
    if (this.#jobs.has(request.TrainingJobName)) {
      throw new ServiceError(
        400,
        "ResourceInUse",
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
      );
    }
    const job: Job = {
      request,
      arn,
      created: this.#environment.now(),
      controller: new AbortController(),
      transitions: [],
      status: "InProgress",
      done: Promise.resolve(),
    };
    this.#jobs.set(request.TrainingJobName, job);
    this.#enter(job, "Starting");
    job.done = this.#run(job);
    return { TrainingJobArn: arn };
  }

  /** Describes a job. */
  describe({ TrainingJobName }: { readonly TrainingJobName: string }): unknown {
    const job = this.#find(TrainingJobName);
    const seconds = job.started && job.ended && Math.ceil((job.ended.getTime() - job.started.getTime()) / 1000);
    return {
      ...job.request,
      TrainingJobArn: job.arn,
      TrainingJobStatus: job.status,
      SecondaryStatus: job.transitions.at(-1)?.status,
      FailureReason: job.failureReason,
      ModelArtifacts: job.artifact === undefined ? undefined : { S3ModelArtifacts: job.artifact },
      CreationTime: epochSeconds(job.created),
      TrainingStartTime: job.started && epochSeconds(job.started),
      TrainingEndTime: job.ended && epochSeconds(job.ended),
      LastModifiedTime: epochSeconds(job.transitions.at(-1)?.start ?? job.created),
      SecondaryStatusTransitions: job.transitions.map(({ status, message, start, end }) => ({
        Status: status,
        StartTime: epochSeconds(start),
        EndTime: end && epochSeconds(end),
        StatusMessage: message,
      })),
      FinalMetricDataList: job.lastEpoch && describeMetrics(job.lastEpoch, this.#environment.now()),
      TrainingTimeInSeconds: seconds,
      BillableTimeInSeconds: seconds,
    };
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

  #find(name: string): Job {
    const job = this.#jobs.get(name);
    if (job === undefined) throw validationError("Requested resource not found.");
    return job;
  }

  async #checkRequest(request: CreateTrainingJobRequest): Promise<void> {
    const image = request.AlgorithmSpecification?.TrainingImage ?? "";
    if (!/\/image-classification:(1|latest)$/.test(image)) {
      throw validationError(
        `The local AWS trains the built-in image-classification algorithm only; it cannot run the image "${image}".`,
      );
    }
    for (const channel of request.InputDataConfig ?? []) {
      const uri = channel.DataSource.S3DataSource?.S3Uri;
      if (uri === undefined) throw validationError(`Channel ${channel.ChannelName} has no S3 data source.`);
      const { bucket, key } = parseS3Uri(uri);
      let hasObject = false;
      if (await this.#environment.objects.hasBucket(bucket)) {
        for await (const _ of this.#environment.objects.list(bucket, key)) {
          hasObject = true;
          break;
        }
      }
      if (!hasObject) {
        throw validationError(`No S3 objects found under S3 URL "${uri}" given in input data source.`);
      }
    }
  }

  async #run(job: Job): Promise<void> {
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
      job.artifact = await runTrainingContainer(this.#environment, {
        jobName: job.request.TrainingJobName,
        hyperParameters: job.request.HyperParameters ?? {},
        channels: job.request.InputDataConfig ?? [],
        outputPath: job.request.OutputDataConfig.S3OutputPath,
        signal: job.controller.signal,
        onPhase: (phase) => this.#enter(job, phase),
        onEpoch: (report) => {
          job.lastEpoch = report;
        },
        log: (message) => this.#log(job, message),
      });
      this.#end(job, "Completed", "Completed");
    } catch (error) {
      if (job.controller.signal.aborted) {
        this.#end(job, "Stopped", isOverTime ? "MaxRuntimeExceeded" : "Stopped");
        return;
      }
      const message = error instanceof Error ? error.message : String(error);
      job.failureReason = error instanceof ContainerFailure ? message : `InternalServerError: ${message}`;
      this.#log(job, message);
      this.#end(job, "Failed", "Failed");
    } finally {
      clearTimeout(timer);
    }
  }

  #enter(job: Job, status: string): void {
    const now = this.#environment.now();
    const last = job.transitions.at(-1);
    if (last) last.end = now;
    job.transitions.push({ status, message: PHASE_MESSAGES[status] ?? "", start: now });
  }

  #end(job: Job, status: Job["status"], secondaryStatus: string): void {
    this.#enter(job, secondaryStatus);
    job.status = status;
    job.ended = this.#environment.now();
  }

  #log(job: Job, message: string): void {
    const stream = `${job.request.TrainingJobName}/algo-1-${Math.floor(epochSeconds(job.created))}`;
    const timestamp = this.#environment.now();
    this.#environment.log({ logGroup: "/aws/sagemaker/TrainingJobs", logStream: stream, timestamp, message });
  }
}

function describeMetrics(report: EpochReport, now: Date): readonly unknown[] {
  const metric = (MetricName: string, Value: number) => ({ MetricName, Value, Timestamp: epochSeconds(now) });
  return [
    metric("train:accuracy", report.trainAccuracy),
    ...(report.validationAccuracy === undefined ? [] : [metric("validation:accuracy", report.validationAccuracy)]),
  ];
}
