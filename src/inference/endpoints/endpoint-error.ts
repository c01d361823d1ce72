import { SconesError } from "../../core/errors.js";

/** An endpoint could not be created, did not come into service, or was rolled back from an update; or a batch transform failed. */
export class EndpointError extends SconesError<"ENDPOINT_FAILED" | "ENDPOINT_UPDATE_FAILED" | "TRANSFORM_JOB_FAILED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "EndpointError";
  }
}
