import type { Evaluator } from "../evaluation.js";
import { isExpression } from "../jsonata/jsonata-expression.js";
import type { WaitState } from "./model.js";
import { type FieldPlace, parseNumberField, parseTemplate } from "./parse-fields.js";
import { parsePathField, parsePathOrIntrinsic } from "./payload-template.js";
import { parseTimestamp } from "./timestamp.js";

const WAITS = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"] as const;
const MAX_SECONDS = 99_999_999;

/** Source: AWS Step Functions Developer Guide, "Fail workflow state": intrinsics for ErrorPath and CausePath. */
const FAIL_INTRINSICS = /^States\.(Format|JsonToString|ArrayGetItem|Base64Encode|Base64Decode|Hash|UUID)\(/;

/**
 * Reads how long a Wait state waits.
 *
 * @param place - The state.
 * @returns Which field says it, and the field.
 * @internal
 */
export function parseWait(place: FieldPlace): Pick<WaitState, "until" | "text" | "value"> {
  const { state, language, location, findings } = place;
  const present = WAITS.filter((name) => state[name] !== undefined);
  const [until = "Seconds"] = present;
  if (present.length !== 1) {
    const names = language === "JSONata" ? "'Seconds' and 'Timestamp'" : WAITS.map((name) => `'${name}'`).join(", ");
    findings.add(location, `A Wait state must have exactly one of ${names}.`);
  }
  const field = state[until];
  const text = typeof field === "string" ? field : String(field);
  const value = parseWaitField(place, until);
  return { until, text, value: value ?? { evaluate: () => 0 } };
}

function parseWaitField(place: FieldPlace, until: WaitState["until"]): Evaluator | undefined {
  const { state, language, location, findings } = place;
  const field = state[until];
  const at = `${location}/${until}`;
  if (until === "SecondsPath" || until === "TimestampPath") return parsePathField(field ?? null, until, at, findings);
  if (until === "Seconds") return parseNumberField(place, "Seconds", { least: 0, most: MAX_SECONDS });
  if (language === "JSONata" && isExpression(field)) return parseTemplate(place, until);
  if (field === undefined || parseTimestamp(field) === undefined) {
    findings.add(at, "The field 'Timestamp' must be a timestamp such as 2026-11-24T12:00:00Z.");
    return undefined;
  }
  return { evaluate: () => field };
}

/**
 * Reads Error or Cause of a Fail state, or its variant in `Path`.
 *
 * @param place - The state.
 * @param field - Which of them.
 * @returns The field, or `undefined` where there is none.
 * @internal
 */
export function parseFail(place: FieldPlace, field: "Error" | "Cause"): Evaluator | undefined {
  const { state, language, location, findings } = place;
  const value = state[field];
  const path = state[`${field}Path`];
  if (value !== undefined && path !== undefined) {
    findings.add(`${location}/${field}Path`, `Only one of '${field}' and '${field}Path' may be present.`);
  }
  if (value !== undefined) {
    if (typeof value === "string") {
      return language === "JSONata" ? parseTemplate(place, field) : { evaluate: () => value };
    }
    findings.add(`${location}/${field}`, `The field '${field}' must be a string.`);
    return undefined;
  }
  if (path === undefined || language === "JSONata") return undefined;
  const at = `${location}/${field}Path`;
  if (typeof path !== "string" || !(path.startsWith("$") || FAIL_INTRINSICS.test(path))) {
    findings.add(
      at,
      `The field '${field}Path' must be a reference path or an intrinsic function that returns a string.`,
    );
    return undefined;
  }
  return parsePathOrIntrinsic(path, `${field}Path`, at, findings);
}
