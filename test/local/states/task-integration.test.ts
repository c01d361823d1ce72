import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { StateFailure } from "../../../src/local/states/state-failure.js";
import { splitResource, type TaskIntegration, type TaskRun } from "../../../src/local/states/tasks/task-integration.js";
import { createStates } from "./states-fixture.js";

const RESOURCE = "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint";
const integration = (run: TaskIntegration["run"], more: Partial<TaskIntegration> = {}): TaskIntegration => ({
  matches: (resource) => resource.includes(":aws-sdk:"),
  events: "Task",
  run,
  ...more,
});
const task = (more: object = {}) => ({
  Type: "Task",
  Resource: RESOURCE,
  Parameters: { "EndpointName.$": "$.name" },
  ...more,
});

describe("a further integration", () => {
  it("runs the resources that it matches, with what Parameters give", async () => {
    const seen: TaskRun[] = [];
    const { runState, history } = createStates(
      {},
      {
        integrations: [
          integration(async (run) => {
            seen.push(run);
            run.submitted({ accepted: true });
            return { EndpointStatus: "InService" };
          }),
        ],
      },
    );
    const { output, executionArn } = await runState(task(), { name: "e" });
    expect(output).toEqual({ EndpointStatus: "InService" });
    expect(seen[0]).toMatchObject({
      resource: RESOURCE,
      parameters: { EndpointName: "e" },
      stateName: "S",
      executionArn,
    });
    const events = await history(executionArn);
    expect(events.map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    expect(events[2]?.taskScheduledEventDetails).toMatchObject({
      resourceType: "aws-sdk:sagemaker",
      resource: "describeEndpoint",
    });
    expect(events[4]?.taskSubmittedEventDetails).toMatchObject({ output: '{"accepted":true}' });
  });

  it.each<[unknown, string, string]>([
    [
      new StateFailure("SageMaker.ResourceNotFound", "no such endpoint"),
      "SageMaker.ResourceNotFound",
      "no such endpoint",
    ],
    [new Error("a fault"), "States.TaskFailed", "a fault"],
    ["text", "States.TaskFailed", "text"],
  ])("fails the task when it throws %s", async (thrown, error, cause) => {
    const { runState } = createStates({}, { integrations: [integration(() => Promise.reject(thrown))] });
    const failed = await runState(task(), { name: "e" });
    expect(failed).toMatchObject({ status: "FAILED", error, cause: expect.stringContaining(cause) });
  });

  it("can refuse a definition", async () => {
    const check = (resource: string) => [`${resource} needs more`];
    const { create } = createStates({}, { integrations: [integration(async () => null, { check })] });
    await expect(create({ StartAt: "S", States: { S: task({ End: true }) } })).rejects.toThrow(
      `${RESOURCE} needs more`,
    );
  });

  it("is let go of when the execution stops or the time is up, even if it never ends", async () => {
    const { sfn, create, start, settle, runState } = createStates(
      {},
      { integrations: [integration(() => new Promise(() => {}))] },
    );
    const executionArn = await start(await create({ StartAt: "S", States: { S: task({ End: true }) } }), { name: "e" });
    await new Promise((resolve) => setImmediate(resolve));
    await sfn.send(new StopExecutionCommand({ executionArn }));
    expect((await settle(executionArn)).status).toBe("ABORTED");
    expect((await runState(task({ TimeoutSeconds: 1 }), { name: "e" })).error).toBe("States.Timeout");
  });
});

it.each([
  ["arn:aws:states:::lambda:invoke", "lambda", "invoke"],
  ["arn:aws:states:::sagemaker:createTrainingJob.sync", "sagemaker", "createTrainingJob.sync"],
  ["arn:aws:states:::aws-sdk:sns:publish", "aws-sdk:sns", "publish"],
  ["arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2"],
])("shows %s in the history as %s and %s", (arn, resourceType, resource) => {
  expect(splitResource(arn)).toEqual({ resourceType, resource });
});
