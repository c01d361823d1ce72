import * as z from "zod";
import { SconesError } from "../../core/errors.js";

/** A Lambda event does not hold what the handler needs, or an image or a result has more bytes than a limit of AWS. */
export class InvalidPayloadError extends SconesError<"PAYLOAD_INVALID" | "IMAGE_TOO_LARGE" | "RESULT_TOO_LARGE"> {
  /** Literal name: Step Functions matches it in `Retry` and `Catch`. */
  override get name(): string {
    return "InvalidPayloadError";
  }
}

/** Four characters stand for three bytes; the length is checked first, so that the pattern need not count. */
const isBase64 = (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** What the three Lambda functions hand on to each other; the names are the wire names of the workflow. */
export const InferencePayloadSchema = z
  .object({
    /** The image as base64 text; empty before it was read, and where it stays in S3. */
    image_data: z.string().refine(isBase64, "must be base64 text").default(""),
    /** Bucket that holds the image. */
    s3_bucket: z.string().min(3).max(63),
    /** Key of the image. */
    s3_key: z.string().min(1).max(1024),
    /** One probability per class, in label order; empty before it was classified. */
    inferences: z.array(z.number().min(0).max(1)).readonly().default([]),
    /** Name of the most probable class, once it is known. */
    label: z.string().optional(),
    /** Probability of the most probable class, 0 to 1, once it is known. */
    confidence: z.number().min(0).max(1).optional(),
    /** `"s3"` where the image was left out because it would not fit; whoever needs it reads it from S3. */
    image_source: z.literal("s3").optional(),
    /** Whether the answer met the threshold, from a filter that tags. */
    accepted: z.boolean().optional(),
  })
  .readonly();

/** What the three Lambda functions hand on to each other. */
export type InferencePayload = z.output<typeof InferencePayloadSchema>;

/**
 * Takes an earlier answer off a payload that is worked on once more.
 *
 * @param payload - The payload.
 * @returns It without probabilities, label, confidence and verdict.
 * @internal
 */
export function withoutAnswer({
  label: _,
  confidence: __,
  accepted: ___,
  ...rest
}: InferencePayload): InferencePayload {
  return { ...rest, inferences: [] };
}

/** What a handler returns for one image. */
export interface HandlerResult {
  /** Always 200: what goes wrong is thrown, so that Step Functions sees it. */
  readonly statusCode: 200;
  /** The payload, as an object and not as text. */
  readonly body: InferencePayload;
}

/** One image of several that failed, with what is known of it. Handlers hand it on untouched. */
export interface FailedItem extends Partial<InferencePayload> {
  /** What went wrong. */
  readonly error: {
    /** Name of the error, as Step Functions would see it. */
    readonly name: string;
    /** What happened, at most 500 characters. */
    readonly message: string;
  };
}

/** What a handler returns for several images. */
export interface BatchHandlerResult {
  /** Always 200; what went wrong with an image stands at that image. */
  readonly statusCode: 200;
  /** The images, in the order of the event. */
  readonly body: {
    /** One entry per image. */
    readonly items: readonly (InferencePayload | FailedItem)[];
    /** How many of them failed. */
    readonly failed: number;
  };
}

/** An event that holds several images. */
export type BatchEvent =
  | readonly unknown[]
  | {
      /** Images of one batch of a Distributed Map. */
      readonly Items: readonly unknown[];
      /** What all of them share, such as the bucket. */
      readonly BatchInput?: unknown;
    }
  | {
      /** Images, as the handlers return them. */
      readonly items: readonly unknown[];
    };

/** An event that is one image, not wrapped; other fields may stand beside these. */
export interface ImageEvent {
  /** Bucket that holds the image. */
  readonly s3_bucket: string;
  /** Key of the image. */
  readonly s3_key: string;
}

/** What of Lambda's context the handlers look at; the real context fits. */
export interface HandlerContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis?(): number;
}

/** A Lambda handler for one image or several: a plain function, so that Powertools and Middy can wrap it. */
export interface InferenceHandler {
  /** Handles an event with several images; each fails on its own. */
  (event: BatchEvent, context?: HandlerContext): Promise<BatchHandlerResult>;
  /** Handles an event with one image, which is not wrapped. */
  <Event extends ImageEvent>(event: Event, context?: HandlerContext): Promise<HandlerResult>;
  /** Handles whatever arrives. */
  (event: unknown, context?: HandlerContext): Promise<HandlerResult | BatchHandlerResult>;
}

/** Something wrong with an event, and where. @internal */
export interface PayloadIssue {
  /** Names from the outside inwards, joined by dots; empty for the event itself. */
  readonly path: string;
  /** What is wrong there; never a value. */
  readonly message: string;
}

/**
 * Makes the error for an event that cannot be used.
 *
 * @param issues - What is wrong, and where.
 * @returns The error.
 * @internal
 */
export function invalidPayload(issues: readonly PayloadIssue[]): InvalidPayloadError {
  const listed = issues.map(({ path, message }) => `${path === "" ? "event" : path}: ${message}`).join("; ");
  return new InvalidPayloadError({
    code: "PAYLOAD_INVALID",
    message: `The event does not hold a usable payload (${listed}). Send { "s3_bucket": ..., "s3_key": ..., "image_data": "", "inferences": [] }.`,
    details: { issues },
  });
}
