import type { HandlerErrorDetails } from "./handler-error-details.js";
import type { TrainingErrorDetails } from "./training-error-details.js";

/**
 * What each error code carries. The code decides the type of `details`.
 * Details hold plain data only: never payloads, image bytes, headers or credentials.
 */
export interface SconesErrorDetails {
  /** A tar or gzip stream is not what it claims to be, or breaks a safety limit. */
  readonly ARCHIVE_INVALID: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** Member of the archive. */
    readonly member?: string;
    /** What is wrong. */
    readonly reason: string;
  };
  /** A tar or gzip stream ended early. */
  readonly ARCHIVE_TRUNCATED: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** Member of the archive. */
    readonly member?: string;
  };
  /** The folder or file that captures were to be read from is not there. */
  readonly CAPTURES_NOT_FOUND: {
    /** Path, address or kind of what was read. */
    readonly source: string;
  };
  /** A capture is not a record of SageMaker data capture, or is larger than one can be. */
  readonly CAPTURE_INVALID: {
    /** What is wrong. */
    readonly reason: string;
    /** Location of the file. */
    readonly file?: string;
    /** Number of the line, from 1. */
    readonly line?: number;
  };
  /** An alert could not be passed on. */
  readonly ALERT_DELIVERY_FAILED: {
    /** What went wrong, by sink. */
    readonly reasons: readonly string[];
  };
  /** A download has another checksum than the published one. */
  readonly CHECKSUM_MISMATCH: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** The published checksum. */
    readonly expected: string;
    /** The checksum of what came. */
    readonly actual: string;
  };
  /** A class is not among those of the data set. */
  readonly CLASS_UNKNOWN: {
    /** The class that was asked for. */
    readonly className: string;
    /** The nearest names that there are. */
    readonly suggestions: readonly string[];
  };
  /** A split of a data set has no image. */
  readonly DATASET_EMPTY: {
    /** The split: `train` or `test`. */
    readonly split: string;
  };
  /** A state machine's definition has errors that AWS would refuse or that would fail every execution. */
  readonly DEFINITION_INVALID: {
    /** Name of the state machine. */
    readonly name: string;
    /** What is wrong, and where. */
    readonly issues: readonly {
      /** Where it stands. */
      readonly path: string;
      /** Stable code of the finding. */
      readonly code: string;
      /** What is wrong there. */
      readonly message: string;
      /** What to do about it. */
      readonly remedy: string;
    }[];
  };
  /** A download was refused, broke, or brought fewer bytes than announced. */
  readonly DOWNLOAD_FAILED: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** The status that was answered. */
    readonly status?: number;
    /** Bytes that came. */
    readonly receivedBytes: number;
  };
  /** An endpoint could not be created, or did not come into service. `left` names what could not be removed again. */
  readonly ENDPOINT_FAILED: {
    /** Name of the endpoint. */
    readonly endpointName: string;
    /** The status that was answered. */
    readonly status: string;
    /** The reason that SageMaker gives. */
    readonly failureReason?: string;
    /** What could not be removed and is still on AWS. */
    readonly left: readonly string[];
  };
  /** A batch transform ended as Failed or Stopped. */
  readonly TRANSFORM_JOB_FAILED: {
    /** Name of the job. */
    readonly jobName: string;
    /** The status that was answered. */
    readonly status: string;
    /** The reason that SageMaker gives. */
    readonly failureReason?: string;
  };
  /** An endpoint still serves what it served before an update. `left` names what of the update could not be removed. */
  readonly ENDPOINT_UPDATE_FAILED: {
    /** Name of the endpoint. */
    readonly endpointName: string;
    /** The status that was answered. */
    readonly status: string;
    /** The reason that SageMaker gives. */
    readonly failureReason?: string;
    /** What could not be removed and is still on AWS. */
    readonly left: readonly string[];
  };
  /** An execution ended otherwise than well. `error` is the name that the failed state gave, such as `THRESHOLD_CONFIDENCE_NOT_MET`. */
  readonly EXECUTION_FAILED: {
    /** ARN of the execution. */
    readonly executionArn: string;
    /** The status that was answered. */
    readonly status: string;
    /** Name of the error that the failed state gave. */
    readonly error?: string;
    /** Cause that the failed state gave. */
    readonly cause?: string;
    /** Name of the state that failed, where the history told it. */
    readonly failedState?: string;
  };
  /** An execution ended well, but its output is not what the schema says. */
  readonly EXECUTION_OUTPUT_INVALID: {
    /** ARN of the execution. */
    readonly executionArn: string;
    /** What is wrong, and where. */
    readonly issues: readonly {
      /** Where it stands. */
      readonly path: string;
      /** What is wrong there. */
      readonly message: string;
    }[];
  };
  /** A folder does not hold images sorted into classes. */
  readonly IMAGE_FOLDER_INVALID: {
    /** Path of the folder. */
    readonly directory: string;
    /** What is wrong. */
    readonly reason: string;
  };
  /** An image cannot be read, or has a size or a label that does not fit the data set. */
  readonly IMAGE_INVALID: {
    /** Name of the image. */
    readonly filename: string;
    /** What is wrong. */
    readonly reason: string;
  };
  /** An image has a name that must not become a file or a key. */
  readonly IMAGE_NAME_INVALID: {
    /** Row of the image in its split. */
    readonly row: number;
    /** What is wrong. */
    readonly reason: string;
  };
  /** An image has more bytes than an endpoint takes. */
  readonly IMAGE_TOO_LARGE: HandlerErrorDetails["IMAGE_TOO_LARGE"];
  /** An argument of a public function is missing, unknown, of the wrong kind or out of range. */
  readonly INVALID_OPTIONS: {
    /** The public function that was called. */
    readonly functionName: string;
    /** What is wrong, and where. */
    readonly issues: readonly {
      /** Where it stands. */
      readonly path: string;
      /** What is wrong there. */
      readonly message: string;
    }[];
  };
  /** A file in the `directory` of the local AWS is damaged, or none of its own. */
  readonly LOCAL_DIRECTORY_DAMAGED: {
    /** The file. */
    readonly path: string;
  };
  /** The local AWS was asked for an operation or a service that it does not have. */
  readonly LOCAL_OPERATION_UNSUPPORTED: {
    /** The AWS service, as it signs its requests. */
    readonly service: string;
    /** The operation. */
    readonly operation: string;
  };
  /** The local trainer cannot train on this data. */
  readonly LOCAL_TRAINING_REFUSED: {
    /** What is wrong. */
    readonly reason: string;
  };
  /** A file does not hold a network that a local training job wrote. */
  readonly LOCAL_WEIGHTS_INVALID: {
    /** What is wrong. */
    readonly reason: string;
  };
  /** A line of a `.lst` manifest cannot be read. */
  readonly LST_INVALID: {
    /** Number of the line, from 1. */
    readonly line: number;
    /** What is wrong. */
    readonly reason: string;
  };
  /** A Lambda event does not hold what the handler needs. */
  readonly PAYLOAD_INVALID: HandlerErrorDetails["PAYLOAD_INVALID"];
  /** A pickle is damaged, or does not hold CIFAR data. */
  readonly PICKLE_INVALID: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** Member of the archive. */
    readonly member: string;
    /** Byte of the pickle near which it stands. */
    readonly offset: number;
    /** What is wrong. */
    readonly reason: string;
  };
  /** A pickle asks for an opcode or a Python object that plain CIFAR data never needs. Nothing of it was executed. */
  readonly PICKLE_UNSAFE: {
    /** Path, address or kind of what was read. */
    readonly source: string;
    /** Member of the archive. */
    readonly member: string;
    /** Byte of the pickle near which it stands. */
    readonly offset: number;
    /** The opcode or Python object. */
    readonly what: string;
  };
  /** A training or endpoint answer is not an array of probabilities. */
  readonly PREDICTION_INVALID: {
    /** What is wrong. */
    readonly reason: string;
  };
  /** A RecordIO file cannot be read, or a record cannot be written. */
  readonly RECORD_IO_INVALID: {
    /** Byte of the file, or of the record, near which it stands. */
    readonly offset: number;
    /** What is wrong. */
    readonly reason: string;
  };
  /** The image-classification algorithm is not offered in a region. */
  readonly REGION_UNSUPPORTED: {
    /** The region. */
    readonly region: string;
  };
  /** A handler's result does not fit into a state of a workflow, even without images. */
  readonly RESULT_TOO_LARGE: HandlerErrorDetails["RESULT_TOO_LARGE"];
  /** An `s3://` location cannot be read. */
  readonly S3_URI_INVALID: {
    /** The text that was given. */
    readonly uri: string;
  };
  /** There is a state machine of that name which must not be changed, or cannot be. */
  readonly STATE_MACHINE_CONFLICT: {
    /** ARN of the state machine that is there. */
    readonly stateMachineArn: string;
    /** It exists, it is of the other type, or it is being deleted. */
    readonly reason: "exists" | "type" | "deleting";
  };
  /** A step of a deployment failed, and something that was created could not be removed again. */
  readonly STATE_MACHINE_LEFT: {
    /** Name of the state machine. */
    readonly name: string;
    /** What could not be removed and is still on AWS. */
    readonly left: readonly string[];
  };
  /** The most probable class is not probable enough. */
  readonly THRESHOLD_CONFIDENCE_NOT_MET: HandlerErrorDetails["THRESHOLD_CONFIDENCE_NOT_MET"];
  /** A training job ended as Failed. */
  readonly TRAINING_JOB_FAILED: TrainingErrorDetails["TRAINING_JOB_FAILED"];
  /** A training job is none of the image-classification algorithm on colour images. */
  readonly TRAINING_JOB_FOREIGN: TrainingErrorDetails["TRAINING_JOB_FOREIGN"];
  /** A training job was stopped, by a person or by its runtime limit. */
  readonly TRAINING_JOB_STOPPED: TrainingErrorDetails["TRAINING_JOB_STOPPED"];
  /** The checks before the start of a training job found what would fail it; nothing was started. */
  readonly TRAINING_PREFLIGHT_FAILED: TrainingErrorDetails["TRAINING_PREFLIGHT_FAILED"];
  /** A tuning job ended without a model. */
  readonly TUNING_JOB_FAILED: TrainingErrorDetails["TUNING_JOB_FAILED"];
  /** A tuning job was stopped. */
  readonly TUNING_JOB_STOPPED: TrainingErrorDetails["TUNING_JOB_STOPPED"];
  /** A wait took longer than its limit. */
  readonly WAIT_TIMEOUT: {
    /** What was waited for. */
    readonly waitingFor: string;
    /** Milliseconds that have passed. */
    readonly elapsedMs: number;
    /** The status seen last. */
    readonly lastStatus?: string;
  };
}
