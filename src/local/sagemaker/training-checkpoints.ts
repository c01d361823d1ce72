import { joinS3Key, parseS3Uri } from "../../core/s3-uri.js";
import type { NetworkCheckpoint } from "../training/train-network.js";
import { checkpointName } from "./algorithm-log.js";
import type { ObjectAccess } from "./environment.js";
import { ContainerFailure } from "./training-data.js";

const NAME = /(?:^|\/)image-classification-(\d{4,9})\.params$/;

/** The checkpoints of one job: all are kept for the artifact, and in S3 where CheckpointConfig says so. @internal */
export class TrainingCheckpoints {
  readonly #objects: ObjectAccess;
  readonly #place: { readonly bucket: string; readonly key: string } | undefined;
  readonly #kept = new Map<string, Uint8Array>();
  #written: Promise<boolean> = Promise.resolve(true);

  /**
   * @param objects - S3.
   * @param s3Uri - `S3Uri` of CheckpointConfig.
   */
  constructor(objects: ObjectAccess, s3Uri: string | undefined) {
    this.#objects = objects;
    this.#place = s3Uri === undefined ? undefined : parseS3Uri(s3Uri);
  }

  /** File names and weights, in order. */
  get kept(): ReadonlyMap<string, Uint8Array> {
    return this.#kept;
  }

  /**
   * Finds the newest checkpoint in S3, from which an interrupted job goes on.
   *
   * @throws ContainerFailure when the bucket is not there.
   */
  async findLast(): Promise<NetworkCheckpoint | undefined> {
    if (this.#place === undefined) return undefined;
    const { bucket, key: prefix } = this.#place;
    if (!(await this.#objects.hasBucket(bucket))) throw this.#noBucket();
    let last: { readonly key: string; readonly epoch: number } | undefined;
    for await (const key of this.#objects.list(bucket, prefix === "" ? "" : `${joinS3Key(prefix)}/`)) {
      const number = Number(NAME.exec(key)?.[1] ?? "0");
      if (number > (last?.epoch ?? -1) + 1) last = { key, epoch: number - 1 };
    }
    const weights = last && (await this.#objects.read(bucket, last.key));
    return last && weights && { epoch: last.epoch, weights };
  }

  /** Keeps a checkpoint. */
  add({ epoch, weights }: NetworkCheckpoint): void {
    const name = checkpointName(epoch);
    this.#kept.set(name, weights);
    if (this.#place === undefined) return;
    const { bucket, key } = this.#place;
    const write = () => this.#objects.write(bucket, joinS3Key(key, name), weights, "application/octet-stream");
    this.#written = this.#written.then(async (before) => (await write()) && before);
    // Whatever goes wrong is told by `flush`, which always follows.
    this.#written.catch(() => {});
  }

  /**
   * Waits until all checkpoints are in S3.
   *
   * @throws ContainerFailure when the bucket is not there.
   */
  async flush(): Promise<void> {
    if (await this.#written) return;
    throw this.#noBucket();
  }

  #noBucket(): ContainerFailure {
    return new ContainerFailure(`ClientError: The checkpoint bucket ${this.#place?.bucket} does not exist.`);
  }
}
