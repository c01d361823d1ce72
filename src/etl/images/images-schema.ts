import { iterableSchema } from "../../core/options.js";
import type { CifarImage } from "./cifar-image.js";

/** Any iterable of images, passed through untouched. @internal */
export const imagesSchema = iterableSchema<CifarImage>("must be an iterable of images, such as extractor.images()");
