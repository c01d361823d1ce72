/** The event of an invocation: JSON text, or plain JSON, of which whoever gets it gets a copy. @internal */
export type FunctionPayload = string | { readonly json: unknown };

/**
 * Writes an event.
 *
 * @param payload - The event.
 * @returns Its JSON text.
 * @internal
 */
export function payloadText(payload: FunctionPayload): string {
  return typeof payload === "string" ? payload : JSON.stringify(payload.json);
}

/**
 * Reads an event as a function gets it.
 *
 * @param payload - The event.
 * @returns What `JSON.parse` would make of its text: a value that nobody else has.
 * @internal
 */
export function readPayload(payload: FunctionPayload): unknown {
  return typeof payload === "string" ? JSON.parse(payload) : copyJson(payload.json, 0);
}

/** Deeper values are left to `JSON`, which knows how deep it can go. */
const MAX_DEPTH = 100;

function copyJson(value: unknown, depth: number): unknown {
  // Text knows neither -0 nor what is not finite.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return JSON.parse(JSON.stringify(value));
  if (Array.isArray(value)) return value.map((item) => copyJson(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const copied = copyJson(member, depth + 1);
    if (key !== "__proto__") copy[key] = copied;
    else Object.defineProperty(copy, key, { value: copied, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
