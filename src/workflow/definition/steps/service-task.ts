import * as z from "zod";
import { parseOptions } from "../../../core/options.js";
import type { TaskState } from "../asl-types.js";
import { type AnyTemplateObject, type TemplateObject, writeTemplate } from "../data/template.js";
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

/** Options of {@link serviceTask}. */
export interface ServiceTaskOptions<Input> extends WorkOptions<Input> {
  /**
   * The integration: service, action and how it is waited for, such as `sns:publish`, `sagemaker:createTrainingJob.sync`
   * or `aws-sdk:sagemaker:describeEndpoint`.
   */
  readonly resource: string;
  /** Parameters of the call, in PascalCase; references may stand for values. */
  readonly parameters: TemplateObject<Input>;
  /** What is handed on. @defaultValue `"result"` */
  readonly output?: TaskOutput;
  /**
   * Seconds after which the task has failed with `States.Timeout`, 1 to 99999999.
   * @defaultValue `60`; `86400` where the task waits for a job or a token
   */
  readonly timeoutSeconds?: number;
}

const INTEGRATION = /^(aws-sdk:)?[a-z0-9]+:[a-zA-Z0-9]+(\.sync|\.sync:2|\.waitForTaskToken)?$/;
const WAITS = /\.(sync|sync:2|waitForTaskToken)$/;
const ANSWER_SECONDS = 60;
const JOB_SECONDS = 86_400;

const OptionsSchema = z
  .strictObject({
    ...workFields([]),
    resource: z
      .string()
      .regex(INTEGRATION, 'must be an integration such as "sns:publish", without "arn:aws:states:::"'),
    parameters: z.custom<AnyTemplateObject>(
      (value) => typeof value === "object" && value !== null,
      "must be an object",
    ),
    output: taskOutputSchema,
    timeoutSeconds: timeoutSchema.optional(),
  })
  .refine(hasOneErrorRoute, ONE_ERROR_ROUTE);

/**
 * Describes a state that calls an AWS service, by an optimized integration or by `aws-sdk:`. Calls nothing.
 *
 * @typeParam Input - What the state takes; references in the parameters must lead somewhere in it.
 * @typeParam Output - What it hands on.
 * @param options - See {@link ServiceTaskOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { from, serviceTask } from "scones-ml/workflow";
 *
 * interface Report { readonly accuracy: number }
 * const tell = serviceTask<Report, Report>({
 *   name: "Tell",
 *   resource: "sns:publish",
 *   parameters: { TopicArn: "${TopicArn}", Message: { accuracy: from("accuracy") } },
 *   output: "input",
 * });
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
export function serviceTask<Input, Output>(options: ServiceTaskOptions<Input>): Step<Input, Output> {
  const task = parseOptions("serviceTask", OptionsSchema, options);
  const { name, resource, parameters, output, comment } = task;
  const timeoutSeconds = task.timeoutSeconds ?? (WAITS.test(resource) ? JOB_SECONDS : ANSWER_SECONDS);
  return {
    startAt: name,
    build: (context) => {
      const { queryLanguage } = context;
      const written = writeTemplate(parameters, queryLanguage);
      const state: TaskState = {
        Type: "Task",
        ...(comment === undefined ? {} : { Comment: comment }),
        Resource: `arn:${context.partition}:states:::${resource}`,
        ...(queryLanguage === "JSONPath" ? { Parameters: written } : { Arguments: written }),
        ...writeOutput(output, queryLanguage),
        TimeoutSeconds: timeoutSeconds,
        ...writeErrorHandling(task, context),
        ...transitionOf(context),
      };
      return [[name, state], ...buildErrorRoute(task, context)];
    },
  };
}
