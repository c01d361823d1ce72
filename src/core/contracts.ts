import * as z from "zod";
import { ResourceNameSchema } from "./names.js";
import { CostEstimateSchema, EpochMetricsSchema, TrainingAdviceSchema } from "./training-record.js";

const S3UriSchema = z.string().regex(/^s3:\/\/[^/]+\/?.*$/s, "must be an S3 location such as s3://bucket/key");

/** Class names in label order: the first one is label 0. */
export const LabelsSchema = z
  .array(z.string().min(1))
  .min(2, "needs at least two classes")
  .refine((labels) => new Set(labels).size === labels.length, "must not repeat a class")
  .readonly();

/** Where the images of one split lie in S3, and how many they are. */
export const StagedSplitSchema = z
  .object({
    /** `s3://` prefix that holds the images, or the one `.rec` file of them, with a slash at its end. */
    images: S3UriSchema,
    /** `s3://` location of the `.lst` manifest. */
    manifest: S3UriSchema,
    /** Number of images, which is the number of lines of the manifest. */
    count: z.int().min(0),
    /** `s3://` location of the `.idx` file, where the images are in a `.rec` file. */
    index: S3UriSchema.optional(),
  })
  .readonly();

/** Channels, height and width of the images. */
const ImageShapeSchema = z
  .object({
    /** Red, green and blue. */
    channels: z.literal(3),
    /** Height in pixels. */
    height: z.int().min(1),
    /** Width in pixels. */
    width: z.int().min(1),
  })
  .readonly();

/** A labelled data set in S3 in the layout that SageMaker's image-classification algorithm reads: what `stageDataset` returns and `trainImageClassifier` takes. */
export const StagedDatasetSchema = z
  .object({
    /** Layout of the data: one object an image with `.lst` manifests, or one RecordIO file a split. */
    format: z.literal(["lst", "recordio"]),
    /** Bucket that holds everything. */
    bucket: z.string().min(3).max(63),
    /** Key prefix in front of everything, without slashes at its ends; may be empty. */
    prefix: z.string(),
    /** Class names in label order. */
    labels: LabelsSchema,
    /** Height and width of the images in pixels, and their channels. */
    imageShape: ImageShapeSchema,
    /** Training images. */
    train: StagedSplitSchema,
    /** Images that training is validated with. */
    validation: StagedSplitSchema,
  })
  .readonly();

/** A finished training job: what `trainImageClassifier` returns and `deployEndpoint` takes. */
export const TrainedModelSchema = z
  .object({
    /** Name of the training job. */
    trainingJobName: ResourceNameSchema,
    /** ARN of the training job. */
    trainingJobArn: z.string().min(1),
    /** `s3://` location of `model.tar.gz`. */
    artifact: S3UriSchema,
    /** Container image that trained it and that serves it. */
    image: z.string().min(1).max(255),
    /** Class names in label order. */
    labels: LabelsSchema,
    /** Height and width of the images in pixels, and their channels. */
    imageShape: ImageShapeSchema,
    /** Last values that the job reported, where it reported any, 0 to 1. */
    metrics: z
      .object({
        /** Share of the training images that were classified rightly, 0 to 1. */
        trainAccuracy: z.number().optional(),
        /** Share of the validation images that were classified rightly, 0 to 1. */
        validationAccuracy: z.number().optional(),
      })
      .readonly(),
    /** Every epoch that the job's log tells of, in order; absent where no log could be read. */
    epochs: z.array(EpochMetricsSchema).readonly().optional(),
    /** The epoch whose weights the artifact holds: on AWS the first one with the highest validation accuracy. */
    bestEpoch: EpochMetricsSchema.optional(),
    /** The last epoch, whose weights the artifact need not hold. */
    lastEpoch: EpochMetricsSchema.optional(),
    /** What in the curve deserves a look; empty where nothing does, absent where no log could be read. */
    advice: z.array(TrainingAdviceSchema).readonly().optional(),
    /** Seconds that AWS bills for each instance, where the job reported them. */
    billableSeconds: z.number().optional(),
    /** Seconds from start to end of training, where the job reported them. */
    trainingSeconds: z.number().optional(),
    /** What the job cost, estimated; absent where the price is not known. */
    cost: CostEstimateSchema.optional(),
  })
  .readonly();

/** An endpoint that answers, with the three resources it consists of: what `deployEndpoint` returns and `deleteEndpoint` takes. */
export const DeployedEndpointSchema = z
  .object({
    /** Name of the endpoint. */
    endpointName: ResourceNameSchema,
    /** ARN of the endpoint. */
    endpointArn: z.string().min(1),
    /** Name of the endpoint configuration. */
    endpointConfigName: ResourceNameSchema,
    /** Whether the configuration was there before, so that `deleteEndpoint` leaves it alone; absent where not. */
    reusesEndpointConfig: z.literal(true).optional(),
    /** Names of the models behind it. */
    modelNames: z.array(ResourceNameSchema).min(1).readonly(),
    /** Those of them that were there before, which `deleteEndpoint` leaves alone; absent where there are none. */
    reusedModelNames: z.array(ResourceNameSchema).readonly().optional(),
    /** Class names in label order. */
    labels: LabelsSchema,
    /** `s3://` prefix of the captures of this endpoint, where capture is on. */
    captures: S3UriSchema.optional(),
  })
  .readonly();

/** Where the images of one split lie in S3. */
export type StagedSplit = z.output<typeof StagedSplitSchema>;
/** A labelled data set in S3. */
export type StagedDataset = z.output<typeof StagedDatasetSchema>;
/** A finished training job. */
export type TrainedModel = z.output<typeof TrainedModelSchema>;
/** An endpoint that answers. */
export type DeployedEndpoint = z.output<typeof DeployedEndpointSchema>;
