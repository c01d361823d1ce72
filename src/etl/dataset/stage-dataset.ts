import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { abortable } from "../../core/abort.js";
import type { S3Clients } from "../../core/clients.js";
import { forEachConcurrent } from "../../core/concurrency.js";
import { LabelsSchema, type StagedDataset, type StagedSplit } from "../../core/contracts.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { formatS3Uri, joinS3Key } from "../../core/s3-uri.js";
import { useClient } from "../../core/use-client.js";
import type { CifarImage, Split } from "../images/cifar-image.js";
import { encodePng } from "../images/encode-png.js";
import { imagesSchema } from "../images/images-schema.js";
import { DatasetPlan } from "./dataset-plan.js";

/** What `stageDataset` tells while it works. */
export type StageProgressEvent =
  | {
      /** An object was stored. */
      readonly type: "uploaded";
      /** Its key. */
      readonly key: string;
      /** Its size. */
      readonly bytes: number;
    }
  | {
      /** Something went wrong, and what this call had stored was removed again. */
      readonly type: "cleanup";
      /** Objects that were removed. */
      readonly removed: number;
      /** Keys that could not be removed and are still there. */
      readonly left: readonly string[];
    };

/** Options of {@link stageDataset}. */
export interface StageDatasetOptions {
  /** The images, such as `extractor.images()`. */
  readonly images: Iterable<CifarImage> | AsyncIterable<CifarImage>;
  /** Class names in label order, such as `extractor.labels`. */
  readonly labels: readonly string[];
  /** Where to: a bucket that exists, and a key prefix in it. */
  readonly destination: {
    /** Name of the bucket. */
    readonly bucket: string;
    /** Key prefix in front of everything. @defaultValue none */
    readonly prefix?: string;
  };
  /** Uploads under way at once, 1 to 256. @defaultValue `16` */
  readonly concurrency?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: S3Clients;
  /** Ends the staging; what this call stored is removed again before it rejects. */
  readonly signal?: AbortSignal;
  /** Is told each object. */
  readonly onProgress?: (event: StageProgressEvent) => void;
}

const OptionsSchema = z.strictObject({
  images: imagesSchema,
  labels: LabelsSchema,
  destination: z.strictObject({ bucket: z.string().min(3).max(63), prefix: z.string().max(800).default("") }),
  concurrency: z.int().min(1).max(256).default(16),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: StageProgressEvent) => void>().optional(),
});

/** Most keys of one DeleteObjects call. Source: the S3 API reference. */
const MAX_DELETE = 1000;

/**
 * Loads images into S3 as PNG objects under `{prefix}/train/` and `{prefix}/test/`, with the manifests
 * `{prefix}/train.lst` and `{prefix}/test.lst`, as SageMaker's image-classification algorithm reads them. The manifests
 * come last, so they never name an object that is not there. After a failure, objects that this call added are removed
 * again; objects that were there before and were written over stay. Needs `s3:PutObject`, `s3:ListBucket` and
 * `s3:DeleteObject`.
 *
 * @param options - See {@link StageDatasetOptions}.
 * @returns Where everything lies, for `trainImageClassifier`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 * @throws {@link DatasetError} `DATASET_EMPTY` when a split has no image.
 * @throws {@link DatasetError} `IMAGE_INVALID` when an image has another size or label than the data set.
 * @throws {@link LstError} `LST_INVALID` when a row of a split repeats.
 * @throws {@link DatasetError} `IMAGE_NAME_INVALID` when a name must not become a key.
 *
 * @example
 * ```ts
 * import { CifarExtractor, stageDataset } from "scones-ml/etl";
 *
 * const extractor = new CifarExtractor({ source: "cifar-100-python.tar.gz" });
 * const dataset = await stageDataset({
 *   images: extractor.images(),
 *   labels: extractor.labels,
 *   destination: { bucket: "scones" },
 * });
 * console.log(dataset.train.count, dataset.train.manifest);
 * ```
 */
export async function stageDataset(options: StageDatasetOptions): Promise<StagedDataset> {
  const { images, labels, destination, concurrency, clients, signal, onProgress } = parseOptions(
    "stageDataset",
    OptionsSchema,
    options,
  );
  const { bucket } = destination;
  const prefix = joinS3Key(destination.prefix);
  const plan = new DatasetPlan(labels);
  return useClient(
    clients.s3,
    () => new S3Client({}),
    async (client) => {
      const before = await listKeys(client, bucket, prefix, signal);
      const added: string[] = [];
      const put = async (name: string, body: Uint8Array, contentType: string): Promise<void> => {
        const key = joinS3Key(prefix, name);
        // Noted before the answer: an upload whose answer got lost may have stored the object all the same.
        if (!before.has(key)) added.push(key);
        const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType });
        await abortable(signal, (send) => client.send(command, send));
        onProgress?.({ type: "uploaded", key, bytes: body.byteLength });
      };
      try {
        await forEachConcurrent(plan.follow(images), { limit: concurrency, signal }, ({ image, filename }) =>
          put(`${image.split}/${filename}`, encodePng(image), "image/png"),
        );
        plan.requireBothSplits();
        for (const split of ["train", "test"] as const) {
          await put(`${split}.lst`, Buffer.from(plan.manifest(split)), "text/tab-separated-values");
        }
      } catch (error) {
        const left = await removeAll(client, bucket, added);
        if (added.length > 0) onProgress?.({ type: "cleanup", removed: added.length - left.length, left });
        throw error;
      }
      const describe = (split: Split): StagedSplit => ({
        images: formatS3Uri({ bucket, key: `${joinS3Key(prefix, split)}/` }),
        manifest: formatS3Uri({ bucket, key: joinS3Key(prefix, `${split}.lst`) }),
        count: plan.count(split),
      });
      return {
        format: "lst",
        bucket,
        prefix,
        labels,
        imageShape: { channels: 3, ...plan.shape },
        train: describe("train"),
        validation: describe("test"),
      };
    },
  );
}

async function listKeys(
  client: S3Client,
  bucket: string,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const split of ["train", "test"]) {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: joinS3Key(prefix, split),
        ContinuationToken: token,
      });
      const page = await abortable(signal, (send) => client.send(command, send));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.add(Key);
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
  return keys;
}

async function removeAll(client: S3Client, bucket: string, keys: readonly string[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (let start = 0; start < keys.length; start += MAX_DELETE) {
    const batch = keys.slice(start, start + MAX_DELETE);
    const Objects = batch.map((Key) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })).then(
      ({ Errors }) => left.push(...(Errors ?? []).flatMap(({ Key }) => Key ?? [])),
      () => left.push(...batch),
    );
  }
  return left;
}
