import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import * as z from "zod";
import { LabelsSchema } from "../../core/contracts.js";
import { parseOptions } from "../../core/options.js";
import type { StateMachineDefinition } from "../definition/asl-types.js";
import { buildStateMachine } from "../definition/state-machine.js";
import { failureNoticeSchema } from "../definition/steps/failure-notice.js";
import { functionNameSchema } from "../definition/steps/lambda-task.js";
import { machineOptions, type ReadyWorkflowOptions, readyFields } from "./ready-workflow.js";
import { type EndpointPlan, endpointPlanSchema } from "./training/endpoint-plan.js";
import { buildTrainingSteps } from "./training/training-steps.js";

/** The Lambda functions of the training workflow: names or ARNs. */
export interface TrainingFunctions {
  /**
   * Measures the endpoint. It gets the execution's input with `endpointName`, and returns
   * `{ statusCode: 200, body: { accuracy } }` with the share of right answers, 0 to 1.
   */
  readonly evaluate: string;
  /** Looks at the execution's input first and throws where training would be in vain. @defaultValue none */
  readonly preflight?: string;
}

/** Options of {@link buildTrainingWorkflow}. */
export interface BuildTrainingWorkflowOptions extends Omit<ReadyWorkflowOptions, "type"> {
  /** The functions. */
  readonly functions: TrainingFunctions;
  /**
   * The training job, as `buildTrainingJobRequest` of `scones-ml/training` writes it. Its name does not matter: every
   * execution takes the one in its input.
   */
  readonly training: CreateTrainingJobCommandInput;
  /** Class names in label order, for the execution's output. */
  readonly labels: readonly string[];
  /** The endpoint. */
  readonly endpoint: EndpointPlan;
  /** Least share of right answers, 0 to 1, with which the endpoint stays. */
  readonly minAccuracy: number;
  /** Seconds after which the training job has failed with `States.Timeout` and is stopped. @defaultValue `86400` */
  readonly trainingTimeoutSeconds?: number;
  /** How the endpoint is waited for. @defaultValue every 30 seconds, 60 times */
  readonly wait?: {
    /** Seconds between two questions. @defaultValue `30` */
    readonly everySeconds?: number;
    /** How often it is asked at most. @defaultValue `60` */
    readonly maxTimes?: number;
  };
}

const { type: _noExpress, ...machineFields } = readyFields;

/** A job's request is SageMaker's to check; what the workflow reads of it has to be there. */
const trainingSchema = z.looseObject({
  RoleArn: z.string().min(1),
  AlgorithmSpecification: z.looseObject({ TrainingImage: z.string().min(1) }),
});

const OptionsSchema = z.strictObject({
  ...machineFields,
  onFailure: failureNoticeSchema,
  functions: z.strictObject({ evaluate: functionNameSchema, preflight: functionNameSchema.optional() }).readonly(),
  training: trainingSchema,
  labels: LabelsSchema,
  endpoint: endpointPlanSchema,
  minAccuracy: z.number().min(0).max(1),
  trainingTimeoutSeconds: z.int().min(60).max(2_419_200).default(86_400),
  wait: z
    .strictObject({
      everySeconds: z.int().min(1).max(3600).default(30),
      maxTimes: z.int().min(1).max(2000).default(60),
    })
    .prefault({}),
});

/**
 * Builds the workflow from a training job to an endpoint that has proved itself: an optional check, training, model,
 * endpoint configuration, endpoint, waiting for it, and the accuracy measured through it. Below `minAccuracy`, and after
 * every other failure, what the execution has made is deleted again, endpoint first, and the execution fails with the
 * original error. Its input is `{ "name": ... }`, up to 63 letters, digits and hyphens: the name of the training job, the
 * model, the configuration and the endpoint, a new one for every execution. Its output is a `DeployedEndpoint` with
 * `accuracy` and `artifact`. Standard machines only, since a job is waited for. Calls nothing.
 *
 * @param options - See {@link BuildTrainingWorkflowOptions}.
 * @returns The definition, new on every call; `deployStateMachine` takes it.
 * @throws {@link InvalidOptionsError} `INVALID_OPTIONS` when an option is wrong.
 *
 * @example
 * ```ts
 * import type { StagedDataset } from "scones-ml/core";
 * import { buildTrainingJobRequest } from "scones-ml/training";
 * import { buildTrainingWorkflow } from "scones-ml/workflow";
 *
 * export function build(dataset: StagedDataset) {
 *   const roleArn = "arn:aws:iam::123456789012:role/scones";
 *   return buildTrainingWorkflow({
 *     functions: { evaluate: "scones-evaluate" },
 *     training: buildTrainingJobRequest({ dataset, region: "us-east-1", roleArn, output: "s3://scones/models" }),
 *     labels: dataset.labels,
 *     endpoint: { instanceType: "ml.m5.xlarge" },
 *     minAccuracy: 0.85,
 *   });
 * }
 * ```
 */
export function buildTrainingWorkflow(options: BuildTrainingWorkflowOptions): StateMachineDefinition {
  const resolved = parseOptions("buildTrainingWorkflow", OptionsSchema, options);
  // Checked above as far as the workflow reads it; the rest is SageMaker's.
  const training = resolved.training as unknown as CreateTrainingJobCommandInput;
  const start = buildTrainingSteps({ ...resolved, training });
  return buildStateMachine({ start, ...machineOptions(resolved, Object.values(resolved.functions)) });
}
