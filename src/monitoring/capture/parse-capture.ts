import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import { describePrediction } from "../../core/prediction.js";
import { captureInvalid } from "./capture-errors.js";
import { type CaptureRecord, CaptureRecordSchema, type CaptureSide } from "./capture-record.js";
import { decodeAnswer, type UnclassifiedReason } from "./decode-answer.js";

/** What is known of one side of a captured invocation without its payload. */
export interface ObservedSide {
  /** The Content-Type header, or `null` where there was none. */
  readonly contentType: string | null;
  /** How the payload is written in the capture. */
  readonly encoding: "BASE64" | "CSV" | "JSON";
  /** Size of the payload in bytes. */
  readonly bytes: number;
}

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
  /** Whether the captured image is decoded (`"bytes"`) or left alone (`"omit"`). @defaultValue `"omit"` */
  readonly images?: "omit" | "bytes";
}

/**
 * Longest line that is read. A request to an endpoint holds at most 25 MB ("Amazon SageMaker endpoints and quotas"),
 * which base64 makes 33.4 MB, and the answer needs room too.
 * @internal
 */
export const MAX_LINE_BYTES = 40 * 1024 * 1024;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const OptionsSchema = z.strictObject({ images: z.enum(["omit", "bytes"]).default("omit") });

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
  return readCapture(line, images);
}

/**
 * Reads one line with options that were parsed already.
 *
 * @param line - The line.
 * @param images - Whether the image is decoded.
 * @returns The observation.
 * @internal
 */
export function readCapture(line: string | Uint8Array, images: "omit" | "bytes"): Observation {
  const { captureData, eventMetadata } = parseRecord(line);
  const { endpointInput: input, endpointOutput: output } = captureData;
  const { eventId, inferenceId, customAttributes, inferenceTime } = eventMetadata;
  const answer = decodeAnswer(output);
  const image = images === "bytes" && input !== undefined ? decodeImage(input) : undefined;
  return {
    eventId,
    ...(inferenceId === undefined ? {} : { inferenceId }),
    ...(customAttributes === undefined ? {} : { customAttributes }),
    time: new Date(inferenceTime),
    ...("unclassified" in answer ? answer : describeAnswer(answer.probabilities)),
    ...(input === undefined ? {} : { input: describeSide(input) }),
    ...(output === undefined ? {} : { output: describeSide(output) }),
    ...(image === undefined ? {} : { image }),
  };
}

function describeAnswer(probabilities: readonly number[]) {
  const { labelId, confidence } = describePrediction(probabilities);
  return { probabilities, labelId, confidence };
}

function parseRecord(line: string | Uint8Array): CaptureRecord {
  const length = typeof line === "string" ? line.length : line.byteLength;
  if (length > MAX_LINE_BYTES) throw captureInvalid(`it has more than ${MAX_LINE_BYTES} bytes`);
  const text = typeof line === "string" ? line : Buffer.from(line.buffer, line.byteOffset, length).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
  } catch {
    // The parser's message quotes the line, which holds the payload.
    throw captureInvalid("it is not JSON");
  }
  const result = CaptureRecordSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  throw captureInvalid(`${path === "" ? "the line" : path}: ${issue?.message ?? "is wrong"}`);
}

function describeSide({ observedContentType, encoding, data }: CaptureSide): ObservedSide {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  const bytes = encoding === "BASE64" ? Math.floor(data.length / 4) * 3 - padding : Buffer.byteLength(data);
  return { contentType: observedContentType ?? null, encoding, bytes: Math.max(0, bytes) };
}

/** What came as bytes and is not said to be text is taken for an image; the algorithm takes `application/x-image`, too. */
function decodeImage({ observedContentType, encoding, data }: CaptureSide): Uint8Array | undefined {
  if (encoding !== "BASE64" || /^(text\/|application\/(json|jsonlines)\b)/i.test(observedContentType ?? "")) {
    return undefined;
  }
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    throw captureInvalid("captureData.endpointInput.data is not base64 text");
  }
  return new Uint8Array(Buffer.from(data, "base64"));
}
