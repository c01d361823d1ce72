import { SconesError } from "../core/errors.js";

/** A training job ended without a model: it failed, or it was stopped. */
export class TrainingJobError extends SconesError<"TRAINING_JOB_FAILED" | "TRAINING_JOB_STOPPED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "TrainingJobError";
  }
}
