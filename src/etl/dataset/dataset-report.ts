import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";

/** Most entries of each list of a report; the full count stands beside. @internal */
export const MAX_LISTED = 20;
/** Bins of the histogram of a channel. @internal */
export const HISTOGRAM_BINS = 16;

const count = () => z.int().min(0);
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(MAX_LISTED).readonly();
const SplitNameSchema = z.enum(["train", "test"]);

const PlaceSchema = z
  .object({
    /** Part of the data set. */
    split: SplitNameSchema,
    /** Row in its split. */
    row: count(),
    /** File name, cut to 200 characters. */
    filename: z.string(),
    /** Name of its class. */
    label: z.string(),
  })
  .readonly();

const SplitFiguresSchema = z
  .object({
    /** Number of images. */
    count: count(),
    /** Images of which red, green and blue are equal everywhere. */
    grey: count(),
    /** Images of a single colour. */
    constant: count(),
    /** How often the most frequent picture occurs: 1 when no two images are the same. */
    mostRepeated: count(),
    /** Smallest value of all pixels, 0 to 255; `null` without images. */
    minimum: z.int().min(0).max(255).nullable(),
    /** Largest value of all pixels, 0 to 255; `null` without images. */
    maximum: z.int().min(0).max(255).nullable(),
  })
  .readonly();

const ClassFiguresSchema = z
  .object({
    /** Label of the class. */
    labelId: z.int(),
    /** Name of the class. */
    label: z.string(),
    /** Training images. */
    train: count(),
    /** Test images. */
    test: count(),
  })
  .readonly();

const ChannelSchema = z
  .object({
    /** Mean over all pixels, 0 to 255; `null` without images. */
    mean: z.number().min(0).max(255).nullable(),
    /** Standard deviation over all pixels; `null` without images. */
    standardDeviation: z.number().min(0).max(127.5).nullable(),
    /** Pixels in each sixteenth of the range: 0 to 15, 16 to 31, and so on. */
    histogram: z.array(count()).length(HISTOGRAM_BINS).readonly(),
  })
  .readonly();

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
    code: z.enum(FINDING_CODES),
    /** `error`: do not train with it; `warning`: look at it first; `info`: good to know. */
    severity: z.enum(["error", "warning", "info"]),
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
    splits: z.object({ train: SplitFiguresSchema, test: SplitFiguresSchema }).readonly(),
    /** All classes: the given ones, and every other pair of label and name that occurs. */
    classes: z.array(ClassFiguresSchema).readonly(),
    /** Sizes of the images in pixels, the most frequent first. */
    sizes: z
      .object({
        /** Number of different sizes. */
        distinct: count(),
        /** Width and height in pixels, and how many images have them. */
        list: listOf(z.object({ width: z.int().min(1), height: z.int().min(1), count: count() }).readonly()),
      })
      .readonly(),
    /** The colours, over all pixels of all images. */
    channels: z.object({ red: ChannelSchema, green: ChannelSchema, blue: ChannelSchema }).readonly(),
    /** Images of a single colour. */
    constant: z
      .object({
        /** How many. */
        count: count(),
        /** How many of them are black. */
        black: count(),
        /** Where they are. */
        list: listOf(PlaceSchema),
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
        list: listOf(z.object({ split: SplitNameSchema, count: count(), where: listOf(PlaceSchema) }).readonly()),
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
        list: listOf(z.object({ train: count(), test: count(), where: listOf(PlaceSchema) }).readonly()),
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
        list: listOf(z.object({ count: count(), where: listOf(PlaceSchema) }).readonly()),
      })
      .readonly(),
    /** Images that cannot be used; they count nowhere else. */
    invalid: z
      .object({
        /** How many. */
        count: count(),
        /** Place in the source from 0, the file name where there is one, and the reason. */
        list: listOf(
          z.object({ position: count(), filename: z.string().optional(), reason: z.string().min(1) }).readonly(),
        ),
      })
      .readonly(),
    /** Images whose row another image of their split has; a `.lst` manifest takes no row twice. */
    repeatedRows: z.object({ count: count(), list: listOf(PlaceSchema) }).readonly(),
    /** Images whose file name must not become a file or a key. */
    unsafeNames: z.object({ count: count(), list: listOf(PlaceSchema) }).readonly(),
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
/** Where an image lies. @internal */
export type ImagePlace = z.output<typeof PlaceSchema>;
