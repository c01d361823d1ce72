/**
 * What each error code carries. The code decides the type of `details`.
 * Details hold plain data only: never payloads, image bytes, headers or credentials.
 */
export interface SconesErrorDetails {
  /** A tar or gzip stream is not what it claims to be, or breaks a safety limit. */
  readonly ARCHIVE_INVALID: { readonly source: string; readonly member?: string; readonly reason: string };
  /** A tar or gzip stream ended early. */
  readonly ARCHIVE_TRUNCATED: { readonly source: string; readonly member?: string };
  /** A capture is not a record of SageMaker data capture, or is larger than one can be. */
  readonly CAPTURE_INVALID: { readonly reason: string; readonly file?: string; readonly line?: number };
  /** A download has another checksum than the published one. */
  readonly CHECKSUM_MISMATCH: { readonly source: string; readonly expected: string; readonly actual: string };
  /** A class is not among those of the data set. */
  readonly CLASS_UNKNOWN: { readonly className: string; readonly suggestions: readonly string[] };
  /** A split of a data set has no image. */
  readonly DATASET_EMPTY: { readonly split: string };
  /** The folder or file that captures were to be read from is not there. */
  readonly CAPTURES_NOT_FOUND: { readonly source: string };
  /** A state machine's definition has errors that AWS would refuse or that would fail every execution. */
  readonly DEFINITION_INVALID: {
    readonly name: string;
    readonly issues: readonly {
      readonly path: string;
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
    }[];
  };
  /** A download was refused, broke, or brought fewer bytes than announced. */
  readonly DOWNLOAD_FAILED: { readonly source: string; readonly status?: number; readonly receivedBytes: number };
  /** An endpoint could not be created, or did not come into service. `left` names what could not be removed again. */
  readonly ENDPOINT_FAILED: {
    readonly endpointName: string;
    readonly status: string;
    readonly failureReason?: string;
    readonly left: readonly string[];
  };
  /** An execution ended otherwise than well. `error` is the name that the failed state gave, such as `THRESHOLD_CONFIDENCE_NOT_MET`. */
  readonly EXECUTION_FAILED: {
    readonly executionArn: string;
    readonly status: string;
    readonly error?: string;
    readonly cause?: string;
    readonly failedState?: string;
  };
  /** An execution ended well, but its output is not what the schema says. */
  readonly EXECUTION_OUTPUT_INVALID: {
    readonly executionArn: string;
    readonly issues: readonly { readonly path: string; readonly message: string }[];
  };
  /** An image has a size or a label that does not fit the data set. */
  readonly IMAGE_INVALID: { readonly filename: string; readonly reason: string };
  /** An image has a name that must not become a file or a key. */
  readonly IMAGE_NAME_INVALID: { readonly row: number; readonly reason: string };
  /** An image does not fit into the payload of a workflow. */
  readonly IMAGE_TOO_LARGE: { readonly location: string; readonly bytes: number; readonly limit: number };
  /** An argument of a public function is missing, unknown, of the wrong kind or out of range. */
  readonly INVALID_OPTIONS: {
    readonly functionName: string;
    readonly issues: readonly { readonly path: string; readonly message: string }[];
  };
  /** The local AWS was asked for an operation or a service that it does not have. */
  readonly LOCAL_OPERATION_UNSUPPORTED: { readonly service: string; readonly operation: string };
  /** The local trainer cannot train on this data. */
  readonly LOCAL_TRAINING_REFUSED: { readonly reason: string };
  /** A file does not hold a network that a local training job wrote. */
  readonly LOCAL_WEIGHTS_INVALID: { readonly reason: string };
  /** A line of a `.lst` manifest cannot be read. */
  readonly LST_INVALID: { readonly line: number; readonly reason: string };
  /** A Lambda event does not hold what the handler needs. */
  readonly PAYLOAD_INVALID: { readonly issues: readonly { readonly path: string; readonly message: string }[] };
  /** A pickle is damaged, or does not hold CIFAR data. */
  readonly PICKLE_INVALID: {
    readonly source: string;
    readonly member: string;
    readonly offset: number;
    readonly reason: string;
  };
  /** A pickle asks for an opcode or a Python object that plain CIFAR data never needs. Nothing of it was executed. */
  readonly PICKLE_UNSAFE: {
    readonly source: string;
    readonly member: string;
    readonly offset: number;
    readonly what: string;
  };
  /** A training or endpoint answer is not an array of probabilities. */
  readonly PREDICTION_INVALID: { readonly reason: string };
  /** The image-classification algorithm is not offered in a region. */
  readonly REGION_UNSUPPORTED: { readonly region: string };
  /** An `s3://` location cannot be read. */
  readonly S3_URI_INVALID: { readonly uri: string };
  /** The most probable class is not probable enough. */
  readonly THRESHOLD_CONFIDENCE_NOT_MET: {
    readonly confidence: number;
    readonly threshold: number;
    readonly label: string;
  };
  /** A training job ended as Failed. */
  readonly TRAINING_JOB_FAILED: { readonly trainingJobName: string; readonly failureReason?: string };
  /** A training job was stopped, by a person or by its runtime limit. */
  readonly TRAINING_JOB_STOPPED: {
    readonly trainingJobName: string;
    readonly secondaryStatus: string;
    readonly artifact?: string;
  };
  /** A wait took longer than its limit. */
  readonly WAIT_TIMEOUT: { readonly waitingFor: string; readonly elapsedMs: number; readonly lastStatus?: string };
}

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
