import type { CaptureRecord } from "./capture-record.js";

/** The values that differ from line to line. @internal */
export type TemplateSlot = "input" | "output" | "eventId" | "inferenceId" | "inferenceTime";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Marks a value inside the text of a template; a record that holds one of these characters gives no template. */
const MARK = "\uE000";

/**
 * What the lines of a file have in common. A service writes every line alike, so that after one line was parsed in
 * full, the next ones can be compared byte by byte with what stands between their values. Nothing is taken for granted
 * about order, fields or white space: what a template does not fit exactly is parsed in full.
 * @internal
 */
export class LineTemplate {
  /** The record that the template was made from, for what stays the same. */
  readonly record: CaptureRecord;
  /** Which values a line holds, in the order of the line. */
  readonly slots: readonly TemplateSlot[];
  /** Begin and end of each value of the line that was matched last. */
  readonly places: Int32Array;
  readonly #parts: readonly Part[];
  #bytes: Buffer | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  private constructor(record: CaptureRecord, slots: readonly TemplateSlot[], parts: readonly Part[]) {
    this.record = record;
    this.slots = slots;
    this.#parts = parts;
    this.places = new Int32Array(slots.length * 2);
  }

  /**
   * Makes a template from a line.
   *
   * @param text - The line.
   * @param value - The line as `JSON.parse` gives it.
   * @param record - The same, checked.
   * @returns The template, or `undefined` where the line is written in a way that cannot be repeated.
   */
  static learn(text: string, value: unknown, record: CaptureRecord): LineTemplate | undefined {
    if (text.includes(MARK) || write(value) !== text) return undefined;
    const { captureData, eventMetadata } = value as { captureData: object; eventMetadata: object };
    const slots: TemplateSlot[] = [];
    const mark = (slot: TemplateSlot) => `${MARK}${slot}${MARK}`;
    const markSide = (side: unknown, slot: TemplateSlot) =>
      typeof side === "object" && side !== null ? { ...side, data: mark(slot) } : side;
    const marked = write({
      ...(value as object),
      captureData: Object.fromEntries(
        Object.entries(captureData).map(([name, side]) => {
          if (name === "endpointInput") return [name, markSide(side, "input")];
          return [name, name === "endpointOutput" ? markSide(side, "output") : side];
        }),
      ),
      eventMetadata: Object.fromEntries(
        Object.entries(eventMetadata).map(([name, field]) => {
          const isSlot = name === "eventId" || name === "inferenceId" || name === "inferenceTime";
          return [name, isSlot ? mark(name) : field];
        }),
      ),
    });
    if (marked === undefined) return undefined;
    const pieces = marked.split(MARK);
    for (let index = 1; index < pieces.length; index += 2) slots.push(pieces[index] as TemplateSlot);
    const parts = pieces.filter((_, index) => index % 2 === 0).map(toPart);
    return new LineTemplate(record, slots, parts);
  }

  /**
   * Looks whether a line fits, and where its values are, which then stand in `places`.
   *
   * @param bytes - Where the line is.
   * @param start - Its begin.
   * @param end - Its end.
   * @returns Whether it fits.
   */
  match(bytes: Buffer, start: number, end: number): boolean {
    const { slots, places } = this;
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const view = this.#view;
    let position = start;
    for (let index = 0; index < slots.length; index++) {
      const part = this.#parts[index];
      if (part === undefined || !isAt(part, view, position)) return false;
      position += part.bytes.length;
      places[index * 2] = position;
      position = bytes.indexOf(QUOTE, position);
      if (position < 0 || position >= end || bytes[position - 1] === BACKSLASH) return false;
      places[index * 2 + 1] = position;
    }
    const last = this.#parts[slots.length];
    return last !== undefined && position + last.bytes.length === end && isAt(last, view, position);
  }
}

/** Deep nesting in a field that nobody knows can be parsed, but not written. */
function write(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** What stands between two values, by fours and whole. */
interface Part {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

function toPart(text: string): Part {
  const bytes = Buffer.from(text);
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readInt32LE(index * 4));
  return { words, bytes };
}

/** Four bytes at once: this is where most of the time goes that lines which fit take. */
function isAt({ words, bytes }: Part, view: DataView, position: number): boolean {
  if (position + bytes.length > view.byteLength) return false;
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== view.getInt32(position + index * 4, true)) return false;
  }
  for (let index = words.length * 4; index < bytes.length; index++) {
    if (bytes[index] !== view.getUint8(position + index)) return false;
  }
  return true;
}
