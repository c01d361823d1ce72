import { SconesError } from "../core/errors.js";

/** The local AWS was asked for an operation or a service that it does not have. */
export class LocalOperationError extends SconesError<"LOCAL_OPERATION_UNSUPPORTED"> {
  /** Literal name of the error. */
  override get name(): string {
    return "LocalOperationError";
  }
}

/**
 * Makes the error for something that the local AWS does not have.
 *
 * @param service - The AWS service, as it signs its requests.
 * @param operation - The operation, or method and path where no name is on the wire.
 * @returns The error, to be thrown; in process it reaches the caller as it is.
 * @internal
 */
export function unsupportedOperation(service: string, operation: string): LocalOperationError {
  return new LocalOperationError({
    code: "LOCAL_OPERATION_UNSUPPORTED",
    message: `The local AWS has no "${operation}" of the service "${service}". Use operations of S3, SageMaker, Step Functions or Lambda listed in docs/local-mode.md, or send this call to AWS.`,
    details: { service, operation },
  });
}
