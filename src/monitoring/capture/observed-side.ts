import type { CaptureSide } from "./capture-record.js";

/** What is known of one side of a captured invocation without its payload. */
export interface ObservedSide {
  /** The Content-Type header, or `null` where there was none. */
  readonly contentType: string | null;
  /** How the payload is written in the capture. */
  readonly encoding: "BASE64" | "CSV" | "JSON";
  /** Size of the payload in bytes. */
  readonly bytes: number;
}

const EQUALS = 0x3d;

/** Describes a side of a record. @internal */
export function describeSide(side: CaptureSide): ObservedSide {
  const { data, encoding } = side;
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return describe(side, encoding === "BASE64" ? decodedLength(data.length, padding) : Buffer.byteLength(data));
}

/** Describes a side whose payload, without escapes, lies in bytes. @internal */
export function describeBytes(side: CaptureSide, bytes: Uint8Array, start: number, end: number): ObservedSide {
  if (side.encoding !== "BASE64") return describe(side, end - start);
  const last = end - start;
  const padding = last < 1 || bytes[end - 1] !== EQUALS ? 0 : last > 1 && bytes[end - 2] === EQUALS ? 2 : 1;
  return describe(side, decodedLength(last, padding));
}

function describe({ observedContentType, encoding }: CaptureSide, bytes: number): ObservedSide {
  return { contentType: observedContentType ?? null, encoding, bytes };
}

function decodedLength(length: number, padding: number): number {
  return Math.max(0, Math.floor(length / 4) * 3 - padding);
}
