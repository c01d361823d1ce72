import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { isSconesError } from "scones-ml/core";
import { createFilterHandler } from "scones-ml/inference";
import { createLocalAws } from "scones-ml/local";
import {
  buildBatchWorkflow,
  buildInferenceWorkflow,
  buildTrainingWorkflow,
  deployStateMachine,
  readExecution,
  renderWorkflow,
  runExecution,
  type StateMachineDefinition,
} from "scones-ml/workflow";
import type { Picture } from "./picture.js";

const TOPIC = "arn:aws:sns:us-east-1:000000000000:scones";
const functions = { serialize: "serialize", classify: "classify", filter: "filter" };
const inference = buildInferenceWorkflow({ functions, onFailure: { type: "sns", topicArn: TOPIC } });

/** What goes wrong in an execution: nothing, a service error that passes, or an answer that is not sure. */
interface Trouble {
  readonly inferences: readonly number[];
  readonly classifyFails?: number;
}

/** Runs an execution on the local AWS, whose virtual clock makes every run the same, and draws what happened. */
async function drawExecution(
  definition: StateMachineDefinition,
  { inferences, classifyFails = 0 }: Trouble,
): Promise<string> {
  await using local = await createLocalAws({
    clock: "virtual",
    now: () => new Date("2026-11-24T09:30:00Z"),
    faults: Array.from({ length: classifyFails }, (_, index) => ({
      service: "lambda",
      operation: "Invoke",
      // The first invocation is that of the function before.
      on: index + 2,
      kind: "throttle",
    })),
  });
  const { clients } = local;
  const answer = (changes: object) => (event: unknown) => ({
    statusCode: 200,
    body: { ...(event as object), ...changes },
  });
  local.registerFunction("serialize", answer({ image_data: "aW1hZ2U=" }));
  local.registerFunction("classify", answer({ inferences }));
  local.registerFunction("filter", createFilterHandler({ threshold: 0.7 }));
  const { stateMachineArn } = await deployStateMachine({
    name: "inference",
    definition,
    roleArn: "arn:aws:iam::000000000000:role/scones",
    clients,
  });
  const input = { image_data: "", s3_bucket: "scones", s3_key: "test/bicycle_s_000513.png", inferences: [] };
  const executionArn = await runExecution({ stateMachineArn, input, clients, pollIntervalMs: 5 }).then(
    (result) => result.executionArn,
    (error: unknown) => {
      if (isSconesError(error, "EXECUTION_FAILED")) return error.details.executionArn;
      throw error;
    },
  );
  const history = await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return renderWorkflow(definition, { execution: readExecution(history) });
}

const batch = buildBatchWorkflow({
  functions: { serialize: "serialize", classify: "classify", filter: "filter" },
  source: { type: "prefix", bucket: "scones", prefix: "test/" },
  imagesPerBatch: 50,
  toleratedFailures: { percentage: 1 },
  results: { bucket: "scones", prefix: "answers" },
  onFailure: { type: "sns", topicArn: TOPIC },
});

const training = buildTrainingWorkflow({
  functions: { preflight: "preflight", evaluate: "evaluate" },
  training: {
    TrainingJobName: "scones",
    AlgorithmSpecification: {
      TrainingImage: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1",
      TrainingInputMode: "File",
    },
    RoleArn: "arn:aws:iam::000000000000:role/scones",
    OutputDataConfig: { S3OutputPath: "s3://scones/models" },
    ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 50 },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  },
  labels: ["bicycle", "motorcycle"],
  endpoint: { instanceType: "ml.m5.xlarge" },
  minAccuracy: 0.8,
});

/** The ready workflows, and executions of them. */
export const workflowPictures: readonly Picture[] = [
  { name: "inference-workflow", draw: () => renderWorkflow(inference, { title: "The inference workflow" }) },
  { name: "inference-succeeded", draw: () => drawExecution(inference, { inferences: [0.93, 0.07] }) },
  { name: "inference-retried", draw: () => drawExecution(inference, { inferences: [0.93, 0.07], classifyFails: 2 }) },
  { name: "inference-not-sure", draw: () => drawExecution(inference, { inferences: [0.58, 0.42] }) },
  { name: "batch-workflow", draw: () => renderWorkflow(batch, { title: "Many images: a Distributed Map" }) },
  { name: "training-workflow", draw: () => renderWorkflow(training, { title: "From a training job to an endpoint" }) },
];
