import { findTrouble } from "../training-error-advice.js";

/** What Node.js and the SDK call a connection that was lost, or could not be had. */
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
  const trouble = findTrouble(error);
  if (trouble !== undefined) return trouble === "throttling" || trouble === "unavailable";
  const { name, code } = error as Error & { readonly code?: unknown };
  return /timeout|networking/i.test(name) || (typeof code === "string" && TRANSIENT_CODES.includes(code));
}
