/** What an error of SageMaker Runtime means. */
export interface InvocationFailure {
  /** What kind of failure it is. */
  readonly kind:
    | "request"
    | "not-found"
    | "access"
    | "model"
    | "not-ready"
    | "throttled"
    | "service"
    | "connection"
    | "unknown";
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** HTTP status that the model's container answered, where it is known. */
  readonly modelStatus?: number;
}

const ACCESS =
  /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|MissingAuthenticationToken|IncompleteSignature)/;

const KINDS: Readonly<Record<string, InvocationFailure>> = {
  ModelNotReadyException: { kind: "not-ready", retryable: true },
  InternalFailure: { kind: "service", retryable: true },
  ServiceUnavailable: { kind: "service", retryable: true },
  InternalDependencyException: { kind: "service", retryable: true },
  ThrottlingException: { kind: "throttled", retryable: true },
  TooManyRequestsException: { kind: "throttled", retryable: true },
};

/**
 * Tells what an error of `invokeEndpoint` means and whether to ask again. It covers every error that the runtime's service
 * model names, and what its SDK client adds. The SDK itself has then already tried three times where that helps.
 *
 * @param error - What was caught.
 * @returns The kind of failure, and whether it may pass.
 *
 * @example
 * ```ts
 * import { explainInvocationError } from "scones-ml/inference";
 *
 * export function isWorthAnotherTry(error: unknown): boolean {
 *   return explainInvocationError(error).retryable;
 * }
 * ```
 */
export function explainInvocationError(error: unknown): InvocationFailure {
  if (!(error instanceof Error)) return { kind: "unknown", retryable: false };
  if (error.name === "ModelError") {
    const status: unknown = Reflect.get(error, "OriginalStatusCode");
    if (typeof status !== "number") return { kind: "model", retryable: false };
    return { kind: "model", retryable: status >= 500, modelStatus: status };
  }
  if (error.name === "ValidationError" || error.name === "ValidationException") {
    const isMissing = /not found|could not find/i.test(error.message);
    return { kind: isMissing ? "not-found" : "request", retryable: false };
  }
  const known = Object.hasOwn(KINDS, error.name) ? KINDS[error.name] : undefined;
  if (known !== undefined) return known;
  if (ACCESS.test(error.name)) return { kind: "access", retryable: false };
  if (error.name === "TimeoutError" || /^(ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN)/.test(String(Reflect.get(error, "code")))) {
    return { kind: "connection", retryable: true };
  }
  return { kind: "unknown", retryable: false };
}
