import { sleep, throwIfAborted } from "../../core/abort.js";

/** What {@link retryTransient} does about failures. @internal */
export interface RetryOptions {
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
  /** Is told each failure that is tried again. */
  readonly onRetry: (attempt: number, reason: string) => void;
  /** Milliseconds before the first retry, which double each time. */
  readonly delayMs: number;
}

/** Calls in all; each of them is itself tried several times by the SDK. */
const MAX_ATTEMPTS = 5;
const MAX_DELAY_MS = 5000;
/** Answers that say nothing about the request. Source: the S3 API reference, error responses. */
const TRANSIENT_CODES = new Set([
  "InternalError",
  "OperationAborted",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "ServiceUnavailable",
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "TimeoutError",
  "TooManyRequestsException",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
]);
/** The same for answers without a known code; a 501 says that there is no such operation, and will say so again. */
const TRANSIENT_STATUSES = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Calls S3 again after failures that may pass, with growing and random pauses: throttling, a server error, a connection
 * that broke. Everything else, such as `AccessDenied`, is raised at once.
 *
 * @param options - See {@link RetryOptions}.
 * @param call - The call; it must be harmless to repeat.
 * @returns What the call returns.
 * @throws The last failure, unchanged, or the signal's reason.
 * @internal
 */
export async function retryTransient<T>(options: RetryOptions, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      throwIfAborted(options.signal);
      const reason = findTransientReason(error);
      if (reason === undefined || attempt === MAX_ATTEMPTS) throw error;
      options.onRetry(attempt, reason);
      const longest = Math.min(MAX_DELAY_MS, options.delayMs * 2 ** (attempt - 1));
      await sleep(longest * (0.5 + Math.random() / 2), options.signal);
    }
  }
}

/** What to call a failure that may pass; `undefined` for one that stays. */
function findTransientReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : error.name;
  if (TRANSIENT_CODES.has(error.name)) return error.name;
  if (TRANSIENT_CODES.has(code)) return code;
  const metadata = "$metadata" in error ? (error.$metadata as { readonly httpStatusCode?: unknown } | undefined) : {};
  const status = Number(metadata?.httpStatusCode);
  return TRANSIENT_STATUSES.has(status) ? error.name : undefined;
}
