import { type Evaluator, whenKnown } from "../evaluation.js";
import type { Json } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { scopeOf } from "./state-run.js";

interface NumberBounds {
  readonly least: number;
  readonly most?: number;
  readonly whole?: false;
  readonly language: "JSONPath" | "JSONata";
}

/**
 * Evaluates a field that has to be a number.
 *
 * @param field - The field, if there is one.
 * @param name - Its name, for the cause.
 * @param scope - Where it is evaluated.
 * @param bounds - `least` and `most`; `whole` unless it may have a fraction.
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
  return whenKnown(field.evaluate(scope), (value) => checkNumber(value, name, bounds));
}

function checkNumber(value: Json, name: string, bounds: NumberBounds): number {
  const { least, most = 99_999_999, whole, language } = bounds;
  const fits =
    typeof value === "number" && value >= least && value <= most && (whole === false || Number.isInteger(value));
  if (fits) return value;
  const shown = jsonText(value).slice(0, 100);
  const kind = whole === false ? "a number" : "an integer";
  const error = language === "JSONata" ? "States.QueryEvaluationError" : "States.Runtime";
  throw new StateFailure(error, `The field '${name}' must be ${kind} from ${least} to ${most}, but was ${shown}.`, {
    location: language === "JSONata" ? name : undefined,
  });
}
