import { SconesError } from "../../core/errors.js";

/** An alert could not be passed on. */
export class AlertDeliveryError extends SconesError<"ALERT_DELIVERY_FAILED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "AlertDeliveryError";
  }

  /**
   * Makes the error.
   *
   * @param reasons - What went wrong, by sink.
   * @param cause - What was caught, where something was.
   * @returns The error.
   * @internal
   */
  static of(reasons: readonly string[], cause?: unknown): AlertDeliveryError {
    return new AlertDeliveryError({
      code: "ALERT_DELIVERY_FAILED",
      message: `Alerts could not be passed on: ${reasons.join("; ")}. The state was not kept, so the next evaluation tries again.`,
      details: { reasons },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
