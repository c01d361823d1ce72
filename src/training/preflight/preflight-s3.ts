import type { S3Client } from "@aws-sdk/client-s3";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { abortable } from "../../core/abort.js";
import type { S3Location } from "../../core/s3-uri.js";

type S3Package = typeof import("@aws-sdk/client-s3");

/** Most keys of one listing page. */
const PAGE_KEYS = 1000;

/** Objects under a prefix, as far as they were listed. @internal */
export interface Listing {
  /** Sizes by key. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Whether that is all of them. */
  readonly isComplete: boolean;
}

/** The beginning of an object. @internal */
export interface ObjectHead {
  /** Its bytes. */
  readonly bytes: Buffer;
  /** Whether that is all of it. */
  readonly isComplete: boolean;
}

/** What the checks ask of S3. They only read. @internal */
export class PreflightS3 {
  readonly #package: S3Package;
  readonly #client: S3Client;
  readonly #signal: AbortSignal | undefined;

  private constructor(commands: S3Package, client: S3Client, signal: AbortSignal | undefined) {
    this.#package = commands;
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * Opens S3. Without a client of the caller one is made that goes where the SageMaker client goes: same region, same
   * credentials, same connections, and so also to a local AWS.
   *
   * @param given - The caller's client.
   * @param sagemaker - The SageMaker client.
   * @param signal - Ends every question.
   */
  static async open(
    given: S3Client | undefined,
    sagemaker: SageMakerClient,
    signal: AbortSignal | undefined,
  ): Promise<PreflightS3> {
    const commands = await import("@aws-sdk/client-s3");
    if (given !== undefined) return new PreflightS3(commands, given, signal);
    const { region, credentials, requestHandler, endpoint, isCustomEndpoint } = sagemaker.config;
    // It is never destroyed: its connections are those of the SageMaker client.
    const client = new commands.S3Client({
      region,
      credentials,
      requestHandler,
      ...(isCustomEndpoint === true && endpoint !== undefined ? { endpoint, forcePathStyle: true } : {}),
    });
    return new PreflightS3(commands, client, signal);
  }

  /**
   * Finds the region of a bucket, which S3 also tells where it denies the rest.
   *
   * @param bucket - The bucket.
   * @returns Its region; `undefined` when it is not told; `"none"` when there is no such bucket.
   */
  async findRegion(bucket: string): Promise<string | undefined> {
    const command = new this.#package.HeadBucketCommand({ Bucket: bucket });
    try {
      return (await abortable(this.#signal, (send) => this.#client.send(command, send))).BucketRegion;
    } catch (error) {
      const region = readRegionHeader(error);
      if (region !== undefined) return region;
      if (readStatus(error) === 404) return "none";
      // An answer without a body cannot say what is wrong, such as expired credentials; the next question will.
      if (readStatus(error) === 400) return undefined;
      throw error;
    }
  }

  /**
   * Lists the objects under a prefix, up to a limit.
   *
   * @param place - Bucket and prefix.
   * @param limit - Most objects to list.
   */
  async list({ bucket, key }: S3Location, limit: number): Promise<Listing> {
    const sizes = new Map<string, number>();
    let token: string | undefined;
    do {
      const command = new this.#package.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: key,
        MaxKeys: Math.min(PAGE_KEYS, limit - sizes.size),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await abortable(this.#signal, (send) => this.#client.send(command, send));
      for (const { Key, Size = 0 } of page.Contents ?? []) if (Key !== undefined) sizes.set(Key, Size);
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined && sizes.size < limit);
    return { sizes, isComplete: token === undefined };
  }

  /**
   * Reads the beginning of an object.
   *
   * @param place - Bucket and key.
   * @param limit - Most bytes to read.
   * @returns The bytes; `undefined` when there is no such object.
   */
  async readHead({ bucket, key }: S3Location, limit: number): Promise<ObjectHead | undefined> {
    const command = new this.#package.GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${limit - 1}` });
    try {
      return await abortable(this.#signal, async (send) => {
        const { Body, ContentRange } = await this.#client.send(command, send);
        const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
        const total = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1] ?? bytes.length);
        return { bytes: bytes.subarray(0, limit), isComplete: total <= limit };
      });
    } catch (error) {
      if (readStatus(error) === 404) return undefined;
      // An object without a byte has no range.
      if (readStatus(error) === 416) return { bytes: Buffer.alloc(0), isComplete: true };
      throw error;
    }
  }
}

function readStatus(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
}

function readRegionHeader(error: unknown): string | undefined {
  const answer = (error as { readonly $response?: { readonly headers?: Readonly<Record<string, string>> } } | undefined)
    ?.$response;
  return answer?.headers?.["x-amz-bucket-region"];
}
