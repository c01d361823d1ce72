import { EndpointError } from "./endpoint-error.js";

/** Carries status and reason from the wait to the place that also knows what is left. @internal */
export class EndpointFailure extends Error {
  constructor(
    readonly status: string,
    readonly reason: string | undefined,
  ) {
    super(status);
  }
}

const WORDS = {
  ENDPOINT_FAILED: {
    verb: "did not come into service",
    status: "NotCreated",
    nothingLeft: "Nothing of it is left on AWS.",
  },
  ENDPOINT_UPDATE_FAILED: {
    verb: "was not updated",
    status: "NotUpdated",
    nothingLeft: "Look at it before you try again.",
  },
} as const;

/**
 * What a caller should see of a deployment or an update that failed: an error of AWS as it is where nothing is left, else
 * one that names what is left.
 *
 * @param code - Which of both it was.
 * @param endpointName - The endpoint.
 * @param error - What was caught.
 * @param left - What could not be removed.
 * @returns What to throw.
 * @internal
 */
export function explainFailure(
  code: "ENDPOINT_FAILED" | "ENDPOINT_UPDATE_FAILED",
  endpointName: string,
  error: unknown,
  left: readonly string[],
): unknown {
  const failure = error instanceof EndpointFailure ? error : undefined;
  if (failure === undefined && left.length === 0) return error;
  const words = WORDS[code];
  const status = failure?.status ?? words.status;
  const reason =
    failure === undefined ? "a step failed, see the cause" : (failure.reason ?? "SageMaker gives no reason");
  const rest = left.length === 0 ? words.nothingLeft : `Still there and to be deleted: ${left.join(", ")}.`;
  return new EndpointError({
    code,
    message: `Endpoint ${endpointName} ${words.verb} (${status}): ${reason}. ${rest}`,
    details: {
      endpointName,
      status,
      left,
      ...(failure?.reason === undefined ? {} : { failureReason: failure.reason }),
    },
    ...(failure === undefined ? { cause: error } : {}),
  });
}
