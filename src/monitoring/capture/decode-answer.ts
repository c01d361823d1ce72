import { isSconesError } from "../../core/errors.js";
import { parseProbabilities } from "../../core/prediction.js";
import type { CaptureSide } from "./capture-record.js";

/**
 * Why a capture holds no probabilities: `no-output`: the answer was not captured; `several-answers`: one record holds
 * answers for several inputs; `not-probabilities`: the answer is something else than one probability per class.
 */
export type UnclassifiedReason = "no-output" | "several-answers" | "not-probabilities";

/** A decoded answer, or why there is none. @internal */
export type DecodedAnswer =
  | { readonly probabilities: readonly number[] }
  | { readonly unclassified: UnclassifiedReason };

const NOT_PROBABILITIES = { unclassified: "not-probabilities" } as const;

/**
 * Reads the probabilities from a captured answer: a JSON array, one line of JSON Lines, or one row of CSV, and each of
 * them also as base64, which is how SageMaker captures what `CaptureContentTypeHeader` does not name. One number alone
 * is the answer of a regression or of a binary classifier, not one probability per class.
 *
 * @param output - The captured answer.
 * @returns The probabilities, or why there are none.
 * @internal
 */
export function decodeAnswer(output: CaptureSide | undefined): DecodedAnswer {
  if (output === undefined) return { unclassified: "no-output" };
  const text = (output.encoding === "BASE64" ? decodeText(output.data) : output.data).trim();
  const type = output.observedContentType?.split(";")[0]?.trim().toLowerCase();
  const isCsv = output.encoding === "CSV" || (output.encoding === "BASE64" && type === "text/csv");
  if (isCsv) return decodeRows(text);
  if (isSeveralLines(text)) return { unclassified: "several-answers" };
  return toProbabilities(text);
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
    return probabilities.length > 1 ? { probabilities } : NOT_PROBABILITIES;
  } catch (error) {
    if (isSconesError(error, "PREDICTION_INVALID")) return NOT_PROBABILITIES;
    throw error;
  }
}

function decodeText(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
