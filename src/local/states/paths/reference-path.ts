import { isJsonArray, isJsonObject, type Json, memberOf, setMember } from "../json.js";
import { StateFailure } from "../state-failure.js";
import { Cursor, PathSyntaxError } from "./cursor.js";
import { type JsonPath, parsePath } from "./path-parser.js";

/**
 * Reads a path that names exactly one place, as ResultPath does.
 *
 * @param text - Such as `$.result` or `$.items[0].result`.
 * @returns The path.
 * @throws {@link PathSyntaxError} when it names another number of places, the context object or a variable.
 * @internal
 */
export function parseReferencePath(text: string): JsonPath {
  const path = parsePath(text);
  const names = path.segments.every(({ kind }) => kind === "member" || kind === "index");
  if (names && path.root.kind === "data") return path;
  throw new PathSyntaxError(new Cursor(text), "a reference path names exactly one place of the data");
}

/**
 * Puts a value into a copy of some data; only the objects on the way are copied.
 *
 * @param path - Where; missing objects on the way are made.
 * @param data - The data.
 * @param value - The value.
 * @returns The new data.
 * @throws {@link StateFailure} `States.ResultPathMatchFailure` when the way leads through something that is not an
 * object, or an index that is not there.
 * @internal
 */
export function writePath(path: JsonPath, data: Json, value: Json): Json {
  return write(path, 0, data, value);
}

function write(path: JsonPath, depth: number, data: Json | undefined, value: Json): Json {
  const segment = path.segments[depth];
  if (segment === undefined) return value;
  if (segment.kind === "index") {
    const index = segment.index;
    if (!isJsonArray(data) || index < 0 || index >= data.length) throw mismatch(path);
    const copy = [...data];
    copy[index] = write(path, depth + 1, data[index], value);
    return copy;
  }
  if (segment.kind !== "member") throw mismatch(path);
  if (data !== undefined && data !== null && !isJsonObject(data)) throw mismatch(path);
  const copy: Record<string, Json> = {};
  if (isJsonObject(data)) for (const key of Object.keys(data)) setMember(copy, key, data[key] ?? null);
  setMember(copy, segment.name, write(path, depth + 1, memberOf(copy, segment.name), value));
  return copy;
}

function mismatch(path: JsonPath): StateFailure {
  return new StateFailure(
    "States.ResultPathMatchFailure",
    `Unable to apply ResultPath '${path.text}' to the state's input.`,
  );
}
