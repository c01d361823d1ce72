import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { S3Clients } from "../../core/clients.js";
import { forEachConcurrent } from "../../core/concurrency.js";
import { LabelsSchema, type StagedDataset, type StagedSplit } from "../../core/contracts.js";
import { callbackSchema, clientSchema, parseOptions, signalSchema } from "../../core/options.js";
import { formatS3Uri, joinS3Key } from "../../core/s3-uri.js";
import { useClient } from "../../core/use-client.js";
import { DatasetPlan } from "../dataset/dataset-plan.js";
import type { CifarImage, Split } from "../images/cifar-image.js";
import { encodeChecked } from "../images/encode-png.js";
import { imagesSchema } from "../images/images-schema.js";
import { ObjectWriter } from "./object-writer.js";
import { packRecordIo } from "./pack-record-io.js";
import type { StageProgressEvent } from "./stage-progress.js";
import { uploadFile } from "./upload-file.js";

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
  /**
   * One PNG object an image with `.lst` manifests, or one RecordIO file a split, which SageMaker reads faster when there
   * are many images. @defaultValue `"lst"`
   */
  readonly format?: "lst" | "recordio";
  /** Account number that the bucket must belong to; S3 refuses everything otherwise. @defaultValue not checked */
  readonly expectedBucketOwner?: string;
  /** Uploads under way at once, 1 to 256. @defaultValue `16` */
  readonly concurrency?: number;
  /** AWS clients to use; a missing one is made from the SDK's default chain. */
  readonly clients?: S3Clients;
  /**
   * Ends the staging; what this call added is removed again before it rejects. Once a manifest of an earlier staging has
   * been replaced, everything stays, so that it names nothing that is not there.
   */
  readonly signal?: AbortSignal;
  /** Is told each object, and at the end how many were stored and how many were there already. */
  readonly onProgress?: (event: StageProgressEvent) => void;
}

const OptionsSchema = z.strictObject({
  images: imagesSchema,
  labels: LabelsSchema,
  destination: z.strictObject({ bucket: z.string().min(3).max(63), prefix: z.string().max(800).default("") }),
  format: z.enum(["lst", "recordio"]).default("lst"),
  expectedBucketOwner: z
    .string()
    .regex(/^\d{12}$/, "must be an account number of 12 digits")
    .optional(),
  concurrency: z.int().min(1).max(256).default(16),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
  signal: signalSchema.optional(),
  onProgress: callbackSchema<(event: StageProgressEvent) => void>().optional(),
});

/** What the functions below work with. */
interface Staging {
  readonly writer: ObjectWriter;
  readonly plan: DatasetPlan;
  readonly images: Iterable<CifarImage> | AsyncIterable<CifarImage>;
  readonly prefix: string;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

const RETRY_DELAY_MS = 200;
const SPLITS = ["train", "test"] as const;
/** Folder that holds the one `.rec` file of a split, apart from the images of an `lst` layout under the same prefix. */
const RECORD_FOLDERS: Readonly<Record<Split, string>> = { train: "train_rec", test: "test_rec" };

/**
 * Loads images into S3 as SageMaker's image-classification algorithm reads them. As `lst`: PNG objects under
 * `{prefix}/train/` and `{prefix}/test/`, with the manifests `{prefix}/train.lst` and `{prefix}/test.lst`. As `recordio`:
 * `{prefix}/train_rec/train.rec` and `{prefix}/test_rec/test.rec` with the same manifests, and `.idx` files beside them.
 *
 * An object that is there already with the same content is not sent again. Manifests come last, so they never name an
 * object that is not there. Throttling and server errors are tried again. After any other failure, objects that this
 * call added are removed again, unless a manifest of an earlier staging was replaced already and names them; objects
 * that were there before and were written over stay. Needs `s3:PutObject`,
 * `s3:ListBucket`, `s3:DeleteObject` and, for RecordIO files above 16 MiB, `s3:AbortMultipartUpload`.
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
  const parsed = parseOptions("stageDataset", OptionsSchema, options);
  const { images, labels, destination, format, concurrency, signal } = parsed;
  const { bucket } = destination;
  const prefix = joinS3Key(destination.prefix);
  // Loading the SDK takes longer than reading a small archive, so only who stages pays for it.
  const commands = await import("@aws-sdk/client-s3");
  return useClient(
    parsed.clients.s3,
    () => new commands.S3Client({}),
    async (client) => {
      const { expectedBucketOwner, onProgress } = parsed;
      const retryDelayMs = RETRY_DELAY_MS;
      const writer = new ObjectWriter({
        client,
        commands,
        bucket,
        expectedBucketOwner,
        retryDelayMs,
        signal,
        onProgress,
      });
      const manifestOf = (split: Split) => joinS3Key(prefix, `${split}.lst`);
      const staging = { writer, plan: new DatasetPlan(labels), images, prefix, concurrency, signal };
      for (const split of SPLITS) await writer.listExisting(joinS3Key(prefix, split));
      try {
        await (format === "lst" ? stageImages(staging) : stageRecords(staging));
        for (const split of SPLITS) {
          const manifest = Buffer.from(staging.plan.manifest(split));
          await writer.put(manifestOf(split), manifest, "text/tab-separated-values");
        }
      } catch (error) {
        // A manifest that took the place of an older one stays, and so must what it names.
        if (!SPLITS.some((split) => writer.hasReplaced(manifestOf(split)))) await writer.removeAdded();
        throw error;
      }
      writer.reportComplete();
      const locate = (...parts: readonly string[]) => formatS3Uri({ bucket, key: joinS3Key(prefix, ...parts) });
      const describe = (split: Split): StagedSplit => ({
        images: `${locate(format === "lst" ? split : RECORD_FOLDERS[split])}/`,
        manifest: locate(`${split}.lst`),
        count: staging.plan.count(split),
        ...(format === "lst" ? {} : { index: locate(`${split}.idx`) }),
      });
      return {
        format,
        bucket,
        prefix,
        labels,
        imageShape: { channels: 3, ...staging.plan.shape },
        train: describe("train"),
        validation: describe("test"),
      };
    },
  );
}

async function stageImages({ writer, plan, images, prefix, concurrency, signal }: Staging): Promise<void> {
  await forEachConcurrent(plan.follow(images), { limit: concurrency, signal }, ({ image, filename }) =>
    writer.put(joinS3Key(prefix, image.split, filename), encodeChecked(image), "image/png"),
  );
  plan.requireBothSplits();
}

async function stageRecords({ writer, plan, images, prefix, signal }: Staging): Promise<void> {
  await using packed = await packRecordIo(plan.follow(images), signal);
  plan.requireBothSplits();
  for (const split of SPLITS) {
    const { path, index } = packed[split];
    const key = joinS3Key(prefix, RECORD_FOLDERS[split], `${split}.rec`);
    await uploadFile({ writer, path, key, contentType: "application/x-recordio", signal });
    await writer.put(joinS3Key(prefix, `${split}.idx`), Buffer.from(index), "text/tab-separated-values");
  }
}
