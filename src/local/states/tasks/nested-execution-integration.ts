import { randomUUID } from "node:crypto";
import { ServiceError } from "../../service-error.js";
import { toAbortSignal } from "../../stop-signal.js";
import { isJsonObject, type Json, type JsonObject, memberOf } from "../json.js";
import { jsonText } from "../json-text.js";
import { StateFailure } from "../state-failure.js";
import { describeAnswer } from "./sdk-metadata.js";
import { serviceFailure } from "./service-failure.js";
import type { TaskIntegration, TaskRun } from "./task-integration.js";

/** Starts and watches the executions that others start. @internal */
export interface NestedExecutions {
  /** Starts an execution. */
  start(request: { readonly stateMachineArn: string; readonly name?: string; readonly input: string }): {
    readonly executionArn: string;
    readonly startDate: number;
  };
  /** Waits until an execution has ended; stops it when the signal fires. */
  waitFor(executionArn: string, signal: AbortSignal): Promise<void>;
  /** Describes an execution as DescribeExecution does. */
  describe(request: { readonly executionArn: string }): unknown;
}

const START = /^arn:[a-z-]+:states:::states:startExecution(\.sync|\.sync:2)?$/;
const FIELDS: readonly string[] = ["StateMachineArn", "Input", "Name", "TraceHeader"];
const STARTED_BY = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";
const SERVICE = { prefix: "StepFunctions", name: "AWSStepFunctions" };

/**
 * Lets Task states start executions of other machines, and wait for their end.
 *
 * @param executions - The executions; asked for when a task runs, because machines come before their executions.
 * @returns The integration.
 * @internal
 */
export function createNestedExecutionIntegration(executions: () => NestedExecutions): TaskIntegration {
  return {
    matches: (resource) => START.test(resource),
    events: "Task",
    honoursSignal: true,
    check: (_resource, parameters) => checkParameters(parameters),
    run: (task) => run(executions(), task),
  };
}

function checkParameters(parameters: Json | undefined): readonly string[] {
  if (!isJsonObject(parameters)) return [];
  const names = Object.keys(parameters).map((name) => name.replace(/\.\$$/, ""));
  return [
    ...(names.includes("StateMachineArn") ? [] : ["The field 'StateMachineArn' is required but was missing."]),
    ...names
      .filter((name) => !FIELDS.includes(name))
      .map((name) => `The field '${name}' is not supported by the resource states:startExecution.`),
  ];
}

async function run(executions: NestedExecutions, task: TaskRun): Promise<Json> {
  const { resource, parameters, stop, clock } = task;
  const { executionArn, startDate } = start(executions, parameters);
  const metadata = describeAnswer({
    requestId: randomUUID(),
    date: clock.now(),
    length: Buffer.byteLength(JSON.stringify({ executionArn, startDate })),
    contentType: "application/x-amz-json-1.0",
  });
  const accepted: Json = { ExecutionArn: executionArn, ...metadata, StartDate: Math.round(startDate * 1000) };
  if (!resource.includes(".sync")) return accepted;
  task.submitted(accepted);
  const described = showExecution(await waitForEnd(executions, executionArn, toAbortSignal(stop)));
  if (described["Status"] !== "SUCCEEDED") {
    throw new StateFailure("States.TaskFailed", jsonText(described), { located: true });
  }
  return resource.endsWith(":2") ? withParsedData(described) : described;
}

async function waitForEnd(executions: NestedExecutions, executionArn: string, signal: AbortSignal): Promise<unknown> {
  try {
    await executions.waitFor(executionArn, signal);
    return executions.describe({ executionArn });
  } catch (error) {
    // Only an execution of a Standard machine can be asked for.
    throw toFailure(error);
  }
}

function start(executions: NestedExecutions, parameters: Json) {
  const arn = memberOf(parameters, "StateMachineArn");
  const name = memberOf(parameters, "Name");
  const input = memberOf(parameters, "Input") ?? {};
  if (typeof arn !== "string") {
    throw new StateFailure("States.Runtime", "The field 'StateMachineArn' must be the ARN of a state machine.");
  }
  if (name !== undefined && typeof name !== "string") {
    throw new StateFailure("States.Runtime", "The field 'Name' must be a string.");
  }
  const startedBy = memberOf(input, STARTED_BY);
  if (startedBy !== undefined && typeof startedBy !== "string") {
    throw new StateFailure("States.Runtime", `The field '${STARTED_BY}' must be the ARN of an execution.`);
  }
  try {
    return executions.start({
      stateMachineArn: arn,
      ...(name === undefined ? {} : { name }),
      input: typeof input === "string" ? input : jsonText(input),
    });
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  return serviceFailure(SERVICE, { type: error.type, message: error.message, status: error.status });
}

/** The members of DescribeExecution, as the optimized integrations write them, in the order of their names. */
function showExecution(described: unknown): JsonObject {
  const members = Object.entries(described as JsonObject).map(([name, value]): [string, Json] => {
    const shown = name.charAt(0).toUpperCase() + name.slice(1);
    if (name.endsWith("Date") && typeof value === "number") return [shown, Math.round(value * 1000)];
    if (name.endsWith("Details")) return [shown, { Included: memberOf(value, "included") ?? true }];
    return [shown, value];
  });
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function withParsedData(described: JsonObject): JsonObject {
  const parse = (value: Json | undefined): Json =>
    typeof value === "string" ? (JSON.parse(value) as Json) : (value ?? null);
  return { ...described, Input: parse(described["Input"]), Output: parse(described["Output"]) };
}
