import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { PassState, State, WaitState } from "../asl-types.js";
import { type Condition, describeCondition, toChoiceRule, toCondition, when } from "../data/condition.js";
import { oneMore, variable } from "../data/reference.js";
import { writeTemplate } from "../data/template.js";
import { type Step, stateNameSchema, stepSchema } from "../step.js";

/** Options of {@link repeatUntil}. */
export interface RepeatUntilOptions<Value, Output> {
  /** What the names of the states begin with; up to 60 characters, unique in the whole state machine. */
  readonly name: string;
  /** What is repeated; it hands on what it takes, renewed. */
  readonly step: Step<Value, Value>;
  /** When it has been repeated enough. */
  readonly until: Condition<Value>;
  /** Seconds before each time, the first one too. */
  readonly everySeconds: number;
  /** How often at most. */
  readonly maxTimes: number;
  /** What is done when it was repeated so often in vain; mostly a step that fails. */
  readonly onLimit: Step<Value, Output>;
}

const OptionsSchema = z.strictObject({
  name: stateNameSchema.max(60),
  step: stepSchema,
  until: z.custom<Condition<never>>(
    (value) => typeof value === "object" && value !== null && "condition" in value,
    "must be a condition, such as what when(...) returns",
  ),
  everySeconds: z.int().min(1).max(99_999_999),
  maxTimes: z.int().min(1).max(100_000),
  onLimit: stepSchema,
});

/**
 * Describes states that wait and do a step again and again until a condition holds, a limited number of times: what an
 * endpoint needs, for which Step Functions does not wait by itself. Each time takes about seven events of the execution's
 * 25,000. Calls nothing.
 *
 * @param options - See {@link RepeatUntilOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { fail, from, repeatUntil, fromResult, sageMakerTask, when } from "scones-ml/workflow";
 *
 * interface Place { readonly name: string; readonly endpoint: { readonly status: string } }
 *
 * const ready = repeatUntil({
 *   name: "Ready",
 *   step: sageMakerTask<"describeEndpoint", Place, Place>({
 *     name: "Ask",
 *     action: "describeEndpoint",
 *     parameters: { EndpointName: from("name") },
 *     output: { as: "endpoint", select: { status: fromResult("EndpointStatus") } },
 *   }),
 *   until: when(from("endpoint", "status"), "=", "InService"),
 *   everySeconds: 30,
 *   maxTimes: 60,
 *   onLimit: fail({ name: "Too slow", error: "ENDPOINT_SLOW", cause: "It did not serve in half an hour." }),
 * });
 * console.log(ready.startAt); // Ready: begin
 * ```
 */
export function repeatUntil<Value, Output>(options: RepeatUntilOptions<Value, Output>): Step<Value, Value | Output> {
  const { name, step, until, everySeconds, maxTimes, onLimit } = parseOptions("repeatUntil", OptionsSchema, options);
  const [begin, wait, decide, end] = ["begin", "wait", "enough?", "end"].map((part) => `${name}: ${part}`) as [
    string,
    string,
    string,
    string,
  ];
  // A variable counts, so that the data of the states stays as it is.
  const counter = `times_${name.replace(/[^A-Za-z0-9]+/g, "_")}`;
  return {
    startAt: begin,
    build: (context) => {
      const usesPaths = context.queryLanguage === "JSONPath";
      const isLast = when(variable(counter), ">=", maxTimes);
      const rule = (condition: Condition<never>, Next: string) => ({
        ...(usesPaths ? toChoiceRule(condition) : { Condition: `{% ${toCondition(condition)} %}` }),
        Comment: describeCondition(condition),
        Next,
      });
      const { next } = context;
      const states: readonly (readonly [string, State])[] = [
        [begin, { Type: "Pass", Assign: { [counter]: 0 }, Next: wait } satisfies PassState],
        [
          wait,
          {
            Type: "Wait",
            Seconds: everySeconds,
            Assign: writeTemplate({ [counter]: oneMore(variable(counter)) }, context.queryLanguage),
            Next: step.startAt,
          } satisfies WaitState,
        ],
        ...step.build({ ...context, next: decide }),
        [decide, { Type: "Choice", Choices: [rule(until, next ?? end), rule(isLast, onLimit.startAt)], Default: wait }],
        ...(next === undefined ? [[end, { Type: "Succeed" }] as const] : []),
        ...onLimit.build(context),
      ];
      return states;
    },
  };
}
