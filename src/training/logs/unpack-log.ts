/** A piece of a log, with its stream where the form that it came in says so. @internal */
export interface LogPiece {
  /** One or more lines. */
  readonly text: string;
  /** Number of the instance, from 1. */
  readonly instance?: number;
}

/**
 * Unpacks a log from the forms in which people keep one: the text itself, the JSON of `get-log-events` and of
 * `filter-log-events`, one such event a line, a result of Logs Insights, a notebook, or the console's CSV file.
 *
 * @param text - The log in any of these forms.
 * @returns Its pieces, in order.
 * @internal
 */
export function unpackLog(text: string): readonly LogPiece[] {
  const trimmed = text.trimStart();
  if (/^[{[]\s*["{[\]}]/.test(trimmed)) {
    const pieces = unpackJson(trimmed) ?? unpackJsonLines(trimmed);
    if (pieces !== undefined && pieces.length > 0) return pieces;
  }
  if (/^\uFEFF?"?@?(?:timestamp|message)"?,/i.test(trimmed)) return unpackCsv(trimmed);
  return [{ text }];
}

function unpackJson(text: string): readonly LogPiece[] | undefined {
  const value = parseJson(text);
  return value === undefined ? undefined : [...findPieces(value)];
}

function unpackJsonLines(text: string): readonly LogPiece[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const values = lines.map(parseJson);
  // One line that is no JSON means that this is no such file, but for a last one that was cut.
  if (values.slice(0, -1).includes(undefined)) return undefined;
  return values.flatMap((value) => [...findPieces(value)]);
}

function* findPieces(value: unknown): Generator<LogPiece> {
  if (Array.isArray(value)) {
    for (const item of value) yield* typeof item === "string" ? [{ text: item }] : findPieces(item);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const entry = value as Readonly<Record<string, unknown>>;
  const message = entry["message"] ?? entry["@message"] ?? (entry["field"] === "@message" ? entry["value"] : undefined);
  if (typeof message === "string") {
    const stream = entry["logStreamName"] ?? entry["logStream"] ?? entry["@logStream"];
    const instance = typeof stream === "string" ? /algo-(\d+)/.exec(stream)?.[1] : undefined;
    yield instance === undefined ? { text: message } : { text: message, instance: Number(instance) };
    return;
  }
  if (typeof entry["output_type"] === "string" && entry["text"] !== undefined) {
    yield { text: [entry["text"]].flat().join("") };
    return;
  }
  // `events` of AWS, `results` of Logs Insights, `cells` and `outputs` of a notebook.
  for (const name of ["events", "results", "cells", "outputs"]) yield* findPieces(entry[name]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Fields may be quoted, and hold line feeds and doubled quotes then. */
function unpackCsv(text: string): readonly LogPiece[] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end !== ",") rows.push([]);
  }
  const [header = [], ...records] = rows;
  const columnOf = (name: RegExp) => header.findIndex((title) => name.test(title));
  const [message, stream] = [columnOf(/^@?message$/i), columnOf(/^@?logstream(?:name)?$/i)];
  return records.flatMap((record) => {
    const text = message < 0 ? record.at(-1) : record.slice(message, stream > message ? stream : undefined).join(",");
    const instance = /algo-(\d+)/.exec(record[stream] ?? "")?.[1];
    if (text === undefined || text === "") return [];
    return [instance === undefined ? { text } : { text, instance: Number(instance) }];
  });
}
