import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { EpochReporter } from "../follow/epoch-reporter.js";
import { type StartLogOptions, startLog } from "../follow/start-log.js";
import type { TrainingProgressEvent } from "../follow/training-progress.js";
import type { ListedJob } from "./list-tuned-jobs.js";

/** What {@link TunedLogs} works with. @internal */
export interface TunedLogsOptions extends Omit<StartLogOptions, "trainingJobName"> {
  /** Number of epochs of each training job. */
  readonly plannedEpochs: number;
  /** Is told what a training job tells. */
  readonly emit: (trainingJobName: string, event: TrainingProgressEvent) => void;
  /** Ends everything with an error. */
  readonly abort: (reason: unknown) => void;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
}

interface Followed {
  readonly over: AbortController;
  readonly log: Promise<void>;
}

/** The logs of the training jobs of a tuning job, each from its first sight to its end. @internal */
export class TunedLogs {
  readonly #client: SageMakerClient;
  readonly #options: TunedLogsOptions;
  readonly #followed = new Map<string, Followed>();

  /**
   * @param client - The SageMaker client.
   * @param options - See {@link TunedLogsOptions}.
   */
  constructor(client: SageMakerClient, options: TunedLogsOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Begins with jobs that are new, and ends with those that are over. */
  update(jobs: readonly ListedJob[]): void {
    if (this.#options.logs === "off") return;
    for (const { trainingJobName, isOver } of jobs) {
      const followed = this.#followed.get(trainingJobName) ?? this.#start(trainingJobName);
      if (isOver) followed.over.abort();
    }
  }

  /** Resolves when every log is read to its end. */
  async done(): Promise<void> {
    for (const { over } of this.#followed.values()) over.abort();
    await Promise.all([...this.#followed.values()].map(({ log }) => log));
  }

  #start(trainingJobName: string): Followed {
    const { plannedEpochs, emit: tell, abort, signal, ...options } = this.#options;
    const over = new AbortController();
    const emit = (event: TrainingProgressEvent) => tell(trainingJobName, event);
    const reporter = new EpochReporter(emit, plannedEpochs);
    const loop = { reporter, emit, abort, signal, over: over.signal };
    const log = startLog(this.#client, { ...options, trainingJobName }, loop).then(() => reporter.finish());
    // An error of the callback ends the wait by itself.
    const followed = { over, log: log.catch(() => undefined) };
    this.#followed.set(trainingJobName, followed);
    return followed;
  }
}
