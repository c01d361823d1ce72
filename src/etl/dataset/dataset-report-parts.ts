import * as z from "zod";

/** Most entries of each list of a report; the full count stands beside. @internal */
export const MAX_LISTED = 20;
/** Bins of the histogram of a channel. @internal */
export const HISTOGRAM_BINS = 16;

/** A whole number from 0. @internal */
export const count = () => z.int().min(0);
/** A list that a report cuts. @internal */
export const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).max(MAX_LISTED).readonly();
/** Part of a data set. @internal */
const SplitNameSchema = z.literal(["train", "test"]);

/** Where an image of a report lies. */
export const ImagePlaceSchema = z
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

/** Figures of one split. @internal */
export const SplitFiguresSchema = z
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

/** Figures of one class. @internal */
export const ClassFiguresSchema = z
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

/** Figures of one colour. @internal */
export const ChannelSchema = z
  .object({
    /** Mean over all pixels, 0 to 255; `null` without images. */
    mean: z.number().min(0).max(255).nullable(),
    /** Standard deviation over all pixels; `null` without images. */
    standardDeviation: z.number().min(0).max(127.5).nullable(),
    /** Pixels in each sixteenth of the range: 0 to 15, 16 to 31, and so on. */
    histogram: z.array(count()).length(HISTOGRAM_BINS).readonly(),
  })
  .readonly();

/** Images and their number. @internal */
export const PlacesSchema = z
  .object({
    /** How many. */
    count: count(),
    /** Where they are. */
    list: listOf(ImagePlaceSchema),
  })
  .readonly();

/** A size that occurs. @internal */
export const SizeSchema = z
  .object({
    /** Width in pixels. */
    width: z.int().min(1),
    /** Height in pixels. */
    height: z.int().min(1),
    /** How many images have it. */
    count: count(),
  })
  .readonly();

/** A picture that occurs more than once in a split. @internal */
export const RepeatedSchema = z
  .object({
    /** Part of the data set. */
    split: SplitNameSchema,
    /** How often the picture occurs in it. */
    count: count(),
    /** Where. */
    where: listOf(ImagePlaceSchema),
  })
  .readonly();

/** A picture that occurs in both splits. @internal */
export const LeakedSchema = z
  .object({
    /** How many training images show the picture. */
    train: count(),
    /** How many test images show it. */
    test: count(),
    /** Where. */
    where: listOf(ImagePlaceSchema),
  })
  .readonly();

/** A picture under several class names. @internal */
export const ConflictingSchema = z
  .object({
    /** How many images show the picture. */
    count: count(),
    /** One place for each class name. */
    where: listOf(ImagePlaceSchema),
  })
  .readonly();

/** An image that cannot be used. @internal */
export const InvalidSchema = z
  .object({
    /** Place in the source, from 0. */
    position: count(),
    /** Its file name, where there is one. */
    filename: z.string().optional(),
    /** Why it cannot be used. */
    reason: z.string().min(1),
  })
  .readonly();

/** Where an image of a report lies. */
export type ImagePlace = z.output<typeof ImagePlaceSchema>;
