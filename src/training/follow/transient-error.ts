/** Names under which AWS services and the network say: not now. */
const TRANSIENT_NAME =
  /throttl|toomanyrequests|requestlimitexceeded|slowdown|internal|serviceunavailable|serviceexception|timeout|networking/i;
const TRANSIENT_CODES = [
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_SOCKET",
];

/**
 * Whether asking again can help: throttling, an ill service or a lost connection. Everything else, such as missing
 * permissions, expired credentials or a job that is not there, stays as it is.
 *
 * @param error - What a call to AWS threw.
 * @returns `true` for what passes.
 * @internal
 */
export function isTransientError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, $metadata, $retryable } = error as Error & {
    readonly code?: unknown;
    readonly $retryable?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  // Credentials that cannot be had will not be there the next time either.
  if (/credential|token|accessdenied|unauthorized/i.test(name)) return false;
  const status = $metadata?.httpStatusCode;
  if (status !== undefined && (status >= 500 || status === 429)) return true;
  if ($retryable !== undefined && $retryable !== null) return true;
  return TRANSIENT_NAME.test(name) || (typeof code === "string" && TRANSIENT_CODES.includes(code));
}
