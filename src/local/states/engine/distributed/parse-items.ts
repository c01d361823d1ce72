import { gunzipSync } from "node:zlib";
import type { ItemReader } from "../../definition/distributed-model.js";
import { isJsonArray, isJsonObject, type Json, memberOf, setMember } from "../../json.js";
import { StateFailure } from "../../state-failure.js";
import { parseCsv } from "./csv.js";

/** An item before it has a number. @internal */
export interface RawItem {
  /** What `$$.Map.Item.Value` shows. */
  readonly value: Json;
  /** Name of the member, where the items are the members of an object. */
  readonly key?: string;
  /** Where it is from, as `$$.Map.Item.Source` shows it. */
  readonly source: string;
}

const MAX_UNPACKED_BYTES = 536_870_912;

/**
 * Makes the failure of an item reader.
 *
 * @param cause - What is wrong.
 * @returns The failure.
 * @internal
 */
export function readerFailure(cause: string): StateFailure {
  return new StateFailure("States.ItemReaderFailed", cause, { located: true });
}

/**
 * Takes the items of a JSON value: those of an array, or the members of an object.
 *
 * @param value - The value.
 * @param source - Where it is from.
 * @returns The items, or `undefined` for any other value.
 * @internal
 */
export function itemsOf(value: Json | undefined, source: string): readonly RawItem[] | undefined {
  if (isJsonArray(value)) return value.map((each) => ({ value: each, source }));
  if (!isJsonObject(value)) return undefined;
  return Object.keys(value).map((key) => ({ value: value[key] ?? null, key, source }));
}

/**
 * Unpacks a file if it is packed by gzip, and decodes it.
 *
 * @param bytes - The file.
 * @returns Its text.
 * @internal
 */
export function readText(bytes: Uint8Array): string {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }) : bytes;
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (error) {
    throw readerFailure(`The file could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Reads the items of a file.
 *
 * @param text - The file.
 * @param reader - Its format.
 * @param source - Where it is from.
 * @returns The items, in their order.
 * @throws {@link StateFailure} `States.ItemReaderFailed` when it has another format.
 * @internal
 */
export function parseItems(text: string, reader: ItemReader, source: string): readonly RawItem[] {
  switch (reader.format) {
    case "JSON":
      return parseJsonFile(text, reader.itemsPointer, source);
    case "JSONL":
      return text
        .split(/\r?\n/)
        .filter((line) => line.trim() !== "")
        .map((line, index) => ({ value: parseJson(line, `Line ${index + 1} of the file`), source }));
    case "CSV":
      return parseCsvFile(text, reader, source);
  }
}

function parseJsonFile(text: string, pointer: readonly string[], source: string): readonly RawItem[] {
  let value: Json | undefined = parseJson(text, "The file");
  for (const step of pointer) {
    value = isJsonArray(value) && /^(0|[1-9]\d*)$/.test(step) ? value[Number(step)] : memberOf(value, step);
  }
  const items = itemsOf(value, source);
  if (items === undefined) throw readerFailure("Attempting to map over non-iterable node.");
  return items;
}

function parseJson(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw readerFailure(`${what} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A row that is too short is filled with empty texts; what stands beyond the headers is left out. */
function parseCsvFile(text: string, reader: ItemReader, source: string): readonly RawItem[] {
  const rows = parseCsv(text, reader.csvDelimiter);
  const headers = reader.csvHeaders ?? rows[0] ?? [];
  if (new Set(headers).size < headers.length) throw readerFailure("CSV headers cannot contain duplicates.");
  return rows.slice(reader.csvHeaders === undefined ? 1 : 0).map((row) => {
    const value: Record<string, Json> = {};
    for (const [index, header] of headers.entries()) setMember(value, header, row[index] ?? "");
    return { value, source };
  });
}
