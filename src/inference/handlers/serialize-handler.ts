import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import type { S3Clients } from "../../core/clients.js";
import { clientSchema, parseOptions } from "../../core/options.js";
import { formatS3Uri } from "../../core/s3-uri.js";
import {
  type HandlerContext,
  type HandlerResult,
  InvalidPayloadError,
  invalidPayload,
  parsePayload,
} from "./payload.js";

/** Options of {@link createSerializeHandler}. */
export interface SerializeHandlerOptions {
  /**
   * Largest image in bytes that is put into the payload. The whole state of a workflow may have 262,144 bytes, and
   * base64 needs four bytes for three, so 195,000 is the most that can pass at all.
   *
   * @defaultValue `190000`
   */
  readonly maxInlineBytes?: number;
  /** AWS clients to use; a missing one is made at the first event and kept for the next ones. */
  readonly clients?: S3Clients;
}

const OptionsSchema = z.strictObject({
  maxInlineBytes: z.int().min(1).max(195_000).default(190_000),
  clients: z.object({ s3: clientSchema<S3Client>("S3Client").optional() }).prefault({}),
});

/**
 * Makes the Lambda handler that reads an image from S3 and puts it into the payload as base64 text. The function's
 * role needs `s3:GetObject` on the images.
 *
 * @param options - See {@link SerializeHandlerOptions}.
 * @returns A Lambda handler. It throws {@link InvalidPayloadError} `PAYLOAD_INVALID` for an event without bucket and
 *   key or for an empty object, {@link InvalidPayloadError} `IMAGE_TOO_LARGE` for an image above the limit, and S3's
 *   own exceptions unchanged.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { createSerializeHandler } from "scones-ml/inference";
 *
 * export const handler = createSerializeHandler();
 * ```
 */
export function createSerializeHandler(
  options: SerializeHandlerOptions = {},
): (event: unknown, context?: HandlerContext) => Promise<HandlerResult> {
  const { maxInlineBytes, clients } = parseOptions("createSerializeHandler", OptionsSchema, options);
  let client = clients.s3;
  return async (event) => {
    const payload = parsePayload(event);
    client ??= new S3Client({});
    const object = await client.send(new GetObjectCommand({ Bucket: payload.s3_bucket, Key: payload.s3_key }));
    const location = formatS3Uri({ bucket: payload.s3_bucket, key: payload.s3_key });
    const body = object.Body as AsyncIterable<Uint8Array> & { destroy(): void };
    const announced = object.ContentLength ?? 0;
    const bytes = announced > maxInlineBytes ? undefined : await readLimited(body, maxInlineBytes);
    if (bytes === undefined) {
      body.destroy();
      throw tooLarge(location, Math.max(announced, maxInlineBytes + 1), maxInlineBytes);
    }
    if (bytes.byteLength === 0) throw invalidPayload([{ path: "s3_key", message: `${location} is empty` }]);
    return { statusCode: 200, body: { ...payload, image_data: bytes.toString("base64"), inferences: [] } };
  };
}

/** Never takes more than the limit, whatever the length header said. */
async function readLimited(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(location: string, bytes: number, limit: number): InvalidPayloadError {
  return new InvalidPayloadError({
    code: "IMAGE_TOO_LARGE",
    message: `${location} has ${bytes} bytes, but only ${limit} fit into the payload of a workflow. Scale the image down before it is uploaded, or raise maxInlineBytes (195000 at most).`,
    details: { location, bytes, limit },
  });
}
