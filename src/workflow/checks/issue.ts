/** One finding of `checkDefinition`. */
export interface ValidationIssue {
  /** Where it is, as a JSON pointer (RFC 6901); empty for the definition as a whole. */
  readonly path: string;
  /** Stable code that programs branch on. */
  readonly code: ValidationIssueCode;
  /** `error`: AWS refuses the definition or every execution of it fails; `warning`: it runs, but hardly as meant. */
  readonly severity: "error" | "warning";
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Every code that a {@link ValidationIssue} can carry. */
export type ValidationIssueCode =
  | "BRANCHES_MISSING"
  | "CATCH_INCOMPLETE"
  | "CATCH_INVALID"
  | "CHOICE_DEFAULT_MISSING"
  | "CHOICE_RULE_INVALID"
  | "DEFINITION_INVALID"
  | "DEFINITION_TOO_LARGE"
  | "ERROR_EQUALS_INVALID"
  | "ERROR_NAME_UNKNOWN"
  | "EXPRESS_UNSUPPORTED"
  | "EXPRESSION_INVALID"
  | "FIELD_CONFLICT"
  | "FIELD_INVALID"
  | "FIELD_MISSING"
  | "FIELD_OF_OTHER_QUERY_LANGUAGE"
  | "FIELD_UNKNOWN"
  | "LAMBDA_FUNCTION_MISSING"
  | "LAMBDA_PAYLOAD_MISSING"
  | "LAMBDA_RESULT_WRAPPED"
  | "MAP_MODE_MISMATCH"
  | "NEXT_AND_END"
  | "NEXT_MISSING"
  | "NUMBER_INVALID"
  | "PARAMETER_MISSING"
  | "PARAMETER_UNKNOWN"
  | "PATH_INVALID"
  | "QUERY_LANGUAGE_INVALID"
  | "RESOURCE_UNKNOWN"
  | "RETRY_INVALID"
  | "RETRY_TOO_BROAD"
  | "START_AT_INVALID"
  | "STATE_NAME_DUPLICATE"
  | "STATE_NAME_INVALID"
  | "STATE_TYPE_UNKNOWN"
  | "STATE_UNREACHABLE"
  | "STATES_ALL_NOT_ALONE"
  | "STATES_ALL_NOT_LAST"
  | "STATES_MISSING"
  | "TARGET_UNKNOWN"
  | "TERMINAL_STATE_MISSING"
  | "TIMEOUT_MISSING";

/**
 * Makes an error finding.
 *
 * @param path - JSON pointer.
 * @param code - Stable code.
 * @param message - What is wrong.
 * @param remedy - What to do.
 * @returns The finding.
 * @internal
 */
export function error(path: string, code: ValidationIssueCode, message: string, remedy: string): ValidationIssue {
  return { path, code, severity: "error", message, remedy };
}

/**
 * Makes a warning.
 *
 * @param path - JSON pointer.
 * @param code - Stable code.
 * @param message - What is wrong.
 * @param remedy - What to do.
 * @returns The finding.
 * @internal
 */
export function warning(path: string, code: ValidationIssueCode, message: string, remedy: string): ValidationIssue {
  return { path, code, severity: "warning", message, remedy };
}
