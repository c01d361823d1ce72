import * as z from "zod";

/**
 * What one side of an invocation carried.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export const CaptureSideSchema = z
  .object({
    /** The Content-Type header; `null` or absent where there was none, and it may carry a charset. */
    observedContentType: z.string().nullish(),
    /** Whether it is the request or the answer. */
    mode: z.literal(["INPUT", "OUTPUT"]).optional(),
    /** How `data` is written. Text that is called JSON may be JSON Lines. */
    encoding: z.literal(["BASE64", "CSV", "JSON"]),
    /** The payload as text. */
    data: z.string(),
  })
  .readonly();

/** One side of an invocation. */
export type CaptureSide = z.output<typeof CaptureSideSchema>;

/** A side that was not captured is absent, or written as null. */
const SideSchema = CaptureSideSchema.nullish().transform((side) => side ?? undefined);

/** @internal */
export const INFERENCE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * One line of a capture file, as SageMaker writes it:
 * `{"captureData":{"endpointInput":{...},"endpointOutput":{...}},"eventMetadata":{"eventId":"...","inferenceTime":"2025-10-04T08:44:11Z"},"eventVersion":"0"}`.
 * Either side may be missing, for only what was asked for is captured. Fields that are not named here are let pass.
 */
export const CaptureRecordSchema = z
  .object({
    /** The two sides of the invocation. */
    captureData: z
      .object({
        /** The request, where it was captured. */
        endpointInput: SideSchema,
        /** The answer, where it was captured. */
        endpointOutput: SideSchema,
      })
      .readonly(),
    /** Which invocation it was, and when. */
    eventMetadata: z
      .object({
        /** Identifies the capture. */
        eventId: z.string().min(1).max(256),
        /** What the caller named the invocation. */
        inferenceId: z.string().min(1).max(256).optional(),
        /** What the caller sent along. */
        customAttributes: z.array(z.string().max(4096)).max(64).readonly().optional(),
        /** When it was, to the second. */
        inferenceTime: z
          .string()
          .regex(INFERENCE_TIME, "must be a time such as 2025-10-04T08:44:11Z")
          .refine((text) => !Number.isNaN(Date.parse(text)), "must be a time that exists"),
      })
      .readonly(),
    /** Version of the record's layout. */
    eventVersion: z.literal("0").optional(),
  })
  .readonly();

/** One line of a capture file. */
export type CaptureRecord = z.output<typeof CaptureRecordSchema>;
