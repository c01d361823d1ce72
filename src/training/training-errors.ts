import { SconesError } from "../core/errors.js";

/** The checks before the start of a training job found what would fail it; nothing was started. */
export class TrainingPreflightError extends SconesError<"TRAINING_PREFLIGHT_FAILED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "TrainingPreflightError";
  }
}

/** A training job ended without a model, or is not one to follow: it failed, was stopped, or is of another algorithm. */
export class TrainingJobError extends SconesError<
  "TRAINING_JOB_FAILED" | "TRAINING_JOB_FOREIGN" | "TRAINING_JOB_STOPPED"
> {
  /** Literal name of the error. */
  override get name(): string {
    return "TrainingJobError";
  }
}
