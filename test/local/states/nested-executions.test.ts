import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates } from "./states-fixture.js";

const resource = (ending: string) => `arn:aws:states:::states:startExecution${ending}`;
const single = (state: object) => ({ StartAt: "C", States: { C: state } });
const echo = single({ Type: "Pass", End: true });
const failing = single({ Type: "Fail", Error: "Burnt", Cause: "too hot" });
const patient = single({ Type: "Wait", Seconds: 3600, End: true });

async function createParent(child: object, ending: string, more: object = {}) {
  const states = createStates();
  const childArn = await states.create(child, { name: "child" });
  const task = {
    Type: "Task",
    Resource: resource(ending),
    Parameters: { StateMachineArn: childArn, "Input.$": "$", ...more },
  };
  return { ...states, childArn, task };
}

describe("a nested execution", () => {
  it("is started and not waited for", async () => {
    const { runState, childArn, task, settle } = await createParent(echo, "", { Name: "one" });
    const { output } = await runState(task, { a: 1 });
    const executionArn = `${childArn.replace(":stateMachine:", ":execution:")}:one`;
    expect(output).toMatchObject({
      ExecutionArn: executionArn,
      StartDate: Date.UTC(2026, 0, 1),
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    expect(await settle(executionArn)).toMatchObject({ status: "SUCCEEDED", output: '{"a":1}' });
  });

  it.each([
    [".sync", '{"a":1}'],
    [".sync:2", { a: 1 }],
  ])("with %s gives its end, and its output as %j", async (ending, expected) => {
    const { runState, childArn, task, history } = await createParent(echo, ending, { Name: "one" });
    const { output, executionArn } = await runState(task, { a: 1 });
    expect(output).toMatchObject({
      Input: expected,
      InputDetails: { Included: true },
      Name: "one",
      Output: expected,
      OutputDetails: { Included: true },
      StartDate: Date.UTC(2026, 0, 1),
      StateMachineArn: childArn,
      Status: "SUCCEEDED",
      StopDate: Date.UTC(2026, 0, 1),
    });
    const events = await history(executionArn);
    expect(events.slice(2, 6).map(({ type }) => type)).toEqual([
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
    ]);
    const named = { resourceType: "states", resource: `startExecution${ending}` };
    expect(events[4]?.taskSubmittedEventDetails).toMatchObject(named);
    expect(events[5]?.taskSucceededEventDetails).toMatchObject(named);
  });

  it("fails its task with AWS's description of the child", async () => {
    const { runState, task } = await createParent(failing, ".sync:2", { Name: "one" });
    const { error, cause = "" } = await runState(task);
    expect(error).toBe("States.TaskFailed");
    const described = JSON.parse(cause) as Record<string, unknown>;
    expect(described).toMatchObject({
      Cause: "too hot",
      Error: "Burnt",
      Input: "{}",
      Name: "one",
      Status: "FAILED",
    });
    expect(Object.keys(described)).toEqual(Object.keys(described).sort());
  });

  it("is stopped with its parent, and when its parent's time is up", async () => {
    const { sfn, create, start, settle, childArn, task } = await createParent(patient, ".sync");
    const children = async (statusFilter: "RUNNING" | "ABORTED") =>
      (await sfn.send(new ListExecutionsCommand({ stateMachineArn: childArn, statusFilter }))).executions ?? [];
    const parent = await create({ StartAt: "P", States: { P: { ...task, TimeoutSeconds: 60, End: true } } });
    const stopped = await start(parent);
    while ((await children("RUNNING")).length === 0) await Promise.resolve();
    await sfn.send(new StopExecutionCommand({ executionArn: stopped }));
    expect((await settle(stopped)).status).toBe("ABORTED");
    expect(await children("ABORTED")).toHaveLength(1);
    expect((await settle(await start(parent))).error).toBe("States.Timeout");
    expect(await children("ABORTED")).toHaveLength(2);
    expect(await children("RUNNING")).toHaveLength(0);
  });

  it("answers its parent's token", async () => {
    const answer = single({
      Type: "Task",
      Resource: "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
      Parameters: { "TaskToken.$": "$.token", "Output.$": "$.question" },
      End: true,
    });
    const states = createStates({}, { sdkClients: () => ({ sfn: states.sfn }) as never });
    const childArn = await states.create(answer);
    const { output } = await states.runState(
      {
        Type: "Task",
        Resource: resource(".waitForTaskToken"),
        Parameters: { StateMachineArn: childArn, Input: { "token.$": "$$.Task.Token", "question.$": "$.q" } },
      },
      { q: { deep: [1] } },
    );
    expect(output).toEqual({ deep: [1] });
  });

  it("knows who started it, and refuses one that is not", async () => {
    const id = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";
    const { sfn, runState, task } = await createParent(echo, ".sync:2", { "Input.$": "$" });
    const parameters = { ...task.Parameters, Input: { [`${id}.$`]: "$$.Execution.Id" }, "Input.$": undefined };
    const { output, executionArn } = await runState({ ...task, Parameters: parameters });
    expect(output).toMatchObject({ Input: { [id]: executionArn } });
    const child = (output as { ExecutionArn: string }).ExecutionArn;
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn: child }));
    expect(JSON.parse(described.input ?? "")).toEqual({ [id]: executionArn });
    expect((await runState(task, { [id]: 5 })).error).toBe("States.Runtime");
  });

  it.each([
    [{ StateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:none" }, "StateMachineDoesNotExist"],
    [{ Name: "a b" }, "InvalidName"],
    [{ "Input.$": undefined, Input: "{" }, "InvalidExecutionInput"],
  ])("that cannot be started with %j fails its task with %s", async (more, type) => {
    const { runState, task } = await createParent(echo, ".sync", more);
    const { error, cause } = await runState(task);
    expect(error).toBe(`StepFunctions.${type}Exception`);
    expect(cause).toMatch(
      new RegExp(
        `\\(Service: AWSStepFunctions; Status Code: 400; Error Code: ${type}; Request ID: .+; Proxy: null\\)$`,
      ),
    );
  });

  it("cannot be waited for when its machine is an Express machine", async () => {
    const { create, runState } = createStates();
    const childArn = await create(echo, { type: "EXPRESS" });
    const task = { Type: "Task", Parameters: { StateMachineArn: childArn } };
    expect((await runState({ ...task, Resource: resource("") })).status).toBe("SUCCEEDED");
    expect((await runState({ ...task, Resource: resource(".sync") })).error).toBe("StepFunctions.InvalidArnException");
  });

  it.each([
    [{ Resource: resource(".sync.waitForTaskToken") }, "cannot run the resource"],
    [{ Resource: resource(""), Parameters: { StateMachineArn: "a", Inputs: 1 } }, "'Inputs' is not supported"],
    [{ Resource: resource(""), Parameters: { Input: 1 } }, "'StateMachineArn' is required"],
  ])("is refused with %j", async (more, message) => {
    const { create } = createStates();
    const state = { Type: "Task", Parameters: { StateMachineArn: "a" }, End: true, ...more };
    await expect(create(single(state))).rejects.toThrow(message);
  });
});
