import { EndpointError } from "./endpoint-error.js";
import { EndpointFailure } from "./wait-for-endpoint.js";

/**
 * Throws what a caller should see of a failed update: an error of AWS as it is where nothing is left.
 *
 * @param endpointName - The endpoint.
 * @param error - What was caught.
 * @param left - What could not be removed.
 * @internal
 */
export function throwUpdateFailure(endpointName: string, error: unknown, left: readonly string[]): never {
  const failure = error instanceof EndpointFailure ? error : undefined;
  if (failure === undefined && left.length === 0) throw error;
  const status = failure?.status ?? "NotUpdated";
  const reason =
    failure === undefined ? "a step failed, see the cause" : (failure.reason ?? "SageMaker gives no reason");
  const rest = left.length === 0 ? "" : ` Still there and to be deleted: ${left.join(", ")}.`;
  throw new EndpointError({
    code: "ENDPOINT_UPDATE_FAILED",
    message: `Endpoint ${endpointName} was not updated (${status}): ${reason}. Look at it before you try again.${rest}`,
    details: {
      endpointName,
      status,
      left,
      ...(failure?.reason === undefined ? {} : { failureReason: failure.reason }),
    },
    ...(failure === undefined ? { cause: error } : {}),
  });
}
