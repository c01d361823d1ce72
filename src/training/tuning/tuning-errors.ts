import { SconesError } from "../../core/errors.js";

/** A tuning job ended without a model: every training job failed, or it was stopped. */
export class TuningJobError extends SconesError<"TUNING_JOB_FAILED" | "TUNING_JOB_STOPPED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "TuningJobError";
  }
}
