import * as z from "zod";
import type { CapturePoint } from "../statistics/point-sample.js";

/** An answer with the image that it was given for. */
export interface AnsweredImage extends CapturePoint {
  /** The image as it was sent, where it was captured. */
  readonly image?: Uint8Array;
  /** Name of the class that it really shows, where that is known. */
  readonly truth?: string;
}

/** @internal */
export const AnsweredImagesSchema = z.array(
  z.object({
    time: z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be a time in ISO 8601"),
    confidence: z.number().min(0).max(1),
    label: z.string(),
    eventId: z.string(),
    belowThreshold: z.boolean(),
    image: z.instanceof(Uint8Array).optional(),
    truth: z.string().optional(),
  }),
) as z.ZodType<unknown> as z.ZodType<readonly AnsweredImage[]>;
