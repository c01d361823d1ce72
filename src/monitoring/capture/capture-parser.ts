import { CaptureError } from "./capture-errors.js";
import type { CaptureFile } from "./capture-file.js";
import { type DecodedAnswer, decodeAnswer } from "./decode-answer.js";
import { addLazyImage, decodeImage, isImage } from "./decode-image.js";
import { LineTemplate } from "./line-template.js";
import { describeBytes, type ObservedSide } from "./observed-side.js";
import { type ImageMode, type Observation, observe, parseRecord } from "./parse-capture.js";
import { TimeParser } from "./parse-time.js";

const NO_OUTPUT: DecodedAnswer = { unclassified: "no-output" };
const BACKSLASH = 0x5c;
/** Content types and key orders that take turns in one file. */
const MAX_TEMPLATES = 8;
/** After so many lines in a row that fitted nothing, no more templates are made: the lines are of another kind. */
const MAX_MISSES = 32;

/** An observation that is being put together. */
type Mutable = { -readonly [Key in keyof Observation]: Observation[Key] };

/**
 * Reads many lines. The bytes of a line that is written like an earlier one are compared, not parsed, and the payload
 * of the request is neither copied nor turned into text unless the image is asked for.
 * @internal
 */
export class CaptureParser {
  readonly #images: ImageMode;
  readonly #file: CaptureFile | undefined;
  readonly #times = new TimeParser();
  #templates: LineTemplate[] = [];
  #chunk: Buffer | undefined;
  #backslash = 0;
  #misses = 0;

  /**
   * @param images - What becomes of captured images.
   * @param file - The file that the lines are from.
   */
  constructor(images: ImageMode, file?: CaptureFile) {
    this.#images = images;
    this.#file = file;
  }

  /** Tells that other bytes follow, be they in the same buffer. */
  begin(): void {
    this.#chunk = undefined;
  }

  /**
   * Reads one line.
   *
   * @param bytes - Where the line is; it may change afterwards.
   * @param start - Begin of the line.
   * @param end - End of the line.
   * @returns What it tells.
   * @throws {@link CaptureError} `CAPTURE_INVALID` when it is no capture.
   */
  parse(bytes: Buffer, start: number, end: number): Observation {
    if (!this.#hasBackslash(bytes, start, end)) {
      for (let index = 0; index < this.#templates.length; index++) {
        const template = this.#templates[index];
        if (template?.match(bytes, start, end) !== true) continue;
        if (index > 0) this.#templates = [template, ...this.#templates.filter((other) => other !== template)];
        const observation = this.#read(template, bytes);
        if (observation === undefined) break;
        this.#misses = 0;
        return observation;
      }
    }
    const text = bytes.toString("utf8", start, end);
    const { value, record } = parseRecord(text);
    const template = this.#misses++ < MAX_MISSES ? LineTemplate.learn(text, value, record) : undefined;
    if (template !== undefined) this.#templates = [template, ...this.#templates].slice(0, MAX_TEMPLATES);
    return observe(record, this.#images);
  }

  /** Fits are seldom after an escape, so one look at the chunk serves all of its lines. */
  #hasBackslash(bytes: Buffer, start: number, end: number): boolean {
    if (this.#chunk !== bytes || (this.#backslash >= 0 && this.#backslash < start)) {
      this.#chunk = bytes;
      this.#backslash = bytes.indexOf(BACKSLASH, start);
    }
    return this.#backslash >= 0 && this.#backslash < end;
  }

  #read(template: LineTemplate, bytes: Buffer): Observation | undefined {
    const { slots, places, record } = template;
    const { endpointInput, endpointOutput } = record.captureData;
    const { customAttributes } = record.eventMetadata;
    let eventId = "";
    let inferenceId: string | undefined;
    let time = Number.NaN;
    let input: ObservedSide | undefined;
    let output: ObservedSide | undefined;
    let answer: DecodedAnswer = NO_OUTPUT;
    let image: string | undefined;
    for (let index = 0; index < slots.length; index++) {
      const start = places[index * 2] ?? 0;
      const end = places[index * 2 + 1] ?? 0;
      const slot = slots[index];
      // Only the payload that came as bytes goes unseen; of what is read, anything unusual is left to the full way.
      const isOpaque = slot === "input" && endpointInput?.encoding === "BASE64";
      if (!isOpaque && !isPlain(bytes, start, end)) return undefined;
      if (slot === "input" && endpointInput !== undefined) {
        input = describeBytes(endpointInput, bytes, start, end);
        if (this.#images !== "omit" && isImage(endpointInput)) image = bytes.toString("latin1", start, end);
      } else if (slot === "output" && endpointOutput !== undefined) {
        output = describeBytes(endpointOutput, bytes, start, end);
        answer = decodeAnswer(endpointOutput, bytes.toString("latin1", start, end));
      } else if (slot === "inferenceTime") {
        time = this.#times.parse(bytes, start, end) ?? Number.NaN;
      } else if (slot === "eventId" || slot === "inferenceId") {
        // The limits of the record's schema; what is beyond them is left to it.
        if (start === end || end - start > 256) return undefined;
        const id = bytes.toString("latin1", start, end);
        if (slot === "eventId") eventId = id;
        else inferenceId = id;
      }
    }
    if (Number.isNaN(time)) return undefined;
    const isUsual = inferenceId === undefined && customAttributes === undefined && image === undefined;
    if (isUsual && input !== undefined && output !== undefined && "confidence" in answer) {
      return this.#place(eventId, new Date(time), answer, input, output);
    }
    const found: Mutable = { eventId, time: new Date(time), ...answer };
    if (inferenceId !== undefined) found.inferenceId = inferenceId;
    if (customAttributes !== undefined) found.customAttributes = customAttributes;
    if (input !== undefined) found.input = input;
    if (output !== undefined) found.output = output;
    return image === undefined || this.#addImage(found, image) ? found : undefined;
  }

  /** Makes the usual record in one go, with room for its place rather than field by field. */
  #place(
    eventId: string,
    time: Date,
    { probabilities, labelId, confidence }: Extract<DecodedAnswer, { readonly confidence: number }>,
    input: ObservedSide,
    output: ObservedSide,
  ): Observation {
    if (this.#file?.key === undefined) return { eventId, time, probabilities, labelId, confidence, input, output };
    const { location: file, key } = this.#file;
    const { endpointName, variantName } = key;
    const line = 0;
    return { eventId, time, probabilities, labelId, confidence, input, output, file, line, endpointName, variantName };
  }

  /** Whether the image is as it should be. */
  #addImage(found: object, data: string): boolean {
    if (this.#images === "lazy") {
      addLazyImage(found, data);
      return true;
    }
    try {
      Object.assign(found, { image: decodeImage(data) });
      return true;
    } catch (error) {
      if (error instanceof CaptureError) return false;
      throw error;
    }
  }
}

/** Whether there are nothing but printable characters of ASCII. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
}
