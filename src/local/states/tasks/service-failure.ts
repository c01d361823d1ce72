import { randomUUID } from "node:crypto";
import { StateFailure } from "../state-failure.js";

/** What a service refused a request with. @internal */
export interface ServiceRefusal {
  /** Code of the error, such as `ValidationException`. */
  readonly type: string;
  readonly message: string;
  /** HTTP status code. */
  readonly status: number;
  readonly requestId?: string | undefined;
  /** Set for a code that is no exception of the service model: the error takes this name. */
  readonly general?: string | undefined;
}

/**
 * Makes the error of an optimized integration: `SageMaker.ResourceLimitExceededException`, with the cause in the words
 * of AWS's first Java SDK, which these integrations are built on.
 *
 * @param service - `prefix` of the error's name, `name` of the service in the cause.
 * @param refusal - What the service said.
 * @returns The failure of the task.
 * @internal
 */
export function serviceFailure(
  service: { readonly prefix: string; readonly name: string },
  refusal: ServiceRefusal,
): StateFailure {
  const { type, message, status, requestId = randomUUID(), general } = refusal;
  const cause = `${message} (Service: ${service.name}; Status Code: ${status}; Error Code: ${type}; Request ID: ${requestId}; Proxy: null)`;
  return new StateFailure(`${service.prefix}.${general ?? exceptionName(type)}`, cause, { located: true });
}

/**
 * Writes an error code as Step Functions does: always with the ending `Exception`.
 *
 * @param code - Code of the service model, such as `NoSuchKey`.
 * @returns Such as `NoSuchKeyException`.
 * @see AWS Step Functions Developer Guide, "Learning to use AWS service SDK integrations"
 * @internal
 */
export function exceptionName(code: string): string {
  if (code.endsWith("Exception")) return code;
  return `${code.replace(/Fault$/, "")}Exception`;
}
