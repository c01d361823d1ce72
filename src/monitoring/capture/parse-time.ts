import { INFERENCE_TIME } from "./capture-record.js";

const ZERO = 0x30;
/** `2025-10-04T`, the part that stays the same all day. */
const DATE_LENGTH = 11;
/** `2025-10-04T08:44:11Z` */
const LENGTH = 20;

/** Reads times that lie in bytes; those of one day without making text of them. @internal */
export class TimeParser {
  readonly #date = new Uint8Array(DATE_LENGTH);
  #day = Number.NaN;

  /**
   * Reads a time.
   *
   * @param bytes - Where it is.
   * @param start - Its begin.
   * @param end - Its end.
   * @returns Milliseconds since 1970, or `undefined` when it is no time.
   */
  parse(bytes: Uint8Array, start: number, end: number): number | undefined {
    if (end - start === LENGTH && this.#isSameDay(bytes, start)) {
      const hour = twoDigits(bytes, start + 11);
      const minute = twoDigits(bytes, start + 14);
      const second = twoDigits(bytes, start + 17);
      const isShaped = bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a && bytes[start + 19] === 0x5a;
      if (isShaped && hour < 24 && minute < 60 && second < 60) {
        return this.#day + ((hour * 60 + minute) * 60 + second) * 1000;
      }
    }
    const text = Buffer.from(bytes.subarray(start, end)).toString("latin1");
    const time = INFERENCE_TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time)) return undefined;
    if (text.length === LENGTH) {
      this.#date.set(bytes.subarray(start, start + DATE_LENGTH));
      this.#day = Date.parse(`${text.slice(0, DATE_LENGTH)}00:00:00Z`);
    }
    return time;
  }

  #isSameDay(bytes: Uint8Array, start: number): boolean {
    if (Number.isNaN(this.#day)) return false;
    for (let index = 0; index < DATE_LENGTH; index++) if (bytes[start + index] !== this.#date[index]) return false;
    return true;
  }
}

/** The number, or one that no clock shows. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - ZERO;
  const ones = (bytes[at + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 99;
}
