import * as z from "zod";
import { parseOptions } from "../../core/options.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { buildStateMachine } from "../definition/state-machine.js";
import { chain } from "../definition/steps/chain.js";
import { failureStep } from "../definition/steps/failure-notice.js";
import { functionNameSchema, lambdaTask } from "../definition/steps/lambda-task.js";
import type { ClassifiedImage, ImageEvent } from "./image-types.js";
import { machineOptions, type ReadyWorkflowOptions, readyFields, taskTimeout } from "./ready-workflow.js";

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
export interface BuildInferenceWorkflowOptions extends ReadyWorkflowOptions {
  /** The three functions. */
  readonly functions: InferenceFunctions;
}

const OptionsSchema = z.strictObject({
  ...readyFields,
  functions: z
    .strictObject({ serialize: functionNameSchema, classify: functionNameSchema, filter: functionNameSchema })
    .readonly(),
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
  const resolved = parseOptions("buildInferenceWorkflow", OptionsSchema, options);
  const { functions, retry, onFailure } = resolved;
  const task = {
    retry,
    timeoutSeconds: taskTimeout(resolved),
    ...(onFailure === undefined ? {} : { onError: failureStep(onFailure, "inference workflow") }),
  };
  const start = chain(
    lambdaTask<ImageEvent, ImageEvent>({ ...task, name: "Serialize", functionName: functions.serialize }),
    lambdaTask<ImageEvent, ClassifiedImage>({ ...task, name: "Classify", functionName: functions.classify }),
    lambdaTask<ClassifiedImage, ClassifiedImage>({ ...task, name: "Filter", functionName: functions.filter }),
  );
  return buildStateMachine({ start, ...machineOptions(resolved, Object.values(functions)) });
}
