import { SconesError } from "../../core/errors.js";

/** The local trainer cannot train on this data, or cannot read these weights. */
export class LocalTrainingError extends SconesError<"LOCAL_TRAINING_REFUSED" | "LOCAL_WEIGHTS_INVALID"> {
  /** Literal name of the error. */
  override get name(): string {
    return "LocalTrainingError";
  }
}

/**
 * Makes the error for a training that cannot begin.
 *
 * @param reason - What is wrong, as a sentence.
 * @returns The error.
 * @internal
 */
export function refuseTraining(reason: string): LocalTrainingError {
  return new LocalTrainingError({ code: "LOCAL_TRAINING_REFUSED", message: reason, details: { reason } });
}
