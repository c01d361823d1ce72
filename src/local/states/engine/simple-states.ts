import { sleepLong } from "../clock.js";
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from "../definition/model.js";
import { parseTimestamp } from "../definition/timestamp.js";
import type { Evaluator } from "../evaluation.js";
import { isJsonObject, withMembers } from "../json.js";
import { jsonText } from "../json-text.js";
import { unexpectedType } from "../jsonata/jsonata-expression.js";
import { StateFailure } from "../state-failure.js";
import { buildParameters, finishWithInput, finishWithResult, selectInput } from "./data-flow.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";

/** Runs a Pass state. @internal */
export async function runPass(state: PassState, run: StateRun): Promise<StateResult> {
  const { language, data, next } = state;
  const effectiveInput = await selectInput(run, data);
  if (language === "JSONata") return { ...(await finishWithInput(run, language, data, effectiveInput)), next };
  const parameters = await buildParameters(run, data, effectiveInput);
  return {
    ...(await finishWithResult(run, language, data, state.result === undefined ? parameters : state.result)),
    next,
  };
}

/** Runs a Succeed state. @internal */
export async function runSucceed({ language, data }: SucceedState, run: StateRun): Promise<StateResult> {
  return { ...(await finishWithInput(run, language, data, await selectInput(run, data))), next: undefined };
}

/** Runs a Fail state: it always throws. @internal */
export async function runFail(state: FailState, run: StateRun): Promise<never> {
  const scope = scopeOf(run, run.input);
  const read = async (field: Evaluator | undefined, name: string) => {
    const value = await field?.evaluate(scope);
    if (value === undefined || typeof value === "string") return value;
    const shown = jsonText(value).slice(0, 100);
    const error = state.language === "JSONata" ? "States.QueryEvaluationError" : "States.Runtime";
    throw new StateFailure(error, `The field '${name}' must be a string, but was ${shown}.`, { location: name });
  };
  const error = await read(state.error, "Error");
  throw new StateFailure(error, await read(state.cause, "Cause"), { located: true });
}

/** Runs a Choice state. @internal */
export async function runChoice(state: ChoiceState, run: StateRun): Promise<StateResult> {
  const { language, data } = state;
  const effectiveInput = await selectInput(run, data);
  const scope = scopeOf(run, effectiveInput);
  for (const rule of state.choices) {
    if (!(await rule.test(scope))) continue;
    const assign = joinAssign(data.assign, rule.assign);
    const fields = {
      ...data,
      ...(rule.output === undefined ? {} : { output: rule.output }),
      ...(assign === undefined ? {} : { assign }),
    };
    return { ...(await finishWithInput(run, language, fields, effectiveInput)), next: rule.next };
  }
  if (state.default === undefined) {
    throw new StateFailure(
      "States.NoChoiceMatched",
      "No choice rule matched, and the state has no default transition.",
    );
  }
  return { ...(await finishWithInput(run, language, data, effectiveInput)), next: state.default };
}

/** The state's Assign holds for every rule; a rule's own comes on top. */
function joinAssign(ofState: Evaluator | undefined, ofRule: Evaluator | undefined): Evaluator | undefined {
  if (ofState === undefined || ofRule === undefined) return ofRule ?? ofState;
  return {
    async evaluate(scope) {
      const [base, own] = [await ofState.evaluate(scope), await ofRule.evaluate(scope)];
      return isJsonObject(base) && isJsonObject(own) ? withMembers(base, Object.entries(own)) : own;
    },
  };
}

/** Runs a Wait state. @internal */
export async function runWait(state: WaitState, run: StateRun): Promise<StateResult> {
  const { language, data, next } = state;
  const effectiveInput = await selectInput(run, data);
  const milliseconds = await evaluateWait(state, run, effectiveInput);
  await sleepLong(run.environment.clock, milliseconds, run.branch.signal);
  return { ...(await finishWithInput(run, language, data, effectiveInput)), next };
}

async function evaluateWait(state: WaitState, run: StateRun, effectiveInput: StateRun["input"]): Promise<number> {
  const value = await state.value.evaluate(scopeOf(run, effectiveInput));
  const { until, text, language } = state;
  if (until === "Seconds" || until === "SecondsPath") {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 99_999_999) return value * 1000;
    if (language === "JSONata") throw unexpectedType(text, "Seconds", "integer", value);
    throw new StateFailure(
      "States.Runtime",
      `The SecondsPath parameter does not reference an integer value: ${text} == ${jsonText(value)}`,
    );
  }
  const time = parseTimestamp(value);
  if (time !== undefined) return Math.max(0, time - run.environment.clock.now().getTime());
  if (language === "JSONata") throw unexpectedType(text, "Timestamp", "timestamp", value);
  throw new StateFailure(
    "States.Runtime",
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${text} == ${typeof value === "string" ? value : jsonText(value)}`,
  );
}
