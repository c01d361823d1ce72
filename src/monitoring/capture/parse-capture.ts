import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { captureInvalid } from "./capture-errors.js";
import { type CaptureRecord, CaptureRecordSchema } from "./capture-record.js";
import { decodeAnswer, type UnclassifiedReason } from "./decode-answer.js";
import { addLazyImage, decodeImage, isImage } from "./decode-image.js";
import { describeSide, type ObservedSide } from "./observed-side.js";

/** One captured invocation. */
export interface Observation {
  /** Identifies the capture. */
  readonly eventId: string;
  /** What the caller named the invocation. */
  readonly inferenceId?: string;
  /** What the caller sent along. */
  readonly customAttributes?: readonly string[];
  /** When it was, to the second. */
  readonly time: Date;
  /** One probability per class, in label order, where the answer is that of an image classification. */
  readonly probabilities?: readonly number[];
  /** Index of the most probable class. */
  readonly labelId?: number;
  /** Probability of the most probable class, 0 to 1. */
  readonly confidence?: number;
  /** Why there are no probabilities. */
  readonly unclassified?: UnclassifiedReason;
  /** The request, where it was captured. */
  readonly input?: ObservedSide;
  /** The answer, where it was captured. */
  readonly output?: ObservedSide;
  /** Milliseconds that the answer took, where the caller knows; a capture does not tell. */
  readonly latencyMs?: number;
  /** The image, where it was asked for and captured. */
  readonly image?: Uint8Array;
  /** Location of the file, where it was read from one. */
  readonly file?: string;
  /** Number of the line in the file, from 1. */
  readonly line?: number;
  /** Name of the endpoint, where the file's key tells it. */
  readonly endpointName?: string;
  /** Name of the variant, where the file's key tells it. */
  readonly variantName?: string;
}

/** Options of {@link parseCapture}. */
export interface ParseCaptureOptions {
  /**
   * Whether the captured image is decoded (`"bytes"`), decoded when it is first looked at (`"lazy"`), which then throws
   * for a damaged one, or left alone (`"omit"`). @defaultValue `"omit"`
   */
  readonly images?: ImageMode;
}

/**
 * Longest line that is read. A request to an endpoint holds at most 25 MB ("Amazon SageMaker endpoints and quotas"),
 * which base64 makes 33.4 MB, and the answer needs room too.
 * @internal
 */
export const MAX_LINE_BYTES = 40 * 1024 * 1024;

/** What becomes of captured images. @internal */
export const ImageModeSchema = z.enum(["omit", "lazy", "bytes"]).default("omit");

/** What becomes of captured images: see {@link ParseCaptureOptions.images}. */
export type ImageMode = "omit" | "lazy" | "bytes";

const OptionsSchema = z.strictObject({ images: ImageModeSchema });

/**
 * Reads one line of a capture file. An answer that is not one probability per class (of a language model, say, or of
 * a regression, or several in one record) gives an observation without probabilities that says why.
 *
 * @param line - The line, as text or as UTF-8 bytes.
 * @param options - See {@link ParseCaptureOptions}.
 * @returns The observation.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when the line is no capture; the message never quotes it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { parseCapture } from "scones-ml/monitoring";
 *
 * const line =
 *   '{"captureData":{"endpointOutput":{"observedContentType":"application/json","mode":"OUTPUT","data":"[0.82, 0.18]","encoding":"JSON"}},' +
 *   '"eventMetadata":{"eventId":"5b1c","inferenceTime":"2025-10-04T08:44:11Z"},"eventVersion":"0"}';
 * console.log(parseCapture(line).confidence); // 0.82
 * ```
 */
export function parseCapture(line: string | Uint8Array, options: ParseCaptureOptions = {}): Observation {
  const { images } = parseOptions("parseCapture", OptionsSchema, options);
  const length = typeof line === "string" ? line.length : line.byteLength;
  if (length > MAX_LINE_BYTES) throw captureInvalid(`it has more than ${MAX_LINE_BYTES} bytes`);
  const text = typeof line === "string" ? line : Buffer.from(line.buffer, line.byteOffset, length).toString("utf8");
  return observe(parseRecord(text).record, images);
}

/**
 * Tells what a checked record holds.
 *
 * @param record - The record.
 * @param images - What becomes of the image.
 * @returns The observation.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when the image is asked for and damaged.
 * @internal
 */
export function observe(record: CaptureRecord, images: ImageMode): Observation {
  const { endpointInput: input, endpointOutput: output } = record.captureData;
  const { eventId, inferenceId, customAttributes, inferenceTime } = record.eventMetadata;
  const hasImage = images !== "omit" && input !== undefined && isImage(input);
  const observation: Observation = {
    eventId,
    ...(inferenceId === undefined ? {} : { inferenceId }),
    ...(customAttributes === undefined ? {} : { customAttributes }),
    time: new Date(inferenceTime),
    ...decodeAnswer(output, output?.data ?? ""),
    ...(input === undefined ? {} : { input: describeSide(input) }),
    ...(output === undefined ? {} : { output: describeSide(output) }),
    ...(hasImage && images === "bytes" ? { image: decodeImage(input.data) } : {}),
  };
  return hasImage && images === "lazy" ? addLazyImage(observation, input.data) : observation;
}

/**
 * Parses and checks the text of a line.
 *
 * @param text - The line.
 * @returns The line as JSON, and as a record.
 * @throws {@link CaptureError} `CAPTURE_INVALID` when it is no capture.
 * @internal
 */
export function parseRecord(text: string): { readonly value: unknown; readonly record: CaptureRecord } {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    // The parser's message quotes the line, which holds the payload.
    throw captureInvalid("it is not JSON");
  }
  const result = CaptureRecordSchema.safeParse(value);
  if (result.success) return { value, record: result.data };
  const [issue] = result.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw captureInvalid(`${path === "" ? "the line" : path}: ${issue?.message ?? "is wrong"}`);
}
