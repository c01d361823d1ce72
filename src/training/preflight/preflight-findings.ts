import { findTrouble } from "../training-error-advice.js";

/** What can be wrong with a training job that has not been started. */
export type PreflightCode =
  | "ACCESS_DENIED"
  | "BATCH_PER_GPU_UNEVEN"
  | "BATCH_SIZE_INVALID"
  | "BUCKET_IN_OTHER_REGION"
  | "BUCKET_NOT_FOUND"
  | "CHECK_INCOMPLETE"
  | "CLASS_WITHOUT_IMAGES"
  | "COUNT_MISMATCH"
  | "DATA_NOT_FOUND"
  | "IMAGE_INVALID"
  | "IMAGE_LARGER_THAN_SHAPE"
  | "IMAGE_MISSING"
  | "IMAGE_TOO_SMALL"
  | "INDEX_REPEATED"
  | "INSTANCE_TYPE_UNSUPPORTED"
  | "KV_STORE_WITHOUT_EFFECT"
  | "LABEL_OUT_OF_RANGE"
  | "MANIFEST_INVALID"
  | "MANIFEST_NOT_FOUND"
  | "MODEL_NOT_FOUND"
  | "NAME_TAKEN"
  | "OPTIONS_INVALID"
  | "REGION_UNSUPPORTED"
  | "ROLE_ARN_INVALID"
  | "ROLE_IN_OTHER_PARTITION"
  | "SPOT_WITHOUT_CHECKPOINTS"
  | "START_REFUSED";

/** Something that a check before the start of a training job has found. */
export interface PreflightFinding {
  /** Stable code of what is wrong. */
  readonly code: PreflightCode;
  /** An `error` fails the job, or makes its result useless; a `warning` is worth a look. */
  readonly severity: "error" | "warning";
  /** What is wrong, and where. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Collects findings while the checks run. @internal */
export class PreflightFindings {
  readonly #findings: PreflightFinding[] = [];
  readonly #signal: AbortSignal | undefined;

  /** @param signal - What the caller ends the checks with; its reason is never a finding. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Errors first, otherwise in the order in which they were found. */
  get sorted(): readonly PreflightFinding[] {
    const of = (severity: PreflightFinding["severity"]) =>
      this.#findings.filter((finding) => finding.severity === severity);
    return [...of("error"), ...of("warning")];
  }

  /** Notes what fails the job. */
  error(code: PreflightCode, message: string, remedy: string): void {
    this.#findings.push({ code, severity: "error", message, remedy });
  }

  /** Notes what is worth a look. */
  warning(code: PreflightCode, message: string, remedy: string): void {
    this.#findings.push({ code, severity: "warning", message, remedy });
  }

  /**
   * Asks AWS. What it denies, or cannot answer now, becomes a warning, for the job may do without; anything else, such as
   * credentials that have expired, is thrown as it is.
   *
   * @param what - What is looked at.
   * @param permission - The permission that it needs.
   * @param ask - Asks.
   * @returns The answer; `undefined` when there is none.
   */
  async attempt<T>(what: string, permission: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.#signal?.throwIfAborted();
      const trouble = findTrouble(error);
      if (trouble === "access") {
        const message = `${what} could not be checked: access is denied.`;
        this.warning("ACCESS_DENIED", message, `Allow ${permission}, or see that it is right yourself.`);
      } else if (trouble === "throttling" || trouble === "unavailable") {
        const message = `${what} could not be checked: AWS answered ${(error as Error).name}.`;
        this.warning("CHECK_INCOMPLETE", message, "Check again later, or see that it is right yourself.");
      } else {
        throw error;
      }
      return undefined;
    }
  }
}
