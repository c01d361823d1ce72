import { type Evaluator, whenKnown } from "../evaluation.js";
import type { Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { scopeOf } from "./state-run.js";

/** What a number has to be. @internal */
export interface NumberBounds {
  readonly least: number;
  readonly most?: number;
  /** `false` where it may have a fraction. */
  readonly whole?: false;
  /** Cause of a number that a path yields beyond the bounds, in AWS's words. */
  readonly refusal?: string;
  readonly language: "JSONPath" | "JSONata";
}

/**
 * Evaluates a field that has to be a number. A path may also lead to a text that holds one.
 *
 * @param field - The field, if there is one.
 * @param name - Its name, for the cause.
 * @param scope - Where it is evaluated.
 * @param bounds - See {@link NumberBounds}.
 * @returns The number, or `undefined` where there is no field.
 * @throws {@link StateFailure} `States.QueryEvaluationError` with JSONata, else `States.Runtime`.
 * @internal
 */
export function evaluateNumber(
  field: Evaluator | undefined,
  name: string,
  scope: ReturnType<typeof scopeOf>,
  bounds: NumberBounds,
): number | undefined | Promise<number> {
  if (field === undefined) return undefined;
  return whenKnown(field.evaluate(scope), (found) => checkNumber(found, name, bounds, field.path));
}

function checkNumber(found: Json, name: string, bounds: NumberBounds, path: string | undefined): number {
  const { least, most = 99_999_999, whole, language, refusal } = bounds;
  const isText = typeof found === "string" && found.trim() !== "" && language === "JSONPath";
  const value = isText ? Number(found) : found;
  const isNumber = typeof value === "number" && !Number.isNaN(value) && (whole === false || Number.isInteger(value));
  if (isNumber && value >= least && value <= most) return value;
  if (language === "JSONPath" && !isNumber) {
    const shown = typeof found === "string" ? found : jsonText(found).slice(0, 100);
    const kind = whole === false ? "float" : "integer";
    const cause = `The ${name}Path field refers to value "${shown}" which is not a valid ${kind}: ${path ?? ""}`;
    throw new StateFailure("States.Runtime", cause);
  }
  if (language === "JSONPath" && refusal !== undefined) throw new StateFailure("States.Runtime", refusal);
  const kind = whole === false ? "a number" : "an integer";
  const error = language === "JSONata" ? "States.QueryEvaluationError" : "States.Runtime";
  const shown = jsonText(found).slice(0, 100);
  throw new StateFailure(error, `The field '${name}' must be ${kind} from ${least} to ${most}, but was ${shown}.`, {
    location: language === "JSONata" ? name : undefined,
  });
}
