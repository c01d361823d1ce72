import {
  type BatchHandlerResult,
  type FailedItem,
  type HandlerResult,
  type InferencePayload,
  InvalidPayloadError,
} from "./payload.js";

/** Most bytes of a state's input or output, as UTF-8. Source: Step Functions quotas. */
const MAX_STATE_BYTES = 262_144;
/**
 * What `lambda:invoke` puts around a result: 958 to 962 bytes in recorded executions; its headers repeat the length of
 * the payload and the function's version, which may be longer.
 */
const WRAPPER_BYTES = 1280;
/** Where a state is too large even without images. */
const RESULT_LIMIT = MAX_STATE_BYTES - WRAPPER_BYTES;

type Result = HandlerResult | BatchHandlerResult;
type Item = InferencePayload | FailedItem;

/**
 * Tells how many bytes a result has as JSON.
 *
 * @param result - What a handler is about to return.
 * @returns Its size in bytes of UTF-8.
 * @internal
 */
function measure(result: unknown): number {
  return Buffer.byteLength(JSON.stringify(result));
}

/**
 * Tells the largest image that may be put into each entry of a result so that the whole state stays below the limit of
 * Step Functions. Every image of a batch gets the same share, so that the outcome does not depend on their order.
 *
 * @param result - The result without its images.
 * @param count - How many images will be put into it.
 * @returns The most bytes of one image, before it is encoded.
 * @internal
 */
export function inlineShare(result: unknown, count: number): number {
  const room = RESULT_LIMIT - 1 - measure(result);
  return Math.max(0, Math.floor(Math.floor(room / count) / 4) * 3);
}

/**
 * Leaves the images out of a result that would not fit into a state; they are in S3 anyway.
 *
 * @param result - What a handler is about to return.
 * @returns The same, or one whose images are references, which `image_source` says.
 * @throws {@link InvalidPayloadError} `RESULT_TOO_LARGE` where it does not fit without images either.
 * @internal
 */
export function fitState(result: HandlerResult): HandlerResult;
export function fitState(result: BatchHandlerResult): BatchHandlerResult;
export function fitState(result: Result): Result {
  if (measure(result) < RESULT_LIMIT) return result;
  const smaller = isBatch(result)
    ? { ...result, body: { ...result.body, items: result.body.items.map(shorten) } }
    : { ...result, body: withoutImage(result.body) };
  const bytes = measure(smaller);
  if (bytes < RESULT_LIMIT) return smaller;
  throw new InvalidPayloadError({
    code: "RESULT_TOO_LARGE",
    message: `The result has ${bytes} bytes even without images, but a state of a workflow may have ${RESULT_LIMIT - 1} besides what lambda:invoke adds. Hand over fewer images at once, for example with MaxItemsPerBatch.`,
    details: { bytes, limit: RESULT_LIMIT - 1 },
  });
}

function isBatch(result: Result): result is BatchHandlerResult {
  return "items" in result.body;
}

function withoutImage<T extends Item>(item: T): T {
  return item.image_data ? { ...item, image_data: "", image_source: "s3" } : item;
}

/** Hundreds of failures must not outgrow the state either. */
function shorten(item: Item): Item {
  if (!("error" in item)) return withoutImage(item);
  const { name, message } = item.error;
  return { ...withoutImage(item), error: { name, message: message.slice(0, 100) } };
}
