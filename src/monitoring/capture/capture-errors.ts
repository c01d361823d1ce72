import { SconesError } from "../../core/errors.js";

/** A capture cannot be read, or there is nothing to read captures from. */
export class CaptureError extends SconesError<"CAPTURE_INVALID" | "CAPTURES_NOT_FOUND"> {
  /** Literal name of the error. */
  override get name(): string {
    return "CaptureError";
  }
}

/**
 * Makes the error for a line that is no capture.
 *
 * @param reason - What is wrong, without the payload.
 * @param cause - What was caught, where something was.
 * @returns The error.
 * @internal
 */
export function captureInvalid(reason: string, cause?: unknown): CaptureError {
  return new CaptureError({
    code: "CAPTURE_INVALID",
    message: `The line is not a record of SageMaker data capture: ${reason}. Check that the file was written by data capture and arrived whole.`,
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Adds file and line to the error for a line that is no capture.
 *
 * @param error - The error.
 * @param file - Location of the file.
 * @param line - Number of the line, from 1.
 * @returns The error with its place.
 * @internal
 */
export function locateCaptureError(error: CaptureError, file: string, line: number): CaptureError {
  const reason = "reason" in error.details ? error.details.reason : "it cannot be read";
  return new CaptureError({
    code: "CAPTURE_INVALID",
    message: `Line ${line} of ${file} is not a record of SageMaker data capture: ${reason}. Remove or repair it, or set onMalformed to "skip".`,
    details: { reason, file, line },
    cause: error,
  });
}
