import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { S3Clients } from "../../core/clients.js";
import { clientSchema, parseOptions } from "../../core/options.js";
import { withinDeadline } from "./deadline.js";
import { handleImages } from "./handle-images.js";
import { type HandlerContext, type InferenceHandler, type InferencePayload, withoutAnswer } from "./payload.js";
import { createS3Client, readImage } from "./read-image.js";
import { inlineShare } from "./state-size.js";

/** Options of {@link createSerializeHandler}. */
export interface SerializeHandlerOptions {
  /**
   * Largest image in bytes that is put into the payload; a larger one stays in S3. It only lowers the limit that follows
   * from the 262,144 bytes of a workflow's state: base64 needs four bytes for three, so about 195,500 is the most that
   * can pass at all. `0` leaves every image in S3.
   *
   * @defaultValue `196000`
   */
  readonly maxInlineBytes?: number;
  /** How many images of a batch are read at once, 1 to 100. @defaultValue `8` */
  readonly concurrency?: number;
  /** AWS clients to use; a missing one is made at the first event and kept for the next ones. */
  readonly clients?: S3Clients;
}

const MAX_INLINE_BYTES = 196_000;

const OptionsSchema = z.strictObject({
  maxInlineBytes: z.int().min(0).max(MAX_INLINE_BYTES).default(MAX_INLINE_BYTES),
  concurrency: z.int().min(1).max(100).default(8),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
});

/**
 * Makes the Lambda handler that reads an image from S3 and puts it into the payload as base64 text. Where the state of
 * the workflow would become too large, `image_data` stays empty, `image_source` says `"s3"`, and the classify handler
 * reads the image itself: no image fails this step for its size. Of several images each gets the same share of the state. The
 * function's role needs `s3:GetObject` on the images.
 *
 * @param options - See {@link SerializeHandlerOptions}.
 * @returns A Lambda handler for every form of event that {@link parseEnvelope} reads. It throws
 *   {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without bucket and key or for an empty object,
 *   {@link WaitTimeoutError} `WAIT_TIMEOUT` shortly before Lambda would end the invocation, and S3's own exceptions
 *   unchanged; for an event with several images these stand at the image instead.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createSerializeHandler } from "scones-ml/inference";
 *
 * export const handler = createSerializeHandler();
 * ```
 */
export function createSerializeHandler(options: SerializeHandlerOptions = {}): InferenceHandler {
  const { maxInlineBytes, concurrency, clients } = parseOptions("createSerializeHandler", OptionsSchema, options);
  let client = clients.s3;
  const prepare = (payloads: readonly InferencePayload[], context: HandlerContext | undefined) => {
    const empty = payloads.map((payload) => ({ ...withoutAnswer(payload), ...UNREAD }));
    const limit = Math.min(maxInlineBytes, inlineShare({ statusCode: 200, body: empty }, payloads.length));
    return (payload: InferencePayload) =>
      withinDeadline(context, `s3://${payload.s3_bucket}/${payload.s3_key}`, async (signal) => {
        client ??= createS3Client();
        const image = await readImage(client, payload, limit, signal);
        const { image_source: _, ...rest } = withoutAnswer(payload);
        if ("tooLarge" in image) return { ...rest, ...UNREAD };
        return { ...rest, image_data: image.bytes.toString("base64"), inferences: [] };
      });
  };
  return ((event: unknown, context?: HandlerContext) =>
    handleImages(event, context, { concurrency, prepare })) as InferenceHandler;
}

const UNREAD = { image_data: "", inferences: [], image_source: "s3" } as const;
