import { from } from "../../definition/data/reference.js";
import type { Step } from "../../definition/step.js";
import { chain } from "../../definition/steps/chain.js";
import { failureStep, type ResolvedNotice } from "../../definition/steps/failure-notice.js";
import { sageMakerTask } from "../../definition/steps/sagemaker-task.js";

/** What every way begins with. */
interface Made {
  readonly name: string;
}

/** Ways to undo what an execution has made, by what was made last. Each takes an input with `name` and `failure`. @internal */
export interface Rollback {
  readonly fromEndpoint: Step<Made, never>;
  readonly fromConfig: Step<Made, never>;
  readonly fromModel: Step<Made, never>;
  readonly fromNothing: Step<unknown, never>;
}

/** An endpoint that is still being made cannot be deleted yet, which takes minutes. */
const ENDPOINT_RETRY = [
  {
    ErrorEquals: ["SageMaker.SageMakerException", "SageMaker.SdkClientException"],
    IntervalSeconds: 30,
    MaxAttempts: 10,
    BackoffRate: 1.5,
    MaxDelaySeconds: 300,
    JitterStrategy: "FULL",
  },
] as const;

/**
 * Describes how the training workflow undoes its work: endpoint, configuration, model, in the order in which AWS allows
 * it, then the notice and the failure. What cannot be deleted does not keep the execution from failing with its original
 * error.
 *
 * @param notice - The notice.
 * @returns See {@link Rollback}.
 * @internal
 */
export function buildRollback(notice: ResolvedNotice | undefined): Rollback {
  const name = from("name");
  const common = { output: "input", ignoreErrors: true } as const;
  const deleteEndpoint = sageMakerTask<"deleteEndpoint", Made, Made>({
    ...common,
    name: "Delete endpoint",
    action: "deleteEndpoint",
    parameters: { EndpointName: name },
    retry: ENDPOINT_RETRY,
  });
  const deleteConfig = sageMakerTask<"deleteEndpointConfig", Made, Made>({
    ...common,
    name: "Delete endpoint configuration",
    action: "deleteEndpointConfig",
    parameters: { EndpointConfigName: name },
  });
  const deleteModel = sageMakerTask<"deleteModel", Made, Made>({
    ...common,
    name: "Delete model",
    action: "deleteModel",
    parameters: { ModelName: name },
  });
  const fromNothing = failureStep(notice ?? { type: "fail" }, "training workflow", "failure");
  const fromModel = chain(deleteModel, fromNothing);
  const fromConfig = chain(deleteConfig, fromModel);
  return { fromEndpoint: chain(deleteEndpoint, fromConfig), fromConfig, fromModel, fromNothing };
}
