import type { Collection } from "../kept/records.js";
import { type ServiceError, validationError } from "../service-error.js";

/** What a job can be. @internal */
export const JOB_STATUSES = ["InProgress", "Stopping", "Stopped", "Completed", "Failed"] as const;

/** What training and transform jobs have in common. @internal */
export interface Job {
  readonly name: string;
  readonly arn: string;
  readonly controller: AbortController;
  status: (typeof JOB_STATUSES)[number];
  failureReason?: string;
  /** Resolves when nothing of it runs any more. */
  done: Promise<void>;
}

/** What a table needs to know of its kind of job. @internal */
export interface JobTableOptions<Kind extends Job> {
  /** What keeps the jobs. */
  readonly jobs: Collection<Kind>;
  /** The kind, such as `training job`. */
  readonly kind: string;
  /** The refusal where there is no job of a name. */
  readonly missing: (name: string) => ServiceError;
  /** Writes into a job's log. */
  readonly log: (job: Kind, line: string) => void;
}

/** Why a job failed that was under way when the process ended. @internal */
export const INTERRUPTED =
  "InternalServerError: The local AWS was stopped while this job ran. Create the job again, under another name.";

/** The jobs of one kind: they are found, kept, stopped, and ended with the local AWS. @internal */
export class JobTable<Kind extends Job> {
  readonly #options: JobTableOptions<Kind>;

  /** @param options - See {@link JobTableOptions}. */
  constructor(options: JobTableOptions<Kind>) {
    this.#options = options;
  }

  /** All jobs, in the order of their creation. */
  get all(): readonly Kind[] {
    return [...this.#options.jobs.values()];
  }

  /** Jobs that an earlier process left under way. */
  get interrupted(): readonly Kind[] {
    return this.all.filter(({ status }) => status === "InProgress" || status === "Stopping");
  }

  /** Whether the name is taken. */
  has(name: string): boolean {
    return this.#options.jobs.has(name);
  }

  /** Finds a job, or refuses as SageMaker does. */
  find(name: string): Kind {
    const job = this.#options.jobs.get(name);
    if (job === undefined) throw this.#options.missing(name);
    return job;
  }

  /** Keeps a job as it is now. */
  keep(job: Kind): void {
    this.#options.jobs.set(job.name, job);
  }

  /** Runs a job that is kept already. */
  run(job: Kind, work: () => Promise<void>): void {
    job.done = work().catch((error: unknown) => {
      // It has ended, but not on disk: after a restart it will be one that was interrupted.
      this.#options.log(job, `The end of the job could not be kept: ${error instanceof Error ? error.message : error}`);
    });
  }

  /**
   * Stops a job that runs.
   *
   * @param name - Its name.
   * @param enter - Puts it into its new status, and keeps it.
   */
  stop(name: string, enter: (job: Kind) => void): unknown {
    const job = this.find(name);
    if (job.status !== "InProgress") {
      throw validationError(
        `The request was rejected because the ${this.#options.kind} is in status ${job.status}. Only a job in status InProgress can be stopped.`,
      );
    }
    enter(job);
    job.controller.abort();
    return {};
  }

  /** Ends every job and waits until none runs. */
  async close(): Promise<void> {
    for (const { controller } of this.all) controller.abort();
    await Promise.all(this.all.map(({ done }) => done));
  }
}
