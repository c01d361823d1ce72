import { isJsonArray, isJsonObject, type Json, memberOf } from "../json.js";
import { type FilterOperand, passesFilter } from "./path-filter.js";
import { isDefinite, type PathSegment } from "./path-parser.js";

/** Most values that one path may touch, so that no path keeps the process busy for long. */
const MAX_VISITS = 2_000_000;

interface Visit {
  readonly root: Json;
  left: number;
}

/**
 * Follows the steps of a path.
 *
 * @param segments - The steps.
 * @param root - Where they begin.
 * @returns The value of a definite path, the array of all values of another one, and `undefined` when the path, or the
 * definite part at its beginning, leads nowhere.
 * @throws RangeError when the path touches too many values.
 * @internal
 */
export function readPath(segments: readonly PathSegment[], root: Json): Json | undefined {
  return followPath(segments, root, { root, left: MAX_VISITS });
}

function followPath(segments: readonly PathSegment[], start: Json, visit: Visit): Json | undefined {
  let value: Json | undefined = start;
  let index = 0;
  for (; index < segments.length; index++) {
    const segment = segments[index];
    if (segment === undefined || !isDefinite([segment])) break;
    value = readOne(segment, value);
    if (value === undefined) return undefined;
  }
  if (index === segments.length) return value;
  if (value === undefined || (typeof value !== "object" && segments[index]?.kind !== "descend")) return undefined;
  let values: Json[] = [value];
  for (const segment of segments.slice(index)) {
    const next: Json[] = [];
    for (const each of values) collect(segment, each, next, visit);
    values = next;
  }
  return values;
}

function readOne(segment: PathSegment, value: Json): Json | undefined {
  switch (segment.kind) {
    case "member":
      return memberOf(value, segment.name);
    case "index":
      return isJsonArray(value) ? value.at(segment.index) : undefined;
    case "length":
      if (isJsonArray(value) || typeof value === "string") return value.length;
      return isJsonObject(value) ? Object.keys(value).length : undefined;
    default:
      return undefined;
  }
}

function collect(segment: PathSegment, value: Json, into: Json[], visit: Visit): void {
  if (--visit.left < 0) throw new RangeError("the path yields too many values");
  const add = (found: Json | undefined) => {
    if (found === undefined) return;
    if (--visit.left < 0) throw new RangeError("the path yields too many values");
    into.push(found);
  };
  switch (segment.kind) {
    case "members":
      for (const name of segment.names) add(memberOf(value, name));
      return;
    case "indexes":
      if (isJsonArray(value)) for (const index of segment.indexes) add(value.at(index));
      return;
    case "slice":
      if (isJsonArray(value)) takeSlice(segment, value, add);
      return;
    case "wildcard":
      for (const child of childrenOf(value)) add(child);
      return;
    case "filter":
      for (const item of isJsonArray(value) ? value : [value]) {
        if (passesFilter(segment.test, (operand) => resolveOperand(operand, item, visit))) add(item);
      }
      return;
    case "descend":
      descend(segment.segment, value, into, visit);
      return;
    default:
      add(readOne(segment, value));
  }
}

function takeSlice(
  segment: { readonly start?: number; readonly end?: number; readonly step: number },
  value: readonly Json[],
  add: (item: Json | undefined) => void,
): void {
  const place = (index: number) => (index < 0 ? Math.max(0, value.length + index) : Math.min(index, value.length));
  const end = place(segment.end ?? value.length);
  for (let index = place(segment.start ?? 0); index < end; index += segment.step) add(value[index]);
}

function childrenOf(value: Json): readonly Json[] {
  if (isJsonArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

/** Works off a list instead of calling itself, so that deep data does not exhaust the stack. */
function descend(segment: PathSegment, start: Json, into: Json[], visit: Visit): void {
  const waiting: Json[] = [start];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    // A filter would see each item twice: as a member of its array and by itself.
    if (segment.kind !== "filter" || isJsonArray(value)) collect(segment, value, into, visit);
    const children = childrenOf(value);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (typeof child === "object" && child !== null) waiting.push(child);
    }
  }
}

function resolveOperand(operand: FilterOperand, item: Json, visit: Visit): Json | undefined {
  if (operand.kind === "literal") return operand.value;
  return followPath(operand.segments, operand.from === "item" ? item : visit.root, visit);
}
