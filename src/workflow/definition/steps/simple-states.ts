import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { FailState, PassState, State, WaitState } from "../asl-types.js";
import { isReference, type Reference } from "../data/reference.js";
import {
  type AnyTemplateObject,
  type TemplateNeeds,
  type TemplateObject,
  toExpression,
  writeTemplate,
} from "../data/template.js";
import { toJsonata, toJsonPath } from "../data/write-reference.js";
import { type Step, type StepContext, stateNameSchema, transitionOf } from "../step.js";

/** What every state takes that only moves data or time. */
export interface SimpleStateOptions {
  /** Name of the state, 1 to 80 characters, unique in the whole state machine. */
  readonly name: string;
  /** A remark in the definition. */
  readonly comment?: string;
}

/** Options of {@link wait}. */
export interface WaitOptions<Input> extends SimpleStateOptions {
  /** How many seconds, 0 to 99999999. */
  readonly seconds: number | Reference<Input>;
}

/** Options of {@link pass}. */
export interface PassOptions<Input> extends SimpleStateOptions {
  /** The values. */
  readonly values: TemplateObject<Input>;
  /** Field of the input that the values are put into. @defaultValue they replace the input */
  readonly as?: string;
}

/** Options of {@link fail}. */
export interface FailOptions<Name extends string | Reference<never>, Cause extends string | Reference<never>>
  extends SimpleStateOptions {
  /** Name of the error. */
  readonly error: Name;
  /** What happened. */
  readonly cause: Cause;
}

const common = { name: stateNameSchema, comment: z.string().optional() };
const referenceSchema = z.custom<Reference<never>>(isReference, "must be a reference, such as what from(...) returns");
const WaitSchema = z.strictObject({ ...common, seconds: z.union([z.int().min(0).max(99_999_999), referenceSchema]) });
const PassSchema = z.strictObject({
  ...common,
  values: z.custom<AnyTemplateObject>((value) => typeof value === "object" && value !== null, "must be an object"),
  as: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a name of letters, digits and _")
    .optional(),
});
const SucceedSchema = z.strictObject(common);
const textSchema = z.union([z.string(), referenceSchema]);
const FailSchema = z.strictObject({ ...common, error: textSchema, cause: textSchema });

/**
 * Describes a state that waits and hands on its input. Calls nothing.
 *
 * @typeParam Input - What it takes and hands on.
 * @param options - See {@link WaitOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function wait<Input>(options: WaitOptions<Input>): Step<Input, Input> {
  const { name, comment, seconds } = parseOptions("wait", WaitSchema, options);
  return oneState(name, comment, (context): WaitState => {
    const transition = transitionOf(context);
    if (typeof seconds === "number") return { Type: "Wait", Seconds: seconds, ...transition };
    return context.queryLanguage === "JSONPath"
      ? { Type: "Wait", SecondsPath: toJsonPath(seconds), ...transition }
      : { Type: "Wait", Seconds: `{% ${toJsonata(seconds)} %}`, ...transition };
  });
}

/**
 * Describes a state that makes its output of fixed values and of values of its input. Calls nothing.
 *
 * @typeParam Input - What it takes.
 * @typeParam Output - What it hands on.
 * @param options - See {@link PassOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function pass<Input, Output>(options: PassOptions<Input>): Step<Input, Output> {
  const { name, comment, values, as } = parseOptions("pass", PassSchema, options);
  return oneState(name, comment, (context): PassState => {
    const transition = transitionOf(context);
    if (context.queryLanguage === "JSONPath") {
      const Parameters = writeTemplate(values, "JSONPath");
      return { Type: "Pass", Parameters, ...(as === undefined ? {} : { ResultPath: `$.${as}` }), ...transition };
    }
    const Output =
      as === undefined
        ? writeTemplate(values, "JSONata")
        : `{% $merge([$states.input, ${toExpression({ [as]: values })}]) %}`;
    return { Type: "Pass", Output, ...transition };
  });
}

/**
 * Describes a state that ends the execution well, or the branch or item that it is in. Calls nothing.
 *
 * @typeParam Input - What it takes, which is the output of the execution.
 * @param options - See {@link SimpleStateOptions}.
 * @returns The step; nothing follows it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function succeed<Input>(options: SimpleStateOptions): Step<Input, never> {
  const { name, comment } = parseOptions("succeed", SucceedSchema, options);
  return oneState(name, comment, () => ({ Type: "Succeed" }));
}

/**
 * Describes a state that ends the execution as failed. Calls nothing.
 *
 * @param options - See {@link FailOptions}.
 * @returns The step; nothing follows it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { fail, from, textOf } from "scones-ml/workflow";
 *
 * const unsure = fail({ name: "Unsure", error: "UNSURE", cause: textOf`Look at ${from("s3_key")}.` });
 * console.log(unsure.startAt); // Unsure
 * ```
 */
export function fail<Name extends string | Reference<never>, Cause extends string | Reference<never>>(
  options: FailOptions<Name, Cause>,
): Step<TemplateNeeds<readonly [Name, Cause]>, never> {
  const { name, comment, error, cause } = parseOptions("fail", FailSchema, options);
  return oneState(name, comment, ({ queryLanguage }): FailState => {
    if (queryLanguage === "JSONata") {
      const write = (value: string | Reference<never>) => (isReference(value) ? `{% ${toJsonata(value)} %}` : value);
      return { Type: "Fail", Error: write(error), Cause: write(cause) };
    }
    return {
      Type: "Fail",
      ...(isReference(error) ? { ErrorPath: toJsonPath(error) } : { Error: error }),
      ...(isReference(cause) ? { CausePath: toJsonPath(cause) } : { Cause: cause }),
    };
  });
}

function oneState<Input, Output>(
  name: string,
  comment: string | undefined,
  write: (context: StepContext) => State,
): Step<Input, Output> {
  return {
    startAt: name,
    build: (context) => {
      const { Type, ...rest } = write(context);
      const state = { Type, ...(comment === undefined ? {} : { Comment: comment }), ...rest };
      return [[name, state as State]];
    },
  };
}
