import { randomUUID } from "node:crypto";
import { sleep } from "../../../core/abort.js";
import { toAbortSignal } from "../../stop-signal.js";
import { type Json, type JsonObject, memberOf } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { callSdk, SdkRefusal, type SdkResult } from "./sdk-call.js";
import { describeAnswer } from "./sdk-metadata.js";
import { type SdkClients, sdkServices } from "./sdk-services.js";
import { serviceFailure } from "./service-failure.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

/**
 * What the optimized integration has, each with the job that a task can wait for. Source: AWS Step Functions Developer Guide, "Create and manage Amazon SageMaker AI
 * jobs with Step Functions"; other operations are there as `aws-sdk:sagemaker:...` only.
 */
const ACTIONS: Readonly<Record<string, string | undefined>> = {
  createTrainingJob: "TrainingJob",
  createTransformJob: "TransformJob",
  createModel: undefined,
  createEndpointConfig: undefined,
  createEndpoint: undefined,
  updateEndpoint: undefined,
};
const RESOURCE = /^arn:[a-z-]+:states:::sagemaker:([a-zA-Z]+?)(\.sync)?$/;
const SERVICE = { prefix: "SageMaker", name: "AmazonSageMaker" };
const ENDED: readonly unknown[] = ["Completed", "Failed", "Stopped"];
const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 500;

/**
 * Lets Task states create jobs, models and endpoints, and wait for jobs.
 *
 * @param clients - The clients; asked for when a task calls, because they come after the services.
 * @returns The integration.
 * @internal
 */
export function createSageMakerIntegration(clients: () => SdkClients): TaskIntegration {
  return {
    matches: (resource) => isKnown(resource),
    events: "Task",
    honoursSignal: true,
    run: (task) => run(clients(), task),
  };
}

function isKnown(resource: string): boolean {
  const { action, isSync } = splitAction(resource);
  if (!Object.hasOwn(ACTIONS, action) || !sageMaker().operations.has(toOperation(action))) return false;
  return !isSync || ACTIONS[action] !== undefined;
}

function splitAction(resource: string): { readonly action: string; readonly isSync: boolean } {
  const [, action = "", ending] = RESOURCE.exec(resource) ?? [];
  return { action, isSync: ending !== undefined };
}

function toOperation(action: string): string {
  return action.charAt(0).toUpperCase() + action.slice(1);
}

function sageMaker() {
  const service = sdkServices.find(({ id }) => id === "sagemaker");
  if (service === undefined) throw new Error("The local AWS has no SageMaker.");
  return service;
}

async function run(clients: SdkClients, task: TaskRun): Promise<Json> {
  const { resource, parameters, clock } = task;
  const signal = toAbortSignal(task.stop);
  const { action, isSync } = splitAction(resource);
  const created = await call(clients, toOperation(action), parameters, signal);
  const metadata = describeAnswer({
    requestId: created.requestId ?? randomUUID(),
    date: clock.now(),
    length: Buffer.byteLength(JSON.stringify(created.output)),
    contentType: "application/x-amz-json-1.1",
  });
  const accepted = { ...created.output, ...metadata };
  const job = ACTIONS[action];
  if (!isSync || job === undefined) return accepted;
  task.submitted(accepted);
  return waitForJob(clients, job, { [`${job}Name`]: memberOf(parameters, `${job}Name`) ?? null }, signal);
}

/** A job runs in real time whatever the clock of the executions says, and so do the looks at it. */
async function waitForJob(clients: SdkClients, job: string, name: JsonObject, signal: AbortSignal): Promise<Json> {
  try {
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LONGEST_POLL_MS)) {
      const { output } = await call(clients, `Describe${job}`, name, signal);
      const status = output[`${job}Status`];
      if (status === "Completed") return output;
      if (ENDED.includes(status)) throw new StateFailure("States.TaskFailed", jsonText(output), { located: true });
      await sleep(pause, signal);
    }
  } catch (error) {
    // A job that has just ended cannot be stopped, which is as good.
    if (signal.aborted) await call(clients, `Stop${job}`, name, new AbortController().signal).catch(() => undefined);
    throw error;
  }
}

async function call(clients: SdkClients, operation: string, parameters: Json, signal: AbortSignal): Promise<SdkResult> {
  try {
    return await callSdk(clients, { service: sageMaker(), operation, parameters, time: "milliseconds" }, signal);
  } catch (error) {
    if (!(error instanceof SdkRefusal)) throw error;
    const { refusal } = error;
    // The first Java SDK has one exception for all that the service model does not name.
    const general = refusal.general === undefined ? undefined : "AmazonSageMakerException";
    throw serviceFailure(SERVICE, { ...refusal, general });
  }
}
