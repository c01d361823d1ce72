import { ServiceError } from "../service-error.js";
import type { LocalServiceName } from "../service-of.js";
import type { ResolvedFault } from "./fault-options.js";

interface KnownError {
  readonly error: string;
  readonly status: number;
  readonly message: string;
}

const THROTTLING: KnownError = { error: "ThrottlingException", status: 400, message: "Rate exceeded" };
const INTERNAL: KnownError = {
  error: "InternalFailure",
  status: 500,
  message: "The request processing has failed because of an unknown error, exception or failure.",
};

/** What each service answers. Source: the services' API references, "Common errors", and the S3 error table. */
const ANSWERS: Readonly<Record<LocalServiceName, { readonly throttle: KnownError; readonly fail: KnownError }>> = {
  s3: {
    throttle: { error: "SlowDown", status: 503, message: "Please reduce your request rate." },
    fail: { error: "InternalError", status: 500, message: "We encountered an internal error. Please try again." },
  },
  sagemaker: { throttle: THROTTLING, fail: INTERNAL },
  "sagemaker-runtime": { throttle: THROTTLING, fail: INTERNAL },
  states: { throttle: THROTTLING, fail: INTERNAL },
  logs: { throttle: THROTTLING, fail: INTERNAL },
  lambda: {
    throttle: { error: "TooManyRequestsException", status: 429, message: "Rate Exceeded." },
    fail: { error: "ServiceException", status: 500, message: "The AWS Lambda service encountered an internal error." },
  },
};

/** Statuses of errors that a test may name, other than 400. */
const STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  InternalDependencyException: 530,
  InternalError: 500,
  InternalFailure: 500,
  InternalServerError: 500,
  ModelError: 424,
  ModelNotReadyException: 429,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  RequestLimitExceeded: 503,
  ServiceException: 500,
  ServiceUnavailable: 503,
  SlowDown: 503,
  TooManyRequestsException: 429,
};

/**
 * Makes the error that a fault refuses a call with.
 *
 * @param fault - The fault.
 * @returns The error; `undefined` for a fault that refuses nothing.
 * @internal
 */
export function faultError(fault: ResolvedFault): ServiceError | undefined {
  if (fault.kind === "delay" || fault.kind === "stall") return undefined;
  const own = ANSWERS[fault.service][fault.kind];
  const type = fault.error ?? own.error;
  const known = type === own.error ? own.status : ((Object.hasOwn(STATUS, type) ? STATUS[type] : undefined) ?? 400);
  return new ServiceError(fault.status ?? known, type, fault.message ?? own.message);
}
