import { isJsonArray, isJsonObject, type Json } from "../json.js";
import { IntrinsicError } from "./intrinsic-error.js";

const RESERVED = "'{}\\";

/**
 * Takes the backslashes out of a text in an intrinsic invocation.
 *
 * @param raw - The text as it was written.
 * @returns The text that is meant.
 * @throws {@link IntrinsicError} when a backslash protects nothing.
 * @internal
 */
export function unescapeText(raw: string): string {
  if (!raw.includes("\\")) return raw;
  let text = "";
  for (let index = 0; index < raw.length; index++) {
    if (raw[index] === "\\") index = protectedAt(raw, index);
    text += raw[index];
  }
  return text;
}

function protectedAt(raw: string, backslash: number): number {
  const next = raw.charAt(backslash + 1);
  if (next !== "" && RESERVED.includes(next)) return backslash + 1;
  throw new IntrinsicError("An open escape backslash was found.");
}

/**
 * States.Format: puts values where `{}` stands.
 *
 * @param raw - The template, with its backslashes.
 * @param values - One value per `{}`.
 * @returns The text.
 * @throws {@link IntrinsicError} when the numbers differ.
 * @internal
 */
export function formatText(raw: string, values: readonly Json[]): string {
  let text = "";
  let used = 0;
  for (let index = 0; index < raw.length; index++) {
    if (raw.startsWith("{}", index)) {
      const value = values[used++];
      if (value === undefined) throw new IntrinsicError("There are fewer arguments than occurrences of {}.");
      text += naturalText(value);
      index++;
      continue;
    }
    if (raw[index] === "\\") index = protectedAt(raw, index);
    text += raw[index];
  }
  if (used < values.length) throw new IntrinsicError("There are more arguments than occurrences of {}.");
  return text;
}

/** AWS writes arrays and objects as Java does. */
function naturalText(value: Json): string {
  if (typeof value === "string") return value;
  if (isJsonArray(value)) return `[${value.map(naturalText).join(", ")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${naturalText(member)}`)
    .join(", ")}}`;
}
