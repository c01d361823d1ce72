import { captureInvalid } from "./capture-errors.js";
import type { CaptureSide } from "./capture-record.js";

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const TEXT = /^(text\/|application\/(json|jsonlines)\b)/i;

/** What came as bytes and is not said to be text is taken for an image; the algorithm takes `application/x-image`, too. @internal */
export function isImage({ observedContentType, encoding }: CaptureSide): boolean {
  return encoding === "BASE64" && !TEXT.test(observedContentType ?? "");
}

/**
 * Decodes a captured image.
 *
 * @param data - The image as base64.
 * @returns Its bytes.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when it is not base64.
 * @internal
 */
export function decodeImage(data: string): Uint8Array {
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    throw captureInvalid("captureData.endpointInput.data is not base64 text");
  }
  return new Uint8Array(Buffer.from(data, "base64"));
}

/** Adds an image that is decoded when it is looked at, once. @internal */
export function addLazyImage<T extends object>(observation: T, data: string): T {
  let image: Uint8Array | undefined;
  const get = () => {
    image ??= decodeImage(data);
    return image;
  };
  return Object.defineProperty(observation, "image", { get, enumerable: true, configurable: true });
}
