import { sleepLong } from "../clock.js";
import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from "../definition/model.js";
import { parseTimestamp } from "../definition/timestamp.js";
import type { Evaluator } from "../evaluation.js";
import { isJsonObject, type Json, withMembers } from "../json.js";
import { jsonText } from "../json-text.js";
import { unexpectedType } from "../jsonata/jsonata-expression.js";
import { StateFailure } from "../state-failure.js";
import { buildParameters, finishWithInput, finishWithResult, selectInput } from "./data-flow.js";
import { type StateResult, type StateRun, scopeOf } from "./state-run.js";

/** Measured on AWS: a Wait ends at most so far in the future. */
const MAX_DELAY_MS = 2_147_483_647_000;

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
  await sleepLong(run.environment.clock, milliseconds, run.branch.stop);
  return { ...(await finishWithInput(run, language, data, effectiveInput)), next };
}

async function evaluateWait(state: WaitState, run: StateRun, effectiveInput: StateRun["input"]): Promise<number> {
  const { until, text, language } = state;
  const value = await readWait(state, run, effectiveInput);
  if (until === "Seconds" || until === "SecondsPath") {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 99_999_999) return value * 1000;
    if (language === "JSONata") throw unexpectedType(text, "Seconds", "integer", value);
    const isNegative = typeof value === "number" && Number.isInteger(value) && value < 0;
    const problem = isNegative ? "references a negative value" : "cannot be parsed as a long value";
    throw new StateFailure("States.Runtime", `The SecondsPath parameter ${problem}: ${text} == ${plainText(value)}`);
  }
  const time = parseTimestamp(value);
  if (time !== undefined) {
    const delay = Math.max(0, time - run.environment.clock.now().getTime());
    if (delay > MAX_DELAY_MS) throw new StateFailure("States.Runtime", "Wait state delay is too long.");
    return delay;
  }
  const format = "ISO-8601 extended offset date-time format string";
  if (language === "JSONata") {
    const cause = `The Timestamp field cannot be parsed as an ${format}: ${plainText(value)}`;
    throw new StateFailure("States.QueryEvaluationError", cause, { location: "Timestamp" });
  }
  const cause = `The TimestampPath parameter does not reference a valid ${format}: ${text} == ${plainText(value)}`;
  throw new StateFailure("States.Runtime", cause);
}

async function readWait({ until, text, value }: WaitState, run: StateRun, effectiveInput: Json): Promise<Json> {
  try {
    return await value.evaluate(scopeOf(run, effectiveInput));
  } catch (error) {
    if (until !== "SecondsPath" || !(error instanceof StateFailure)) throw error;
    throw new StateFailure("States.Runtime", `The SecondsPath parameter does not reference an input value: ${text}`);
  }
}

function plainText(value: Json): string {
  return typeof value === "string" ? value : jsonText(value);
}
