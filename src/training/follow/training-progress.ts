import type { CostEstimate, EpochMetrics } from "../../core/training-record.js";
import type { TrainingFindingEvent } from "../start-training-job.js";

/** What a training job tells while it runs. */
export type TrainingProgressEvent =
  | TrainingFindingEvent
  | {
      /** The job was accepted by SageMaker. */
      readonly type: "created";
      /** Name of the job. */
      readonly trainingJobName: string;
    }
  | {
      /** The job went on to another phase. */
      readonly type: "status";
      /** `InProgress`, `Completed`, `Failed`, `Stopping` or `Stopped`. */
      readonly status: string;
      /** The phase, such as `Downloading` or `Training`. */
      readonly secondaryStatus: string;
      /** What SageMaker says about the phase; may be empty. */
      readonly message: string;
    }
  | {
      /** The job reported new accuracies to SageMaker. */
      readonly type: "metrics";
      /** Share of training images that were classified rightly, 0 to 1. */
      readonly trainAccuracy?: number;
      /** Share of validation images that were classified rightly, 0 to 1. */
      readonly validationAccuracy?: number;
    }
  | {
      /** A line of the log, without colours. */
      readonly type: "log";
      /** The line. */
      readonly line: string;
      /** Number of the instance that wrote it, from 1. */
      readonly instance: number;
    }
  | {
      /** The log tells how far an epoch is. The algorithm says so every twenty batches. */
      readonly type: "batch";
      /** The epoch, from 0. */
      readonly epoch: number;
      /** The batch, from 0. */
      readonly batch: number;
      /** Training images a second of this instance. */
      readonly samplesPerSecond?: number;
      /** Share of training images that were classified rightly so far in this epoch, 0 to 1. */
      readonly accuracy?: number;
    }
  | {
      /** An epoch has ended, as the log tells. */
      readonly type: "epoch";
      /** What it came to. */
      readonly metrics: EpochMetrics;
      /** Number of epochs that the job was asked for, where that is known. */
      readonly plannedEpochs?: number;
      /** Whether its validation accuracy is the highest so far. */
      readonly isBest: boolean;
      /** Seconds until the last epoch ends, estimated; without the upload that follows. */
      readonly secondsLeft?: number;
    }
  | {
      /** How long the job has been going on, and what it has cost so far; after every question for its status. */
      readonly type: "estimate";
      /** Seconds since the wait began. */
      readonly elapsedSeconds: number;
      /** Seconds until the last epoch ends, where two epochs or more have been seen. */
      readonly secondsLeft?: number;
      /** What the seconds on training instances cost so far, where the price is known; the discount of spot is not in it. */
      readonly cost?: CostEstimate;
    }
  | {
      /** A question to AWS failed in a way that passes; it is asked again. */
      readonly type: "retry";
      /** What failed. */
      readonly of: "status" | "log";
      /** How often in a row, from 1. */
      readonly attempt: number;
      /** The error as AWS gave it. */
      readonly error: Error;
    }
  | {
      /** The log cannot be read. The job and its result are not touched by that, but epochs are not told. */
      readonly type: "logUnavailable";
      /** Why, and what to do. */
      readonly message: string;
      /** The error as AWS gave it, where there was one. */
      readonly error?: Error;
    }
  | {
      /** The wait ends with an error while the job goes on, which AWS bills. */
      readonly type: "leftRunning";
      /** Name of the job. */
      readonly trainingJobName: string;
      /** What to do about it. */
      readonly message: string;
    };
