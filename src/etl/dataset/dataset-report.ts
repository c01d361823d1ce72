import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import {
  ChannelSchema,
  ClassFiguresSchema,
  ConflictingSchema,
  count,
  ImagePlaceSchema,
  InvalidSchema,
  LeakedSchema,
  listOf,
  PlacesSchema,
  RepeatedSchema,
  SizeSchema,
  SplitFiguresSchema,
} from "./dataset-report-parts.js";

/** What {@link inspectDataset} can find: of the data set, its labels, its pixels, its pictures, its manifests. */
const FINDING_CODES = [
  "DATASET_EMPTY",
  "IMAGES_INVALID",
  "SPLIT_EMPTY",
  "TRAIN_SMALLER_THAN_BATCH",
  "LABELS_INCONSISTENT",
  "LABEL_IDS_NOT_CONSECUTIVE",
  "CLASSES_TOO_FEW",
  "CLASSES_IMBALANCED",
  "CLASS_EMPTY",
  "CLASS_NOT_IN_TRAIN",
  "CLASS_NOT_IN_TEST",
  "CLASS_SMALL",
  "SIZES_MIXED",
  "PIXELS_SCALED",
  "PIXEL_RANGE_NARROW",
  "CHANNEL_CONSTANT",
  "IMAGES_CONSTANT",
  "IMAGES_GREY",
  "IMAGES_IDENTICAL",
  "IMAGES_LEAKED",
  "IMAGES_REPEATED",
  "LABELS_CONFLICTING",
  "ROWS_REPEATED",
  "FILENAMES_UNSAFE",
] as const;

/** One thing that {@link inspectDataset} found out about a data set. */
export const DatasetFindingSchema = z
  .object({
    /** Stable name of what was found, such as `IMAGES_LEAKED`. */
    code: z.literal(FINDING_CODES),
    /** `error`: do not train with it; `warning`: look at it first; `info`: good to know. */
    severity: z.literal(["error", "warning", "info"]),
    /** What was found, with the figures and the limit. */
    message: z.string().min(1),
    /** What to do about it. */
    remedy: z.string().min(1),
  })
  .readonly();

/** What {@link inspectDataset} returns: plain JSON. Lists hold at most 20 entries, with the full count beside. */
export const DatasetReportSchema = z
  .object({
    /** Number of images, without the unusable ones. */
    total: count(),
    /** Number of different pictures. */
    distinct: count(),
    /** Images of which red, green and blue are equal everywhere. */
    grey: count(),
    /** Class names in label order, where they were given. */
    labels: LabelsSchema.optional(),
    /** Figures of each part of the data set. */
    splits: z
      .object({
        /** The training images. */
        train: SplitFiguresSchema,
        /** The test images. */
        test: SplitFiguresSchema,
      })
      .readonly(),
    /** All classes: the given ones, and every other pair of label and name that occurs. */
    classes: z.array(ClassFiguresSchema).readonly(),
    /** Sizes of the images in pixels, the most frequent first. */
    sizes: z
      .object({
        /** Number of different sizes. */
        distinct: count(),
        /** Width and height in pixels, and how many images have them. */
        list: listOf(SizeSchema),
      })
      .readonly(),
    /** The colours, over all pixels of all images. */
    channels: z
      .object({
        /** Red. */
        red: ChannelSchema,
        /** Green. */
        green: ChannelSchema,
        /** Blue. */
        blue: ChannelSchema,
      })
      .readonly(),
    /** Images of a single colour. */
    constant: z
      .object({
        /** How many. */
        count: count(),
        /** How many of them are black. */
        black: count(),
        /** Where they are. */
        list: listOf(ImagePlaceSchema),
      })
      .readonly(),
    /** Pictures that occur more than once in one split, the most frequent first. */
    repeated: z
      .object({
        /** How many pictures. */
        groups: count(),
        /** Images too many: all but the first of each picture. */
        surplus: count(),
        /** The pictures: how often each occurs, and where. */
        list: listOf(RepeatedSchema),
      })
      .readonly(),
    /** Pictures that occur in both splits, the most frequent first. */
    leaked: z
      .object({
        /** How many pictures. */
        groups: count(),
        /** Test images that show one of them. */
        testImages: count(),
        /** The pictures: how often each occurs in each split, and where. */
        list: listOf(LeakedSchema),
      })
      .readonly(),
    /** Pictures that occur under several class names, the most frequent first. */
    conflicting: z
      .object({
        /** How many pictures. */
        groups: count(),
        /** Images that show one of them. */
        images: count(),
        /** The pictures: how often each occurs, and one place for each class name. */
        list: listOf(ConflictingSchema),
      })
      .readonly(),
    /** Images that cannot be used; they count nowhere else. */
    invalid: z
      .object({
        /** How many. */
        count: count(),
        /** Place in the source from 0, the file name where there is one, and the reason. */
        list: listOf(InvalidSchema),
      })
      .readonly(),
    /** Images whose row another image of their split has; a `.lst` manifest takes no row twice. */
    repeatedRows: PlacesSchema,
    /** Images whose file name must not become a file or a key. */
    unsafeNames: PlacesSchema,
    /** What is wrong or remarkable, errors first. */
    findings: z.array(DatasetFindingSchema).readonly(),
  })
  .readonly();

/** What {@link inspectDataset} returns. */
export type DatasetReport = z.output<typeof DatasetReportSchema>;
/** One thing that {@link inspectDataset} found out. */
export type DatasetFinding = z.output<typeof DatasetFindingSchema>;
/** A report before anything is concluded from it. @internal */
export type DatasetFigures = Omit<DatasetReport, "findings">;
