import { copyPlainJson, NOT_PLAIN } from "./plain-json.js";

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
  if (typeof payload === "string") return JSON.parse(payload);
  const copy = copyPlainJson(payload.json);
  return copy === NOT_PLAIN ? JSON.parse(JSON.stringify(payload.json)) : copy;
}
