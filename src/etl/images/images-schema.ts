import * as z from "zod";
import type { CifarImage } from "./cifar-image.js";

/** Any iterable of images, passed through untouched. @internal */
export const imagesSchema = z.custom<Iterable<CifarImage> | AsyncIterable<CifarImage>>(
  (value) => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
  "must be an iterable of images, such as extractor.images()",
);
