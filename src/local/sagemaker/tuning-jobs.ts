import { ServiceError } from "../service-error.js";
import { formatLogLine } from "./algorithm-log.js";
import { checkTuningJob } from "./check-tuning-job.js";
import { bestChild, describeTuningJob, summarizeChild, summarizeTuningJob } from "./describe-tuning-job.js";
import { resourceArn, type SageMakerEnvironment } from "./environment.js";
import { TuningJobSchema } from "./job-schemas.js";
import { INTERRUPTED, type Job, JobTable } from "./job-table.js";
import { type ListRequest, listResources } from "./list-resources.js";
import { createRandom } from "./random.js";
import { countCombinations, type ParameterRanges, sampleHyperparameters } from "./sample-hyperparameters.js";
import type { Tag } from "./tags.js";
import type { CreateTrainingJobRequest, TrainingJob, TrainingJobs } from "./training-jobs.js";

/** A CreateHyperParameterTuningJob request after its shape was checked. @internal */
export interface CreateTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
  readonly HyperParameterTuningJobConfig: {
    readonly Strategy: string;
    readonly HyperParameterTuningJobObjective?: { readonly Type: string; readonly MetricName: string };
    readonly ResourceLimits: {
      readonly MaxNumberOfTrainingJobs?: number;
      readonly MaxParallelTrainingJobs: number;
      readonly MaxRuntimeInSeconds?: number;
    };
    readonly ParameterRanges?: ParameterRanges;
    readonly TuningJobCompletionCriteria?: { readonly TargetObjectiveMetricValue?: number };
    readonly RandomSeed?: number;
  };
  readonly TrainingJobDefinition?: Omit<CreateTrainingJobRequest, "TrainingJobName" | "HyperParameters" | "Tags"> & {
    readonly StaticHyperParameters?: Readonly<Record<string, string>>;
  };
  readonly Tags?: readonly Tag[];
}

/** A ListTrainingJobsForHyperParameterTuningJob request after its shape was checked. @internal */
export interface ListTunedJobsRequest extends ListRequest {
  readonly HyperParameterTuningJobName: string;
}

/** A training job of a tuning job. @internal */
export interface TunedChild {
  readonly name: string;
  /** The hyper-parameters that were chosen for it. */
  readonly tuned: Readonly<Record<string, string>>;
}

/** A tuning job, whatever its status. @internal */
export interface TuningJob extends Job {
  readonly request: CreateTuningJobRequest;
  readonly created: Date;
  readonly children: TunedChild[];
  ended?: Date;
}

/**
 * The local tuning jobs: training jobs run under them, as many at once as the job allows, with hyper-parameters that are
 * chosen at random from the seed, or one after the other from a grid. `Bayesian` is accepted and chooses at random too.
 *
 * @internal
 */
export class TuningJobs {
  readonly #environment: SageMakerEnvironment;
  readonly #training: TrainingJobs;
  readonly #jobs: JobTable<TuningJob>;

  /**
   * @param environment - What the job works with.
   * @param training - Where training jobs run.
   */
  constructor(environment: SageMakerEnvironment, training: TrainingJobs) {
    this.#environment = environment;
    this.#training = training;
    this.#jobs = new JobTable({
      jobs: environment.records("tuning-jobs", TuningJobSchema),
      kind: "hyperparameter tuning job",
      missing: (name) =>
        new ServiceError(
          400,
          "ResourceNotFound",
          `Amazon SageMaker can't find a tuning job with the name "${name}" in this account and region.`,
        ),
      log: (job, message) => {
        const timestamp = environment.now();
        const logStream = `${job.name}/tuning`;
        const line = formatLogLine(timestamp, message, "ERROR");
        environment.log({ logGroup: "/aws/sagemaker/TrainingJobs", logStream, timestamp, message: line });
      },
    });
    for (const { arn } of this.#jobs.all) environment.tags.restore(arn);
    for (const job of this.#jobs.interrupted) {
      if (job.status !== "Stopping") job.failureReason = INTERRUPTED;
      this.#end(job, job.status === "Stopping" ? "Stopped" : "Failed");
    }
  }

  /** Accepts a job and starts it. */
  async create(request: CreateTuningJobRequest): Promise<unknown> {
    const { HyperParameterTuningJobName: name, HyperParameterTuningJobConfig: config, Tags } = request;
    await checkTuningJob(this.#environment.objects, request);
    const arn = resourceArn(this.#environment, "hyper-parameter-tuning-job", name);
    if (this.#jobs.has(name)) {
      throw new ServiceError(400, "ResourceInUse", `A tuning job with the name "${name}" already exists (${arn})`);
    }
    const job: TuningJob = {
      name,
      request,
      arn,
      created: this.#environment.now(),
      controller: new AbortController(),
      children: [],
      status: "InProgress",
      done: Promise.resolve(),
    };
    this.#environment.tags.create(arn, Tags);
    this.#jobs.keep(job);
    this.#jobs.run(job, () => this.#run(job, config));
    return { HyperParameterTuningJobArn: arn };
  }

  /** Describes a job. */
  describe({ HyperParameterTuningJobName }: { readonly HyperParameterTuningJobName: string }): unknown {
    const job = this.#jobs.find(HyperParameterTuningJobName);
    return describeTuningJob(job, this.#children(job));
  }

  /** Lists the jobs. */
  list(request: ListRequest): unknown {
    const resources = this.#jobs.all.map((job) => {
      const { name, created, status } = job;
      const changed = job.ended ?? created;
      return { name, created, changed, status, summary: summarizeTuningJob(job, this.#children(job)) };
    });
    const { summaries, NextToken } = listResources(resources, request);
    return { HyperParameterTuningJobSummaries: summaries, NextToken };
  }

  /** Lists the training jobs of a job. */
  listTrainingJobs(request: ListTunedJobsRequest): unknown {
    const job = this.#jobs.find(request.HyperParameterTuningJobName);
    const resources = this.#children(job).map((child) => {
      const { name, created, status } = child.training;
      const changed = child.training.ended ?? created;
      const value = child.training.lastEpoch?.report.validationAccuracy;
      return {
        name,
        created,
        changed,
        status,
        ...(value === undefined ? {} : { value }),
        summary: summarizeChild(child, job),
      };
    });
    const { summaries, NextToken } = listResources(resources, request, "Ascending");
    return { TrainingJobSummaries: summaries, NextToken };
  }

  /** Stops a job that runs, and its training jobs with it. */
  stop({ HyperParameterTuningJobName }: { readonly HyperParameterTuningJobName: string }): unknown {
    return this.#jobs.stop(HyperParameterTuningJobName, (job) => {
      job.status = "Stopping";
      this.#jobs.keep(job);
    });
  }

  /** Ends every job and waits until none runs. */
  close(): Promise<void> {
    return this.#jobs.close();
  }

  async #run(job: TuningJob, config: CreateTuningJobRequest["HyperParameterTuningJobConfig"]): Promise<void> {
    const { MaxNumberOfTrainingJobs = 1, MaxParallelTrainingJobs, MaxRuntimeInSeconds } = config.ResourceLimits;
    const ranges = config.ParameterRanges ?? {};
    const count = config.Strategy === "Grid" ? countCombinations(ranges) : MaxNumberOfTrainingJobs;
    const target = config.TuningJobCompletionCriteria?.TargetObjectiveMetricValue ?? Number.POSITIVE_INFINITY;
    const isDone = () => (bestChild(this.#children(job))?.value ?? Number.NEGATIVE_INFINITY) >= target;
    const { signal } = job.controller;
    let isOverTime = false;
    const timer =
      MaxRuntimeInSeconds === undefined
        ? undefined
        : setTimeout(() => (isOverTime = true), Math.min(MaxRuntimeInSeconds * 1000, 2 ** 31 - 1)).unref();
    const lane = async () => {
      while (job.children.length < count && !signal.aborted && !isOverTime && !isDone()) {
        await this.#runChild(job, config, ranges);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(MaxParallelTrainingJobs, count) }, lane));
      if (signal.aborted) {
        this.#end(job, "Stopped");
        return;
      }
      const isUseful = this.#children(job).some(({ training }) => training.status === "Completed");
      if (!isUseful) job.failureReason = "All training jobs failed. Please look at their failure reasons.";
      this.#end(job, isUseful ? "Completed" : "Failed");
    } catch (error) {
      // A training job that is refused would be refused again.
      job.failureReason = error instanceof Error ? error.message : String(error);
      this.#end(job, "Failed");
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs one training job to its end; stopping the tuning job stops it. */
  async #runChild(
    job: TuningJob,
    config: CreateTuningJobRequest["HyperParameterTuningJobConfig"],
    ranges: ParameterRanges,
  ): Promise<void> {
    const { TrainingJobDefinition, Tags = [] } = job.request;
    if (TrainingJobDefinition === undefined) return;
    const index = job.children.length;
    const seed = (config.RandomSeed ?? 0) + this.#environment.seed;
    const tuned = sampleHyperparameters(ranges, { strategy: config.Strategy, seed, index });
    const name = childName(job.name, index, seed);
    const { StaticHyperParameters = {}, ...definition } = TrainingJobDefinition;
    const request = { ...definition, TrainingJobName: name, HyperParameters: { ...StaticHyperParameters, ...tuned } };
    // It is one of the tuning job's from the moment at which it can be seen.
    job.children.push({ name, tuned });
    await this.#training.create({ ...request, Tags }, job.arn);
    this.#jobs.keep(job);
    const training = this.#training.find(name);
    const stop = () => {
      if (training.status === "InProgress") this.#training.stop({ TrainingJobName: name });
    };
    const { signal } = job.controller;
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    await training.done;
    signal.removeEventListener("abort", stop);
  }

  #children(job: TuningJob): readonly { readonly training: TrainingJob; readonly tuned: TunedChild["tuned"] }[] {
    return job.children.flatMap(({ name, tuned }) =>
      this.#training.has(name) ? [{ training: this.#training.find(name), tuned }] : [],
    );
  }

  #end(job: TuningJob, status: TuningJob["status"]): void {
    job.status = status;
    job.ended = this.#environment.now();
    this.#jobs.keep(job);
  }
}

/** As AWS names them: the tuning job, a number from 1, and eight hexadecimal digits. */
function childName(name: string, index: number, seed: number): string {
  const digits = Math.floor(createRandom(seed + index)() * 2 ** 32).toString(16);
  return `${name}-${String(index + 1).padStart(3, "0")}-${digits.padStart(8, "0")}`;
}
