import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { Catcher, Retrier, TaskState } from "./asl-types.js";
import { LAMBDA_RETRY } from "./lambda-retry.js";
import { type Step, transitionOf } from "./step.js";

/** Options of {@link lambdaTask}. */
export interface LambdaTaskOptions {
  /** Name of the state, 1 to 80 characters. */
  readonly name: string;
  /** Name or ARN of the function, with or without a version or alias. */
  readonly functionName: string;
  /** What is tried again; an empty list for nothing. @defaultValue {@link LAMBDA_RETRY} */
  readonly retry?: readonly Retrier[];
  /** Seconds after which the task has failed with `States.Timeout`, 1 to 99999999. @defaultValue `900` */
  readonly timeoutSeconds?: number;
  /** Where errors lead that are not tried again: a step that gets `{ Error, Cause }`. @defaultValue nowhere: they fail the execution */
  readonly onError?: Step<TaskFailure, unknown>;
  /** A remark in the definition. */
  readonly comment?: string;
}

/** What a state gets that an error leads to. */
export interface TaskFailure {
  /** Name of the error. */
  readonly Error: string;
  /** What happened; for a Lambda function the JSON text of its error. */
  readonly Cause: string;
}

/** A name of a state. Source: "State machine limits", Step Functions developer guide. @internal */
export const stateNameSchema = z.string().min(1).max(80, "must have at most 80 characters");

/** A function's name or ARN, or a `${...}` substitution of CloudFormation. @internal */
export const functionNameSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^\S+$/, "must be the name or the ARN of a Lambda function, without blanks");

/** Retriers as the Amazon States Language has them. @internal */
export const retrySchema = z
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
  .readonly()
  .default(() => LAMBDA_RETRY) as z.ZodType<readonly Retrier[], readonly Retrier[] | undefined>;

/** Lambda ends every invocation after 900 s ("Lambda quotas"), so a longer wait can only be a lost answer. @internal */
export const LAMBDA_TIMEOUT_SECONDS = 900;

const OptionsSchema = z.strictObject({
  name: stateNameSchema,
  functionName: functionNameSchema,
  retry: retrySchema,
  timeoutSeconds: z.int().min(1).max(99_999_999).default(LAMBDA_TIMEOUT_SECONDS),
  onError: z
    .custom<Step<TaskFailure, unknown>>(
      (value) => typeof value === "object" && value !== null && "build" in value && "startAt" in value,
      "must be a step",
    )
    .optional(),
  comment: z.string().optional(),
});

/**
 * Describes a state that invokes a Lambda function with its input, and hands on the `body` of what the function
 * returns. The function returns `{ statusCode: 200, body: Output }` with `body` as an object, as the handlers of
 * `scones-ml/inference` do. Calls nothing.
 *
 * @typeParam Input - What the function takes.
 * @typeParam Output - What the function returns as `body`.
 * @param options - See {@link LambdaTaskOptions}.
 * @returns The step, to be linked by `chain` and written by `buildStateMachine`.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { buildStateMachine, chain, lambdaTask } from "scones-ml/workflow";
 *
 * interface Order { readonly s3_key: string }
 * interface Image extends Order { readonly image_data: string }
 *
 * const load = lambdaTask<Order, Image>({ name: "Load", functionName: "load-image" });
 * const store = lambdaTask<Image, Order>({ name: "Store", functionName: "store-image" });
 * console.log(JSON.stringify(buildStateMachine({ start: chain(load, store) })));
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
 */
export function lambdaTask<Input, Output>(options: LambdaTaskOptions): Step<Input, Output> {
  const { name, functionName, retry, timeoutSeconds, onError, comment } = parseOptions(
    "lambdaTask",
    OptionsSchema,
    options,
  );
  return {
    startAt: name,
    build: (context) => {
      const usesPaths = context.queryLanguage === "JSONPath";
      const state: TaskState = {
        Type: "Task",
        ...(comment === undefined ? {} : { Comment: comment }),
        Resource: `arn:${context.partition}:states:::lambda:invoke`,
        ...(usesPaths
          ? { Parameters: { FunctionName: functionName, "Payload.$": "$" }, OutputPath: "$.Payload.body" }
          : {
              Arguments: { FunctionName: functionName, Payload: "{% $states.input %}" },
              Output: "{% $states.result.Payload.body %}",
            }),
        TimeoutSeconds: timeoutSeconds,
        ...(retry.length === 0 ? {} : { Retry: structuredClone(retry) }),
        ...(onError === undefined ? {} : { Catch: describeCatch(onError.startAt, usesPaths) }),
        ...transitionOf(context),
      };
      const { next: _next, ...rest } = context;
      return [[name, state], ...(onError?.build(rest) ?? [])];
    },
  };
}

/** `States.ALL` does not cover a result above 256 KiB, which is caught by its own name. */
function describeCatch(next: string, usesPaths: boolean): readonly Catcher[] {
  const to = usesPaths ? { ResultPath: "$" } : { Output: "{% $states.errorOutput %}" };
  return ["States.DataLimitExceeded", "States.ALL"].map((name) => ({ ErrorEquals: [name], ...to, Next: next }));
}
