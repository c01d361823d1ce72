import type { Evaluator } from "../evaluation.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import type { scopeOf } from "./state-run.js";

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
export async function evaluateNumber(
  field: Evaluator | undefined,
  name: string,
  scope: ReturnType<typeof scopeOf>,
  bounds: {
    readonly least: number;
    readonly most?: number;
    readonly whole?: false;
    readonly language: "JSONPath" | "JSONata";
  },
): Promise<number | undefined> {
  if (field === undefined) return undefined;
  const value = await field.evaluate(scope);
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
