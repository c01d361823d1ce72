import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json.js";
import { IntrinsicError } from "./intrinsic-error.js";

/** The evaluated arguments of an intrinsic function, read one by one with the kind that is needed. @internal */
export class IntrinsicArguments {
  readonly #values: readonly Json[];

  /** @param values - The values. */
  constructor(values: readonly Json[]) {
    this.#values = values;
  }

  /** All values. */
  get all(): readonly Json[] {
    return this.#values;
  }

  /** Refuses any other number of arguments. */
  count(least: number, most = least): this {
    const found = this.#values.length;
    if (found >= least && found <= most) return this;
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new IntrinsicError(`Invalid number of arguments: ${found} given, ${wanted} expected.`);
  }

  /** Any value. */
  value(index: number): Json {
    return this.#values[index] ?? null;
  }

  /** A text; with a limit on its length. */
  text(index: number, most = Number.POSITIVE_INFINITY): string {
    const value = this.value(index);
    if (typeof value !== "string") throw this.#wrong(index, "a string");
    if (value.length > most) throw new IntrinsicError(`Argument ${index + 1} is longer than ${most} characters.`);
    return value;
  }

  /** A number, rounded to the nearest integer as AWS does. */
  integer(index: number): number {
    const value = this.value(index);
    if (typeof value !== "number") throw this.#wrong(index, "a number");
    return Math.round(value);
  }

  /** An array. */
  array(index: number): readonly Json[] {
    const value = this.value(index);
    if (!isJsonArray(value)) throw this.#wrong(index, "an array");
    return value;
  }

  /** An object. */
  object(index: number): JsonObject {
    const value = this.value(index);
    if (!isJsonObject(value)) throw this.#wrong(index, "an object");
    return value;
  }

  /** A boolean. */
  boolean(index: number): boolean {
    const value = this.value(index);
    if (typeof value !== "boolean") throw this.#wrong(index, "a boolean");
    return value;
  }

  #wrong(index: number, expected: string): IntrinsicError {
    return new IntrinsicError(`Argument ${index + 1} must be ${expected}.`);
  }
}
