import type { SconesErrorDetails } from "./error-details.js";

/** Every code that a {@link SconesError} can carry. */
export type SconesErrorCode = keyof SconesErrorDetails;

/** What is needed to make a {@link SconesError}. */
export interface SconesErrorOptions<Code extends SconesErrorCode> {
  /** The stable code that programs branch on. */
  readonly code: Code;
  /** What happened, to which named thing, and what to do next. */
  readonly message: string;
  /** Plain data that belongs to the code. */
  readonly details: SconesErrorDetails[Code];
  /** What was caught, where something was. */
  readonly cause?: unknown;
}

const BRAND = Symbol.for("scones-ml.error");

/**
 * The base of every error that scones-ml raises itself. AWS service exceptions are never wrapped: they arrive as they are.
 *
 * @example
 * ```ts
 * import { isSconesError } from "scones-ml/core";
 * import { CifarExtractor } from "scones-ml/etl";
 *
 * try {
 *   for await (const image of new CifarExtractor({ source: "cifar-100-python.tar.gz" }).images()) console.log(image.filename);
 * } catch (error) {
 *   if (isSconesError(error, "ARCHIVE_TRUNCATED")) console.error("download again:", error.details.source);
 *   else throw error;
 * }
 * ```
 */
export class SconesError<Code extends SconesErrorCode = SconesErrorCode> extends Error {
  /** The stable code that programs branch on. */
  readonly code: Code;
  /** Plain data that belongs to the code. */
  readonly details: SconesErrorDetails[Code];

  /**
   * Makes an error with a code, a message and the details that belong to the code.
   *
   * @param options - See {@link SconesErrorOptions}.
   */
  constructor(options: SconesErrorOptions<Code>) {
    super(options.message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = options.code;
    this.details = options.details;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The name of the error; literal, so that a minifier cannot change it. */
  override get name(): string {
    return "SconesError";
  }
}

/**
 * Tells whether a value is an error of scones-ml, and, given a code, whether it is that one.
 * It looks at a brand rather than at the class, so it also holds between the ESM and the CommonJS build.
 *
 * @param value - Anything, usually what was caught.
 * @param code - The code to look for; without it any code will do.
 * @returns `true` when the value is such an error; the type of `details` follows the code.
 *
 * @example
 * ```ts
 * import { isSconesError } from "scones-ml/core";
 *
 * export function explain(error: unknown): string {
 *   return isSconesError(error) ? `${error.code}: ${error.message}` : String(error);
 * }
 * ```
 */
export function isSconesError<Code extends SconesErrorCode = SconesErrorCode>(
  value: unknown,
  code?: Code,
): value is SconesError<Code> {
  if (!(value instanceof Error) || !(BRAND in value)) return false;
  return code === undefined || (value as { readonly code?: unknown }).code === code;
}
