import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { TaskState } from "../asl-types.js";
import { from } from "../data/reference.js";
import { type AnyTemplateObject, type TemplateObject, writeTemplate } from "../data/template.js";
import { LAMBDA_RETRY } from "../retries.js";
import { type Step, transitionOf } from "../step.js";
import {
  buildErrorRoute,
  hasOneErrorRoute,
  ONE_ERROR_ROUTE,
  type TaskOutput,
  taskOutputSchema,
  timeoutSchema,
  type WorkOptions,
  workFields,
  writeErrorHandling,
  writeOutput,
} from "../task-state.js";

/** Options of {@link lambdaTask}. */
export interface LambdaTaskOptions<Input = never> extends WorkOptions<Input> {
  /** Name or ARN of the function, with or without a version or alias, or a `${...}` substitution of CloudFormation. */
  readonly functionName: string;
  /** What the function gets. @defaultValue the state's input */
  readonly payload?: TemplateObject<Input>;
  /** What is handed on. @defaultValue `"result"`, the `body` that the function returns */
  readonly output?: TaskOutput;
  /** Seconds after which the task has failed with `States.Timeout`, 1 to 99999999. @defaultValue `900` */
  readonly timeoutSeconds?: number;
}

/** What a function returns for {@link lambdaTask}. */
export interface StepResult {
  /** Always 200: what goes wrong is thrown. */
  readonly statusCode: 200;
  /** What is handed on. */
  readonly body: unknown;
}

/** A Lambda handler that returns what {@link lambdaTask} hands on, such as those of `scones-ml/inference`. */
export type StepHandler = (event: never, ...rest: never[]) => Promise<StepResult>;

/** A function's name or ARN, or a `${...}` substitution of CloudFormation. @internal */
export const functionNameSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^\S+$/, "must be the name or the ARN of a Lambda function, without blanks")
  .refine(
    (name) => !name.endsWith(":$LATEST"),
    "must not end in :$LATEST, which is what a name alone means; leave it out",
  );

/** Lambda ends every invocation after 900 s ("Lambda quotas"), so a longer wait can only be a lost answer. @internal */
export const LAMBDA_TIMEOUT_SECONDS = 900;

const OptionsSchema = z
  .strictObject({
    ...workFields(LAMBDA_RETRY),
    functionName: functionNameSchema,
    payload: z.custom<AnyTemplateObject>((value) => typeof value === "object" && value !== null).optional(),
    output: taskOutputSchema,
    timeoutSeconds: timeoutSchema.default(LAMBDA_TIMEOUT_SECONDS),
  })
  .refine(hasOneErrorRoute, ONE_ERROR_ROUTE);

/**
 * Describes a state that invokes a Lambda function with its input, and hands on the `body` of what the function
 * returns. The function returns `{ statusCode: 200, body: Output }` with `body` as an object, as the handlers of
 * `scones-ml/inference` do. Calls nothing.
 *
 * @typeParam Input - What the function takes.
 * @typeParam Output - What the state hands on: what the function returns as `body`, unless `output` says otherwise.
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
export function lambdaTask<Input, Output>(options: LambdaTaskOptions<Input>): Step<Input, Output>;
/**
 * Describes a state that invokes a Lambda function whose handler's type tells what it takes and gives:
 * `lambdaTask<typeof handler>({ ... })`, or `lambdaTask<ReturnType<typeof createFilterHandler>>({ ... })`.
 *
 * @typeParam Handler - The handler's type.
 * @param options - See {@link LambdaTaskOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 */
export function lambdaTask<Handler extends StepHandler>(
  options: Omit<LambdaTaskOptions<Parameters<Handler>[0]>, "output" | "payload">,
): Step<Parameters<Handler>[0], Awaited<ReturnType<Handler>>["body"]>;
export function lambdaTask(options: LambdaTaskOptions<never>): Step<never, unknown> {
  const task = parseOptions("lambdaTask", OptionsSchema, options);
  const { name, functionName, payload, output, timeoutSeconds, comment } = task;
  return {
    startAt: name,
    build: (context) => {
      const { queryLanguage } = context;
      const sent = { FunctionName: functionName, Payload: payload ?? from() };
      const parameters = writeTemplate(sent, queryLanguage);
      const state: TaskState = {
        Type: "Task",
        ...(comment === undefined ? {} : { Comment: comment }),
        Resource: `arn:${context.partition}:states:::lambda:invoke`,
        ...(queryLanguage === "JSONPath" ? { Parameters: parameters } : { Arguments: parameters }),
        ...writeOutput(output, queryLanguage, ["Payload", "body"]),
        TimeoutSeconds: timeoutSeconds,
        ...writeErrorHandling(task, context),
        ...transitionOf(context),
      };
      return [[name, state], ...buildErrorRoute(task, context)];
    },
  };
}
