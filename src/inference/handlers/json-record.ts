import { invalidPayload } from "./payload.js";

/** An object of unknown content; read it by own names only. @internal */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Most bytes of a synchronous invocation of Lambda, so no text in an event is longer. Source: Lambda quotas. */
const MAX_TEXT_LENGTH = 6_291_456;

/**
 * Tells whether a value is an object with names.
 *
 * @param value - Anything.
 * @returns `true` for an object that is no array.
 * @internal
 */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON text of an event.
 *
 * @param text - The text.
 * @param path - Where it stands, for errors.
 * @returns The value.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID`; it never quotes the text, which may be an image.
 * @internal
 */
export function parseJsonText(text: string, path: readonly string[]): unknown {
  if (text.length > MAX_TEXT_LENGTH) {
    throw invalidPayload([{ path: path.join("."), message: `is text of more than ${MAX_TEXT_LENGTH} characters` }]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw invalidPayload([{ path: path.join("."), message: "is text that is not JSON" }]);
  }
}
