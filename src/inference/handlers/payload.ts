import * as z from "zod";
import { SconesError } from "../../core/errors.js";
import { parseProbabilities } from "../../core/prediction.js";

/** A Lambda event does not hold what the handler needs, or an image does not fit into it. */
export class InvalidPayloadError extends SconesError<"PAYLOAD_INVALID" | "IMAGE_TOO_LARGE"> {
  /** Literal name: Step Functions matches it in `Retry` and `Catch`. */
  override get name(): string {
    return "InvalidPayloadError";
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What the three Lambda functions hand on to each other; the names are the wire names of the workflow. */
export const InferencePayloadSchema = z
  .object({
    /** The image as base64 text; empty before it was read. */
    image_data: z.string().regex(BASE64, "must be base64 text").default(""),
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
  })
  .readonly();

/** What the three Lambda functions hand on to each other. */
export type InferencePayload = z.output<typeof InferencePayloadSchema>;

/** What a handler returns. */
export interface HandlerResult {
  /** Always 200: what goes wrong is thrown, so that Step Functions sees it. */
  readonly statusCode: 200;
  /** The payload, as an object and not as text. */
  readonly body: InferencePayload;
}

/** What of Lambda's context the handlers look at; the real context fits. */
export interface HandlerContext {
  /** Milliseconds until Lambda ends the invocation. */
  getRemainingTimeInMillis?(): number;
}

const MAX_NESTING = 8;

/**
 * Finds the payload in a Lambda event. It may lie flat, in `body` (as an object or as JSON text), in the `Payload` of
 * a `lambda:invoke` result, or in several of these, one inside the other.
 *
 * @param event - The event as Lambda hands it over.
 * @returns The checked payload.
 * @throws {@link InvalidPayloadError} `PAYLOAD_INVALID` naming what is missing or wrong, never its value.
 *
 * @example
 * ```ts
 * import { parsePayload } from "scones-ml/inference";
 *
 * const payload = parsePayload({ statusCode: 200, body: '{"s3_bucket":"scones","s3_key":"test/bicycle_s_000513.png"}' });
 * console.log(payload.s3_key);
 * ```
 */
export function parsePayload(event: unknown): InferencePayload {
  const { value, path } = unwrap(event);
  const result = InferencePayloadSchema.safeParse(decodeInferences(value));
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({
    path: [...path, ...issue.path.map(String)].join("."),
    message: issue.message,
  }));
  throw invalidPayload(issues);
}

/**
 * Makes the error for an event that cannot be used.
 *
 * @param issues - What is wrong, and where.
 * @param cause - What was caught, where something was.
 * @returns The error.
 * @internal
 */
export function invalidPayload(
  issues: readonly { readonly path: string; readonly message: string }[],
  cause?: unknown,
): InvalidPayloadError {
  const listed = issues.map(({ path, message }) => `${path === "" ? "event" : path}: ${message}`).join("; ");
  return new InvalidPayloadError({
    code: "PAYLOAD_INVALID",
    message: `The event does not hold a usable payload (${listed}). Send { "s3_bucket": ..., "s3_key": ..., "image_data": "", "inferences": [] }.`,
    details: { issues },
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Python handlers of the course add their answer beside `body` instead of inside it, so what a wrapper itself carries
 * is newer than what it wraps.
 */
const NEWER_ON_WRAPPERS = ["inferences", "label", "confidence"];

function unwrap(event: unknown): { readonly value: unknown; readonly path: readonly string[] } {
  let value = event;
  let newer: Readonly<Record<string, unknown>> = {};
  const path: string[] = [];
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    if (typeof value === "string") {
      value = parseJson(value, path);
      continue;
    }
    const wrapped = isRecord(value)
      ? ["Payload", "body"].find((name) => Object.hasOwn(value as object, name))
      : undefined;
    if (!isRecord(value) || Object.hasOwn(value, "s3_key") || wrapped === undefined) {
      return { value: isRecord(value) ? { ...value, ...newer } : value, path };
    }
    newer = { ...pick(value, NEWER_ON_WRAPPERS), ...newer };
    value = value[wrapped];
    path.push(wrapped);
  }
  throw invalidPayload([{ path: path.join("."), message: `is nested more than ${MAX_NESTING} levels deep` }]);
}

function pick(value: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]));
}

function parseJson(text: string, path: readonly string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be an image.
    throw invalidPayload([{ path: path.join("."), message: "is text that is not JSON" }]);
  }
}

/** Python handlers write the probabilities as JSON text inside the payload. */
function decodeInferences(value: unknown): unknown {
  if (!isRecord(value) || typeof value["inferences"] !== "string") return value;
  return { ...value, inferences: parseProbabilities(value["inferences"]) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
