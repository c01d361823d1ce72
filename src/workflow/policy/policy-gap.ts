/** Something that a policy cannot say from the definition alone. */
export interface PolicyGap {
  /** Where it is, as a JSON pointer (RFC 6901); empty for the definition as a whole. */
  readonly path: string;
  /** Stable code that programs branch on. */
  readonly code: PolicyGapCode;
  /** What is not known. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * Every code that a {@link PolicyGap} can carry. `RESOURCE_DYNAMIC`, `RESOURCE_MISSING`, `SERVICE_UNKNOWN`,
 * `STATE_MACHINE_NAME_MISSING`: nothing is allowed for it. `RESOURCE_SUBSTITUTED`, `RESOURCE_UNSCOPED`,
 * `ACCOUNT_OPEN`: it is allowed, but look at it.
 */
export type PolicyGapCode =
  | "ACCOUNT_OPEN"
  | "DEFINITION_INVALID"
  | "RESOURCE_DYNAMIC"
  | "RESOURCE_MISSING"
  | "RESOURCE_SUBSTITUTED"
  | "RESOURCE_UNSCOPED"
  | "SERVICE_UNKNOWN"
  | "STATE_MACHINE_NAME_MISSING";
