import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { ChoiceState } from "../asl-types.js";
import { type Condition, describeCondition, toChoiceRule, toCondition } from "../data/condition.js";
import type { AllOf } from "../data/reference.js";
import { type Step, type StepInput, type StepOutput, stateNameSchema, stepSchema } from "../step.js";

/** A way that a choice can take. */
export interface ChoiceWay<in Input, out Output> {
  /** When it is taken. */
  readonly when: Condition<Input>;
  /** What is done then. */
  readonly step: Step<Input, Output>;
}

/** Options of {@link choice}. */
export interface ChoiceOptions<
  Ways extends readonly ChoiceWay<never, unknown>[],
  Otherwise extends Step<never, unknown>,
> {
  /** Name of the state, 1 to 80 characters, unique in the whole state machine. */
  readonly name: string;
  /** The ways; the first one whose condition holds is taken. */
  readonly ways: Ways;
  /** What is done where no condition holds. */
  readonly otherwise: Otherwise;
  /** A remark in the definition. */
  readonly comment?: string;
}

/** What one way of a choice needs. */
export type WayNeeds<Way> =
  Way extends ChoiceWay<never, unknown>
    ? (Way["when"] extends Condition<infer Input> ? Input : unknown) & StepInput<Way["step"]>
    : unknown;
/** What the ways of a choice need together. */
type NeedsOf<Ways> = AllOf<Ways extends readonly (infer Way)[] ? WayNeeds<Way> : unknown>;

const OptionsSchema = z.strictObject({
  name: stateNameSchema,
  ways: z
    .array(
      z.strictObject({
        when: z.custom<Condition<never>>(
          (value) => typeof value === "object" && value !== null && "condition" in value,
          "must be a condition, such as what when(...) returns",
        ),
        step: stepSchema,
      }),
    )
    .min(1, "needs at least one way"),
  otherwise: stepSchema,
  comment: z.string().optional(),
});

/**
 * Describes a state that decides which step comes next. Whatever way is taken, the steps after the choice follow, so it
 * hands on what one of its ways does. Calls nothing.
 *
 * @param options - See {@link ChoiceOptions}.
 * @returns The step; its input must suit every condition and every way.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { choice, fail, from, lambdaTask, when } from "scones-ml/workflow";
 *
 * interface Answer { readonly confidence: number; readonly label: string }
 *
 * const judge = choice({
 *   name: "Sure?",
 *   ways: [
 *     {
 *       when: when(from("confidence"), ">=", 0.93),
 *       step: lambdaTask<Answer, Answer>({ name: "Store", functionName: "store" }),
 *     },
 *   ],
 *   otherwise: fail({ name: "Unsure", error: "UNSURE", cause: "Let a person look." }),
 * }); // Step<Answer, Answer>
 * console.log(judge.startAt); // Sure?
 * ```
 */
export function choice<const Ways extends readonly ChoiceWay<never, unknown>[], Otherwise extends Step<never, unknown>>(
  options: ChoiceOptions<Ways, Otherwise>,
): Step<NeedsOf<Ways> & StepInput<Otherwise>, StepOutput<Ways[number]["step"]> | StepOutput<Otherwise>>;
export function choice(
  options: ChoiceOptions<readonly ChoiceWay<never, unknown>[], Step<never, unknown>>,
): Step<never, unknown> {
  const { name, ways, otherwise, comment } = parseOptions("choice", OptionsSchema, options);
  return {
    startAt: name,
    build: (context) => {
      const state: ChoiceState = {
        Type: "Choice",
        ...(comment === undefined ? {} : { Comment: comment }),
        Choices: ways.map((way) => ({
          ...(context.queryLanguage === "JSONPath"
            ? toChoiceRule(way.when)
            : { Condition: `{% ${toCondition(way.when)} %}` }),
          Comment: describeCondition(way.when),
          Next: way.step.startAt,
        })),
        Default: otherwise.startAt,
      };
      return [[name, state], ...[...ways.map((way) => way.step), otherwise].flatMap((step) => step.build(context))];
    },
  };
}
