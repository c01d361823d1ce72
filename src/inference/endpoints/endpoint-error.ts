import { SconesError } from "../../core/errors.js";

/** An endpoint could not be created, or did not come into service. */
export class EndpointError extends SconesError<"ENDPOINT_FAILED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "EndpointError";
  }
}
