import type { StallableOperation } from "../faults/fault-options.js";
import type { Records } from "../kept/records.js";
import type { LabelledPixels } from "../training/train-network.js";
import type { Tags } from "./tags.js";

/** What the local SageMaker needs of S3. @internal */
export interface ObjectAccess {
  /** Keys under a prefix, in order. */
  list(bucket: string, prefix: string): AsyncIterable<string>;
  /** Reads an object; `undefined` when bucket or key is not there. */
  read(bucket: string, key: string): Promise<Uint8Array | undefined>;
  /** Writes an object; `false` when the bucket is not there. */
  write(bucket: string, key: string, bytes: Uint8Array, contentType: string): Promise<boolean>;
  /** Whether a bucket is there. */
  hasBucket(bucket: string): Promise<boolean>;
}

/** One line of a container's log, as CloudWatch would receive it. */
export interface LocalLogEvent {
  /** CloudWatch log group, such as `/aws/sagemaker/TrainingJobs`. */
  readonly logGroup: string;
  /** CloudWatch log stream, such as `scones-1/algo-1-1769505000`. */
  readonly logStream: string;
  /** When it was written. */
  readonly timestamp: Date;
  /** The line. */
  readonly message: string;
}

/** What the parts of the local SageMaker share. @internal */
export interface SageMakerEnvironment {
  /** Region of every ARN. */
  readonly region: string;
  /** Account of every ARN. */
  readonly accountId: string;
  /** Decides initial weights, augmentation, sampling and the choice of variants. */
  readonly seed: number;
  /** The present. */
  readonly now: () => Date;
  /** S3. */
  readonly objects: ObjectAccess;
  /** Network and threads of training jobs. */
  readonly trainer: { readonly widths: readonly [number, number, number]; readonly threads?: number };
  /** What keeps the resources. */
  readonly records: Records;
  /** Tags of all resources. */
  readonly tags: Tags;
  /** Holds work back while a fault stalls the operation that has started it. */
  readonly hold: (operation: StallableOperation, signal?: AbortSignal) => Promise<void>;
  /** Receives log lines. */
  readonly log: (event: LocalLogEvent) => void;
}

/** Images of one channel, with their labels. @internal */
export type ChannelImages = LabelledPixels;

/**
 * Writes the ARN of a SageMaker resource. SageMaker writes the name in lower case.
 *
 * @param environment - Region and account.
 * @param kind - Kind of the resource, such as `training-job`.
 * @param name - Name of the resource.
 * @returns The ARN.
 * @internal
 */
export function resourceArn(
  environment: Pick<SageMakerEnvironment, "region" | "accountId">,
  kind: string,
  name: string,
): string {
  return `arn:aws:sagemaker:${environment.region}:${environment.accountId}:${kind}/${name.toLowerCase()}`;
}

/**
 * Writes a time as the AWS JSON protocol does: seconds since 1970, with milliseconds.
 *
 * @param time - The time.
 * @returns Seconds.
 * @internal
 */
export function epochSeconds(time: Date): number {
  return time.getTime() / 1000;
}
