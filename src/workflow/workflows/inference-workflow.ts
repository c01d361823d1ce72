import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { Retrier, StateMachineDefinition } from "../definition/asl-types.js";
import { chain } from "../definition/chain.js";
import { type FailureNotice, failureStep } from "../definition/failure-notice.js";
import { functionNameSchema, LAMBDA_TIMEOUT_SECONDS, lambdaTask, retrySchema } from "../definition/lambda-task.js";
import { buildStateMachine, type StateMachineOptions, stateMachineFields } from "../definition/state-machine.js";

/** The three Lambda functions of the inference workflow: names or ARNs. */
export interface InferenceFunctions {
  /** Reads the image from S3. */
  readonly serialize: string;
  /** Asks the endpoint. */
  readonly classify: string;
  /** Lets confident answers pass and fails loudly otherwise. */
  readonly filter: string;
}

/** Options of {@link buildInferenceWorkflow}. */
export interface BuildInferenceWorkflowOptions extends StateMachineOptions {
  /** The three functions. */
  readonly functions: InferenceFunctions;
  /**
   * What is tried again, in all three states; an empty list for nothing. It must not cover the filter's own error,
   * so `States.ALL`, `States.TaskFailed` and `THRESHOLD_CONFIDENCE_NOT_MET` are refused.
   * @defaultValue {@link LAMBDA_RETRY}
   */
  readonly retry?: readonly Retrier[];
  /** A notice that is sent before an execution ends as failed. @defaultValue none */
  readonly onFailure?: FailureNotice;
  /** Seconds after which one invocation has failed with `States.Timeout`. @defaultValue `900`, Lambda's own limit */
  readonly taskTimeoutSeconds?: number;
}

/** What the first function takes; the others take and hand on the same with more filled in. */
interface ImageEvent {
  readonly image_data: string;
  readonly s3_bucket: string;
  readonly s3_key: string;
  readonly inferences: readonly number[];
}

/** An image that was read. */
type SerializedImage = ImageEvent;

/** An image that was classified. */
interface ClassifiedImage extends ImageEvent {
  readonly label?: string;
  readonly confidence?: number;
}

const LOUD_ERRORS: readonly string[] = ["States.ALL", "States.TaskFailed", "THRESHOLD_CONFIDENCE_NOT_MET"];

const OptionsSchema = z.strictObject({
  ...stateMachineFields,
  partition: stateMachineFields.partition.removeDefault().optional(),
  functions: z
    .strictObject({ serialize: functionNameSchema, classify: functionNameSchema, filter: functionNameSchema })
    .readonly(),
  retry: retrySchema.refine(
    (retriers) => (retriers ?? []).every(({ ErrorEquals }) => !ErrorEquals.some((name) => LOUD_ERRORS.includes(name))),
    `must not name ${LOUD_ERRORS.join(", ")}: the filter's own error has to fail the execution at once`,
  ),
  onFailure: z
    .strictObject({
      type: z.literal("sns"),
      topicArn: z
        .string()
        .regex(/^(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+|\$\{\w+\})$/, "must be the ARN of an SNS topic"),
      subject: z
        .string()
        .regex(/^[!-~][ -~]{0,99}$/, "must be 1 to 100 printable ASCII characters")
        .default("The inference workflow failed"),
    })
    .optional(),
  taskTimeoutSeconds: z.int().min(1).max(99_999_999).default(LAMBDA_TIMEOUT_SECONDS),
});

/**
 * Builds the inference workflow for one image: serialize, classify, filter. Its input is
 * `{ "image_data": "", "s3_bucket": ..., "s3_key": ..., "inferences": [] }`; each function returns
 * `{ statusCode: 200, body }` with `body` as an object, the next function gets that body, and the workflow's output is
 * the filter's. An answer that the filter refuses fails the execution with `THRESHOLD_CONFIDENCE_NOT_MET`: it is
 * neither tried again nor caught for good. Calls nothing.
 *
 * @param options - See {@link BuildInferenceWorkflowOptions}.
 * @returns The definition, new on every call; `deployStateMachine` takes it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { buildInferenceWorkflow } from "scones-ml/workflow";
 *
 * const definition = buildInferenceWorkflow({
 *   functions: { serialize: "scones-serialize", classify: "scones-classify", filter: "scones-filter" },
 *   queryLanguage: "JSONata",
 * });
 * console.log(JSON.stringify(definition, undefined, 2));
 * ```
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export function buildInferenceWorkflow(options: BuildInferenceWorkflowOptions): StateMachineDefinition {
  const { functions, retry, onFailure, taskTimeoutSeconds, partition, comment, timeoutSeconds, queryLanguage } =
    parseOptions("buildInferenceWorkflow", OptionsSchema, options);
  const task = {
    retry,
    timeoutSeconds: taskTimeoutSeconds,
    ...(onFailure === undefined ? {} : { onError: failureStep(onFailure) }),
  };
  const start = chain(
    lambdaTask<ImageEvent, SerializedImage>({ ...task, name: "Serialize", functionName: functions.serialize }),
    lambdaTask<SerializedImage, ClassifiedImage>({ ...task, name: "Classify", functionName: functions.classify }),
    lambdaTask<ClassifiedImage, ClassifiedImage>({ ...task, name: "Filter", functionName: functions.filter }),
  );
  return buildStateMachine({
    start,
    queryLanguage,
    partition: partition ?? findPartition(functions),
    ...(comment === undefined ? {} : { comment }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  });
}

/** Functions given by ARN say in which partition they are. */
function findPartition(functions: InferenceFunctions): "aws" | "aws-cn" | "aws-us-gov" {
  const partition = Object.values(functions).map((name: string) => /^arn:(aws(?:-cn|-us-gov)?):/.exec(name)?.[1]);
  return partition.includes("aws-cn") ? "aws-cn" : partition.includes("aws-us-gov") ? "aws-us-gov" : "aws";
}
