import * as z from "zod";
import { InvalidOptionsError } from "../../core/options.js";
import type { Catcher, ErrorHandling, QueryLanguage, Retrier } from "./asl-types.js";
import { type ResultReference, rawResult } from "./data/reference.js";
import { type AnyTemplateObject, toExpression, writeTemplate } from "./data/template.js";
import { type Step, type StepContext, stateNameSchema, stepSchema, type TaskFailure } from "./step.js";

/** What every state that has work done takes. */
export interface WorkOptions<Input> {
  /** Name of the state, 1 to 80 characters, unique in the whole state machine. */
  readonly name: string;
  /** What is tried again; an empty list for nothing. */
  readonly retry?: readonly Retrier[];
  /** Where errors lead that are not tried again: a step that gets `{ Error, Cause }`. @defaultValue nowhere: they fail the execution */
  readonly onError?: Step<TaskFailure, unknown>;
  /** The same, for a step that gets the input with `{ Error, Cause }` as its `failure`. Not together with `onError`. */
  readonly onErrorWithInput?: Step<Input & WithFailure, unknown>;
  /**
   * Whether errors that are not tried again are passed over: the next step then gets the state's input unchanged. Only
   * where a step follows, and not together with the other two. @defaultValue `false`
   */
  readonly ignoreErrors?: boolean;
  /** A remark in the definition. */
  readonly comment?: string;
}

/** An input beside which an error is kept. */
export interface WithFailure {
  /** The error. */
  readonly failure: TaskFailure;
}

/** What a task hands on of its result. */
export type TaskOutput =
  /** The result itself. */
  | "result"
  /** The input, as if nothing had come back. */
  | "input"
  /** The input with values of the result beside it. */
  | {
      /** Name of the field that the values stand in. */
      readonly as: string;
      /** The values by name. */
      readonly select: Readonly<Record<string, ResultReference>>;
    };

/** A task's limits. Both kinds of tasks have one, so that a lost answer never holds an execution for a year. @internal */
export const timeoutSchema = z.int().min(1).max(99_999_999);

const retriersSchema = z
  .array(
    z
      .strictObject({
        ErrorEquals: z.array(z.string().min(1)).min(1).readonly(),
        IntervalSeconds: z.int().min(1).optional(),
        MaxAttempts: z.int().min(0).max(99_999_999).optional(),
        BackoffRate: z.number().min(1).optional(),
        MaxDelaySeconds: z.int().min(1).optional(),
        JitterStrategy: z.enum(["FULL", "NONE"]).optional(),
        Comment: z.string().optional(),
      })
      .readonly(),
  )
  .readonly();

/**
 * Retriers as the Amazon States Language has them.
 *
 * @param byDefault - What is tried again where the caller does not say.
 * @returns The schema.
 * @internal
 */
export function retrySchema(
  byDefault: readonly Retrier[],
): z.ZodType<readonly Retrier[], readonly Retrier[] | undefined> {
  return retriersSchema.default(() => byDefault) as z.ZodType<readonly Retrier[], readonly Retrier[] | undefined>;
}

/**
 * Schema fields of {@link WorkOptions}.
 *
 * @param retry - What is tried again where the caller does not say.
 * @returns The fields.
 * @internal
 */
export function workFields(retry: readonly Retrier[]) {
  return {
    name: stateNameSchema,
    retry: retrySchema(retry),
    onError: stepSchema.optional(),
    onErrorWithInput: stepSchema.optional(),
    ignoreErrors: z.boolean().default(false),
    comment: z.string().optional(),
  };
}

/** Refuses two ways for one error. @internal */
export function hasOneErrorRoute(options: {
  readonly onError?: unknown;
  readonly onErrorWithInput?: unknown;
  readonly ignoreErrors: boolean;
}): boolean {
  const { onError, onErrorWithInput, ignoreErrors } = options;
  return [onError !== undefined, onErrorWithInput !== undefined, ignoreErrors].filter(Boolean).length <= 1;
}

/** Why {@link hasOneErrorRoute} refuses. @internal */
export const ONE_ERROR_ROUTE = "onError, onErrorWithInput and ignoreErrors exclude each other";

/** Schema of {@link TaskOutput}. @internal */
export const taskOutputSchema = z
  .union([
    z.enum(["result", "input"]),
    z.strictObject({
      as: z.string().min(1),
      select: z.record(
        z.string().min(1),
        z.custom<ResultReference>(
          (value) => typeof value === "object" && value !== null && "resultPath" in value,
          "must be what fromResult(...) returns",
        ),
      ),
    }),
  ])
  .default("result");

/** The parsed form of {@link WorkOptions}. @internal */
export interface ResolvedWork {
  readonly name: string;
  readonly retry: readonly Retrier[];
  readonly onError?: Step<never, unknown> | undefined;
  readonly onErrorWithInput?: Step<never, unknown> | undefined;
  readonly ignoreErrors: boolean;
  readonly comment?: string | undefined;
}

/**
 * Writes Retry and Catch.
 *
 * @param work - The options.
 * @param context - Where the state stands.
 * @returns The fields.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when errors are to be passed over and nothing follows.
 * @internal
 */
export function writeErrorHandling(work: ResolvedWork, context: StepContext): ErrorHandling {
  const { retry, onError, onErrorWithInput, ignoreErrors, name } = work;
  const usesPaths = context.queryLanguage === "JSONPath";
  const keep = usesPaths ? { ResultPath: null } : { Output: "{% $states.input %}" };
  const whole = usesPaths ? { ResultPath: "$" } : { Output: "{% $states.errorOutput %}" };
  const beside = usesPaths
    ? { ResultPath: "$.failure" }
    : { Output: '{% $merge([$states.input, { "failure": $states.errorOutput }]) %}' };
  const target = onError?.startAt ?? onErrorWithInput?.startAt ?? (ignoreErrors ? context.next : undefined);
  if (ignoreErrors && target === undefined) throw nothingFollows(name);
  const to = onError !== undefined ? whole : ignoreErrors ? keep : beside;
  return {
    ...(retry.length === 0 ? {} : { Retry: structuredClone(retry) }),
    ...(target === undefined ? {} : { Catch: describeCatch(target, to) }),
  };
}

/**
 * Writes the states that errors of a state lead to.
 *
 * @param work - The options.
 * @param context - Where the state stands; nothing follows from an error.
 * @returns The states.
 * @internal
 */
export function buildErrorRoute(work: ResolvedWork, context: StepContext): ReturnType<Step<never, unknown>["build"]> {
  const { next: _next, ...rest } = context;
  return (work.onError ?? work.onErrorWithInput)?.build(rest) ?? [];
}

/** `States.ALL` does not cover a result above 256 KiB, which is caught by its own name. */
function describeCatch(next: string, to: Partial<Catcher>): readonly Catcher[] {
  return ["States.DataLimitExceeded", "States.ALL"].map((name) => ({ ErrorEquals: [name], ...to, Next: next }));
}

function nothingFollows(name: string): InvalidOptionsError {
  const message = `the errors of "${name}" are to be passed over, but no step follows it`;
  return new InvalidOptionsError({
    code: "INVALID_OPTIONS",
    message: `buildStateMachine cannot work with these options: start: ${message}. Add a step after it.`,
    details: { functionName: "buildStateMachine", issues: [{ path: "start", message }] },
  });
}

/**
 * Writes what a task hands on.
 *
 * @param output - What.
 * @param queryLanguage - The language.
 * @param inside - Where in the raw result the caller's result stands.
 * @returns The fields of the state.
 * @internal
 */
export function writeOutput(
  output: TaskOutput,
  queryLanguage: QueryLanguage,
  inside: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const usesPaths = queryLanguage === "JSONPath";
  if (output === "input") return usesPaths ? { ResultPath: null } : { Output: "{% $states.input %}" };
  if (output === "result") {
    const path = inside.map((name) => `.${name}`).join("");
    if (usesPaths) return path === "" ? {} : { OutputPath: `$${path}` };
    return { Output: `{% $states.result${path} %}` };
  }
  const values: AnyTemplateObject = Object.fromEntries(
    Object.entries(output.select).map(([name, { resultPath }]) => [name, rawResult(...inside, ...resultPath)]),
  );
  if (!usesPaths) return { Output: `{% $merge([$states.input, ${toExpression({ [output.as]: values })}]) %}` };
  const key = /^[A-Za-z_][A-Za-z0-9_]*$/.test(output.as)
    ? `.${output.as}`
    : `['${output.as.replace(/[\\']/g, "\\$&")}']`;
  return { ResultSelector: writeTemplate(values, queryLanguage), ResultPath: `$${key}` };
}
