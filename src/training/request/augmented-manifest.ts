import * as z from "zod";
import { StagedDatasetSchema } from "../../core/contracts.js";
import { s3LocationSchema } from "./request-fields.js";

const { labels, imageShape } = StagedDatasetSchema.unwrap().shape;

const SplitSchema = z
  .strictObject({
    /** `s3://` location of the manifest: one JSON object a line, such as `{"source-ref":"s3://...","class":"0"}`. */
    manifest: s3LocationSchema,
    /** Number of its lines. */
    count: z.int().min(1),
  })
  .readonly();

/**
 * Labelled images that an augmented manifest lists, as Ground Truth writes it. The job streams them in Pipe mode.
 * Source: "Image Classification - MXNet", "Train with Augmented Manifest Image Format", SageMaker developer guide.
 */
export const AugmentedManifestDatasetSchema = z
  .strictObject({
    /** The layout. */
    format: z.literal("augmented-manifest"),
    /** Class names in label order. */
    labels,
    /** Height and width of the images in pixels, and their channels. */
    imageShape,
    /** Training images. */
    train: SplitSchema,
    /** Images that training is validated with. */
    validation: SplitSchema,
    /** Attribute of a line that names the image. @defaultValue `"source-ref"` */
    imageAttribute: z.string().min(1).max(256).default("source-ref"),
    /** Attribute of a line that holds the label. @defaultValue `"class"` */
    labelAttribute: z.string().min(1).max(256).default("class"),
    /**
     * How several labels of an image are written, with the hyper-parameter `multiLabel`: `multi-hot` is one 0 or 1 for
     * each class, `class-id` lists the labels, as Ground Truth does. @defaultValue AWS's own, `multi-hot`
     */
    labelFormat: z.literal(["multi-hot", "class-id"]).optional(),
  })
  .readonly();

/** Labelled images that an augmented manifest lists. */
export type AugmentedManifestDataset = z.input<typeof AugmentedManifestDatasetSchema>;
