import type { CostEstimate } from "../../core/training-record.js";
import type { TrainingProgressEvent } from "../follow/training-progress.js";

/** A training job of a tuning job, as far as it is. */
export interface TunedJob {
  /** Name of the training job. */
  readonly trainingJobName: string;
  /** `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`. */
  readonly status: string;
  /** The hyper-parameters that were chosen for it, by the algorithm's names and as text. */
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Its last validation accuracy, 0 to 1, where it has ended with one. */
  readonly validationAccuracy?: number;
  /** Why it failed, where it did. */
  readonly failureReason?: string;
}

/** What a tuning job tells while it runs. */
export type TuningProgressEvent =
  | {
      /** The tuning job was accepted by SageMaker. */
      readonly type: "created";
      /** Name of the tuning job. */
      readonly tuningJobName: string;
    }
  | {
      /** The tuning job went on to another status. */
      readonly type: "status";
      /** `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`. */
      readonly status: string;
    }
  | {
      /** A training job has begun, or went on to another status. */
      readonly type: "job";
      /** The training job. */
      readonly job: TunedJob;
      /** Whether it is the best one so far. */
      readonly isBest: boolean;
    }
  | {
      /** A training job tells something of itself, from its log. */
      readonly type: "training";
      /** Name of the training job. */
      readonly trainingJobName: string;
      /** What it tells. */
      readonly event: TrainingProgressEvent;
    }
  | {
      /** How far the tuning is, and what it has cost so far; after every question for its status. */
      readonly type: "estimate";
      /** Seconds since the wait began. */
      readonly elapsedSeconds: number;
      /** Training jobs that have ended. */
      readonly jobsDone: number;
      /** Training jobs that there will be at most, where that is known. */
      readonly jobsPlanned?: number;
      /** Seconds until the last training job ends, estimated from those that have ended. */
      readonly secondsLeft?: number;
      /** What the training jobs cost so far, where the price is known; the discount of spot is not in it. */
      readonly cost?: CostEstimate;
    }
  | {
      /** A question to AWS failed in a way that passes; it is asked again. */
      readonly type: "retry";
      /** How often in a row, from 1. */
      readonly attempt: number;
      /** The error as AWS gave it. */
      readonly error: Error;
    }
  | {
      /** The wait ends with an error while the tuning job goes on, which AWS bills. */
      readonly type: "leftRunning";
      /** Name of the tuning job. */
      readonly tuningJobName: string;
      /** What to do about it. */
      readonly message: string;
    };
