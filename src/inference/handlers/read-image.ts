import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { formatS3Uri } from "../../core/s3-uri.js";
import { type InferencePayload, invalidPayload } from "./payload.js";

/** An image, or that it is larger than asked for. @internal */
export type ReadImage =
  | {
      /** The image file. */
      readonly bytes: Buffer;
    }
  | {
      /** At least as many bytes as the object has. */
      readonly tooLarge: number;
    };

/**
 * Makes an S3 client from the SDK's default chain. It stands here so that a handler can load the SDK's S3 only when it
 * reads an image.
 *
 * @returns The client.
 * @internal
 */
export function createS3Client(): S3Client {
  return new S3Client({});
}

/**
 * Reads an image from S3, and not more of it than a limit, whatever the length header says.
 *
 * @param client - The S3 client.
 * @param payload - Names bucket and key.
 * @param limit - Most bytes to read.
 * @param signal - Gives up.
 * @returns The bytes, or that there are more.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID` for an empty object, and S3's own exceptions.
 * @internal
 */
export async function readImage(
  client: S3Client,
  payload: Pick<InferencePayload, "s3_bucket" | "s3_key">,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<ReadImage> {
  const object = await client.send(
    new GetObjectCommand({ Bucket: payload.s3_bucket, Key: payload.s3_key }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  const body = object.Body as AsyncIterable<Uint8Array> & { destroy(): void };
  const announced = object.ContentLength ?? 0;
  const close = () => body.destroy();
  signal?.addEventListener("abort", close, { once: true });
  let bytes: Buffer | undefined;
  try {
    bytes = announced > limit ? undefined : await readLimited(body, limit);
  } finally {
    signal?.removeEventListener("abort", close);
  }
  if (bytes === undefined) {
    close();
    return { tooLarge: Math.max(announced, limit + 1) };
  }
  if (bytes.byteLength > 0) return { bytes };
  const location = formatS3Uri({ bucket: payload.s3_bucket, key: payload.s3_key });
  throw invalidPayload([{ path: "s3_key", message: `${location} is empty` }]);
}

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
