import type { CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import type * as z from "zod";
import type { Retrier } from "../../definition/asl-types.js";
import { anyOf, when } from "../../definition/data/condition.js";
import { from, fromContext, fromResult, type Reference, textOf } from "../../definition/data/reference.js";
import type { Step } from "../../definition/step.js";
import { chain } from "../../definition/steps/chain.js";
import { choice } from "../../definition/steps/choice.js";
import type { ResolvedNotice } from "../../definition/steps/failure-notice.js";
import { lambdaTask } from "../../definition/steps/lambda-task.js";
import { repeatUntil } from "../../definition/steps/repeat-until.js";
import { sageMakerTask } from "../../definition/steps/sagemaker-task.js";
import { pass } from "../../definition/steps/simple-states.js";
import { taskTimeout } from "../ready-workflow.js";
import { type endpointPlanSchema, OWN_TAGS, writeEndpointConfig } from "./endpoint-plan.js";
import { buildRollback } from "./rollback.js";

/** What {@link buildTrainingSteps} makes steps of. @internal */
export interface TrainingPlan {
  readonly functions: { readonly evaluate: string; readonly preflight?: string | undefined };
  readonly training: CreateTrainingJobCommandInput;
  readonly labels: readonly string[];
  readonly endpoint: z.output<typeof endpointPlanSchema>;
  readonly minAccuracy: number;
  readonly trainingTimeoutSeconds: number;
  readonly wait: { readonly everySeconds: number; readonly maxTimes: number };
  readonly retry: readonly Retrier[];
  readonly taskTimeoutSeconds?: number | undefined;
  readonly onFailure?: ResolvedNotice | undefined;
}

/** The execution's input. */
interface Run {
  readonly name: string;
}
interface TrainedRun extends Run {
  readonly job: { readonly artifact: string };
}
interface EndpointRun extends TrainedRun {
  readonly endpoint: { readonly EndpointStatus: string; readonly EndpointArn: string };
}
interface FailedRun extends EndpointRun {
  readonly trouble: { readonly reason: string };
}
interface MeasuredRun extends EndpointRun {
  readonly evaluation: { readonly accuracy: number };
}

const NAME = from("name");

/**
 * Describes the steps of the training workflow.
 *
 * @param plan - See {@link TrainingPlan}.
 * @returns The steps.
 * @internal
 */
export function buildTrainingSteps(plan: TrainingPlan): Step<Run, unknown> {
  const { functions, trainingTimeoutSeconds, endpoint } = plan;
  const rollback = buildRollback(plan.onFailure);
  const lambda = { retry: plan.retry, timeoutSeconds: taskTimeout(plan) };
  const { TrainingJobName: _, ...training } = plan.training;
  const train = sageMakerTask<"createTrainingJob", Run, TrainedRun>({
    name: "Train",
    action: "createTrainingJob",
    parameters: { ...training, TrainingJobName: NAME },
    output: { as: "job", select: { artifact: fromResult("ModelArtifacts", "S3ModelArtifacts") } },
    timeoutSeconds: trainingTimeoutSeconds,
    onErrorWithInput: rollback.fromNothing,
  });
  const createModel = sageMakerTask<"createModel", TrainedRun, TrainedRun>({
    name: "Create model",
    action: "createModel",
    parameters: {
      ModelName: NAME,
      ExecutionRoleArn: training.RoleArn ?? "",
      PrimaryContainer: {
        Image: training.AlgorithmSpecification?.TrainingImage ?? "",
        ModelDataUrl: from("job", "artifact"),
      },
      Tags: OWN_TAGS,
    },
    output: "input",
    onErrorWithInput: rollback.fromNothing,
  });
  const createConfig = sageMakerTask<"createEndpointConfig", TrainedRun, TrainedRun>({
    name: "Create endpoint configuration",
    action: "createEndpointConfig",
    parameters: writeEndpointConfig(endpoint, NAME),
    output: "input",
    onErrorWithInput: rollback.fromModel,
  });
  const createEndpoint = sageMakerTask<"createEndpoint", TrainedRun, EndpointRun>({
    name: "Create endpoint",
    action: "createEndpoint",
    parameters: { EndpointName: NAME, EndpointConfigName: NAME, Tags: OWN_TAGS },
    output: "input",
    onErrorWithInput: rollback.fromConfig,
  });
  const make = chain(createModel, createConfig, createEndpoint);
  const measured = measure(plan, lambda, rollback.fromEndpoint);
  const prove = waitForEndpoint(plan, measured, rollback.fromEndpoint);
  const start = chain(train, make, prove);
  if (functions.preflight === undefined) return start;
  const preflight = lambdaTask<Run, Run>({
    ...lambda,
    name: "Preflight",
    functionName: functions.preflight,
    output: "input",
    onErrorWithInput: rollback.fromNothing,
  });
  return chain(preflight, start);
}

function waitForEndpoint(
  { wait }: TrainingPlan,
  measured: Step<EndpointRun, unknown>,
  rollback: Step<Run, never>,
): Step<EndpointRun, unknown> {
  const ask = sageMakerTask<"describeEndpoint", EndpointRun, EndpointRun>({
    name: "Describe endpoint",
    action: "describeEndpoint",
    parameters: { EndpointName: NAME },
    output: {
      as: "endpoint",
      select: { EndpointStatus: fromResult("EndpointStatus"), EndpointArn: fromResult("EndpointArn") },
    },
    onErrorWithInput: rollback,
  });
  const slow = raise<EndpointRun>(
    "Endpoint too slow",
    "ENDPOINT_TOO_SLOW",
    textOf`Endpoint ${NAME} is still ${from("endpoint", "EndpointStatus")} at the limit of the workflow.`,
    rollback,
  );
  const is = (status: string) => when(from("endpoint", "EndpointStatus"), "=", status);
  const loop = repeatUntil<EndpointRun, never>({
    name: "Endpoint",
    step: ask,
    until: anyOf(is("InService"), is("Failed")),
    ...wait,
    onLimit: slow,
  });
  // The reason is only there where there is one, so it is asked for where it is needed.
  const reason = sageMakerTask<"describeEndpoint", EndpointRun, FailedRun>({
    name: "Ask why the endpoint failed",
    action: "describeEndpoint",
    parameters: { EndpointName: NAME },
    output: { as: "trouble", select: { reason: fromResult("FailureReason") } },
    onErrorWithInput: rollback,
  });
  const cause = textOf`Endpoint ${NAME} failed: ${from("trouble", "reason")}`;
  const failed = chain(reason, raise<FailedRun>("Endpoint failed", "ENDPOINT_FAILED", cause, rollback));
  const ways = [{ when: is("InService"), step: measured }] as const;
  return chain(loop, choice({ name: "Endpoint in service?", ways, otherwise: failed }));
}

function measure(
  { functions, minAccuracy, labels }: TrainingPlan,
  lambda: { readonly retry: readonly Retrier[]; readonly timeoutSeconds: number },
  rollback: Step<Run, never>,
): Step<EndpointRun, unknown> {
  const evaluate = lambdaTask<EndpointRun, MeasuredRun>({
    ...lambda,
    name: "Evaluate",
    functionName: functions.evaluate,
    payload: { endpointName: NAME, labels, input: fromContext("Execution", "Input") },
    output: { as: "evaluation", select: { accuracy: fromResult("accuracy") } },
    onErrorWithInput: rollback,
  });
  const done = pass<MeasuredRun, unknown>({
    name: "Deployed",
    values: {
      endpointName: NAME,
      endpointArn: from("endpoint", "EndpointArn"),
      endpointConfigName: NAME,
      modelNames: [NAME],
      labels,
      artifact: from("job", "artifact"),
      accuracy: from("evaluation", "accuracy"),
    },
  });
  const cause = textOf`The endpoint ${NAME} answers ${from("evaluation", "accuracy")} of the images rightly, which is below ${minAccuracy}.`;
  const low = raise<MeasuredRun>("Accuracy too low", "ACCURACY_TOO_LOW", cause, rollback);
  return chain(
    evaluate,
    choice({
      name: "Accurate enough?",
      ways: [{ when: when(from("evaluation", "accuracy"), ">=", minAccuracy), step: done }],
      otherwise: low,
    }),
  );
}

/** Puts an error of the workflow's own where caught ones stand, and begins to undo. */
function raise<Input extends Run>(
  name: string,
  error: string,
  cause: Reference<Input>,
  rollback: Step<Run, never>,
): Step<Input, never> {
  return chain(pass<Input, Input>({ name, values: { Error: error, Cause: cause }, as: "failure" }), rollback);
}
