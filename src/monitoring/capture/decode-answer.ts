import { isSconesError } from "../../core/errors.js";
import { describePrediction, parseProbabilities } from "../../core/prediction.js";
import type { CaptureSide } from "./capture-record.js";

/**
 * Why a capture holds no probabilities: `no-output`: the answer was not captured; `several-answers`: one record holds
 * answers for several inputs; `not-probabilities`: the answer is something else than one probability per class.
 */
export type UnclassifiedReason = "no-output" | "several-answers" | "not-probabilities";

/** A decoded answer, or why there is none. @internal */
export type DecodedAnswer =
  | { readonly probabilities: readonly number[]; readonly labelId: number; readonly confidence: number }
  | { readonly unclassified: UnclassifiedReason };

/** As many as the answer of an endpoint may hold, see `ProbabilitiesSchema`. */
const MAX_CLASSES = 100_000;
const NOT_PROBABILITIES = { unclassified: "not-probabilities" } as const;

/**
 * Reads the probabilities from a captured answer: a JSON array, one line of JSON Lines, or one row of CSV, and each of
 * them also as base64, which is how SageMaker captures what `CaptureContentTypeHeader` does not name. One number alone
 * is the answer of a regression or of a binary classifier, not one probability per class.
 *
 * @param output - The captured answer.
 * @param data - Its payload.
 * @returns The probabilities, or why there are none.
 * @internal
 */
export function decodeAnswer(output: Omit<CaptureSide, "data"> | undefined, data: string): DecodedAnswer {
  if (output === undefined) return { unclassified: "no-output" };
  const plain = output.encoding === "JSON" ? decodePlain(data) : undefined;
  if (plain !== undefined) return plain;
  const text = (output.encoding === "BASE64" ? decodeText(data) : data).trim();
  const type = output.observedContentType?.split(";")[0]?.trim().toLowerCase();
  const isCsv = output.encoding === "CSV" || (output.encoding === "BASE64" && type === "text/csv");
  if (isCsv) return decodeRows(text);
  if (isSeveralLines(text)) return { unclassified: "several-answers" };
  return toProbabilities(text);
}

/** The answer of nearly every record: one array of numbers. Whatever else it is, is left to the general way. */
function decodePlain(text: string): DecodedAnswer | undefined {
  if (!text.startsWith("[")) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || values.length < 2 || values.length > MAX_CLASSES) return undefined;
  let labelId = 0;
  for (let index = 0; index < values.length; index++) {
    const value: unknown = values[index];
    if (typeof value !== "number" || !(value >= 0 && value <= 1)) return undefined;
    if (value > values[labelId]) labelId = index;
  }
  return { probabilities: values, labelId, confidence: values[labelId] };
}

function decodeRows(text: string): DecodedAnswer {
  const rows = text.split(/\r?\n/);
  if (rows.length > 1) return { unclassified: "several-answers" };
  const cells = text.split(",").map((cell) => cell.trim());
  return toProbabilities(cells.every((cell) => cell !== "") ? cells.map(Number) : []);
}

/** JSON that is spread over lines is not JSON Lines: each of their lines is a value of its own. */
function isSeveralLines(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.length > 1 && lines.every(isJson);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toProbabilities(value: unknown): DecodedAnswer {
  try {
    const probabilities = parseProbabilities(value);
    if (probabilities.length < 2) return NOT_PROBABILITIES;
    const { labelId, confidence } = describePrediction(probabilities);
    return { probabilities, labelId, confidence };
  } catch (error) {
    if (isSconesError(error, "PREDICTION_INVALID")) return NOT_PROBABILITIES;
    throw error;
  }
}

function decodeText(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
