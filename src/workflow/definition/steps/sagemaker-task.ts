import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  CreateTrainingJobCommandInput,
  DeleteEndpointCommandInput,
  DeleteEndpointConfigCommandInput,
  DeleteModelCommandInput,
  DescribeEndpointCommandInput,
} from "@aws-sdk/client-sagemaker";
import type { Retrier } from "../asl-types.js";
import type { Templated, TemplateObject } from "../data/template.js";
import { SAGEMAKER_RETRY } from "../retries.js";
import type { Step } from "../step.js";
import { type ServiceTaskOptions, serviceTask } from "./service-task.js";

/** The requests of the actions that {@link sageMakerTask} knows. */
export interface SageMakerRequests {
  /** Starts a training job and waits for its end. */
  readonly createTrainingJob: CreateTrainingJobCommandInput;
  /** Makes a model. */
  readonly createModel: CreateModelCommandInput;
  /** Makes an endpoint configuration. */
  readonly createEndpointConfig: CreateEndpointConfigCommandInput;
  /** Begins to make an endpoint; nothing waits for it. */
  readonly createEndpoint: CreateEndpointCommandInput;
  /** Asks for the status of an endpoint. */
  readonly describeEndpoint: DescribeEndpointCommandInput;
  /** Deletes an endpoint. */
  readonly deleteEndpoint: DeleteEndpointCommandInput;
  /** Deletes an endpoint configuration. */
  readonly deleteEndpointConfig: DeleteEndpointConfigCommandInput;
  /** Deletes a model. */
  readonly deleteModel: DeleteModelCommandInput;
}

/** Options of {@link sageMakerTask}. */
export interface SageMakerTaskOptions<Action extends keyof SageMakerRequests, Input>
  extends Omit<ServiceTaskOptions<Input>, "resource" | "parameters" | "retry"> {
  /** The action. */
  readonly action: Action;
  /** The request as the SDK has it; references may stand for values. */
  readonly parameters: {
    readonly [Name in keyof SageMakerRequests[Action]]: Templated<SageMakerRequests[Action][Name], Input>;
  };
  /** What is tried again. @defaultValue {@link SAGEMAKER_RETRY} */
  readonly retry?: readonly Retrier[];
}

/** Only what creates is an optimized integration. Source: "Create and manage Amazon SageMaker AI jobs", developer guide. */
const RESOURCES: Readonly<Record<keyof SageMakerRequests, string>> = {
  createTrainingJob: "sagemaker:createTrainingJob.sync",
  createModel: "sagemaker:createModel",
  createEndpointConfig: "sagemaker:createEndpointConfig",
  createEndpoint: "sagemaker:createEndpoint",
  describeEndpoint: "aws-sdk:sagemaker:describeEndpoint",
  deleteEndpoint: "aws-sdk:sagemaker:deleteEndpoint",
  deleteEndpointConfig: "aws-sdk:sagemaker:deleteEndpointConfig",
  deleteModel: "aws-sdk:sagemaker:deleteModel",
};

/**
 * Describes a state that calls SageMaker, with the request checked by the compiler. Calls nothing.
 *
 * @typeParam Action - The action.
 * @typeParam Input - What the state takes.
 * @typeParam Output - What it hands on.
 * @param options - See {@link SageMakerTaskOptions}.
 * @returns The step.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import { from, sageMakerTask } from "scones-ml/workflow";
 *
 * interface Place { readonly name: string }
 * const ask = sageMakerTask<"describeEndpoint", Place, { readonly EndpointStatus: string }>({
 *   name: "Ask",
 *   action: "describeEndpoint",
 *   parameters: { EndpointName: from("name") },
 * });
 * ```
 */
export function sageMakerTask<Action extends keyof SageMakerRequests, Input, Output>(
  options: SageMakerTaskOptions<Action, Input>,
): Step<Input, Output> {
  const { action, parameters, retry = SAGEMAKER_RETRY, ...rest } = options;
  // What the SDK's type allows, JSON and references, is what a template is.
  const template = parameters as unknown as TemplateObject<Input>;
  return serviceTask<Input, Output>({
    ...rest,
    retry,
    resource: RESOURCES[action] ?? String(action),
    parameters: template,
  });
}
