/** A refusal in AWS's own terms, which becomes a service exception in the caller's SDK. @internal */
export class ServiceError extends Error {
  /** HTTP status code. */
  readonly status: number;
  /** Name of the exception in the service model. */
  readonly type: string;
  /** Further members of the exception. */
  readonly members: Readonly<Record<string, unknown>>;

  /**
   * Makes a refusal.
   *
   * @param status - HTTP status code.
   * @param type - Name of the exception in the service model.
   * @param message - The exception's message.
   * @param members - Further members of the exception.
   */
  constructor(status: number, type: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.members = members;
  }
}

/**
 * Makes SageMaker's answer to a request that is wrong or names something that is not there.
 *
 * @param message - The exception's message.
 * @returns The refusal.
 * @internal
 */
export function validationError(message: string): ServiceError {
  return new ServiceError(400, "ValidationException", message);
}
