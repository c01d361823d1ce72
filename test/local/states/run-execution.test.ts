import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StateMachineDoesNotExist,
  ValidationException,
} from "@aws-sdk/client-sfn";
import { afterEach, expect, test } from "vitest";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "../../../src/local/index.js";
import { ROLE_ARN } from "./states-fixture.js";

const opened: LocalAws[] = [];
afterEach(async () => {
  for (const local of opened.splice(0)) await local.close();
});

async function open(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const local = await createLocalAws(options);
  opened.push(local);
  return local;
}

async function createMachine(local: LocalAws, states: object, type: "STANDARD" | "EXPRESS" = "STANDARD") {
  const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  const command = new CreateStateMachineCommand({ name: "machine", definition, roleArn: ROLE_ARN, type });
  return (await local.clients.sfn.send(command)).stateMachineArn ?? "";
}

const DOUBLE = {
  Double: {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Parameters: { FunctionName: "double", "Payload.$": "$" },
    OutputPath: "$.Payload",
    End: true,
  },
};
const double = async (event: { readonly n: number }) => ({ n: event.n * 2 });
const WAIT = { Wait: { Type: "Wait", Seconds: 3600, End: true } };
const FAIL = { Fail: { Type: "Fail", Error: "Broken", Cause: "On purpose." } };

test("runs an execution to its end, and a client finds it and its history as if it had started it", async () => {
  const local = await open();
  local.registerFunction("double", double);
  const stateMachineArn = await createMachine(local, DOUBLE);
  const { executionArn, ...ended } = await local.runExecution({ stateMachineArn, name: "one", input: '{ "n": 21 }' });
  const { sfn } = local.clients;
  const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(described).toMatchObject({ ...ended, name: "one", input: '{ "n": 21 }' });
  expect(ended).toMatchObject({ status: "SUCCEEDED", output: '{"n":42}' });
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type)).toEqual([
    "ExecutionStarted",
    "TaskStateEntered",
    "TaskScheduled",
    "TaskStarted",
    "TaskSucceeded",
    "TaskStateExited",
    "ExecutionSucceeded",
  ]);
});

test("runs an execution of an Express machine", async () => {
  const local = await open();
  local.registerFunction("double", double);
  const stateMachineArn = await createMachine(local, DOUBLE, "EXPRESS");
  const { executionArn, output } = await local.runExecution({ stateMachineArn, input: '{"n":1}' });
  expect(executionArn).toContain(":express:machine:");
  expect(output).toBe('{"n":2}');
});

test("an execution that fails is told, not thrown", async () => {
  const local = await open();
  const ended = await local.runExecution({ stateMachineArn: await createMachine(local, FAIL) });
  expect(ended).toMatchObject({ status: "FAILED", error: "Broken", cause: "On purpose." });
  expect(ended).not.toHaveProperty("output");
});

test("throws what the client throws", async () => {
  const local = await open();
  const stateMachineArn = `arn:aws:states:us-east-1:000000000000:stateMachine:none`;
  await expect(local.runExecution({ stateMachineArn })).rejects.toThrow(StateMachineDoesNotExist);
  await expect(local.runExecution({ stateMachineArn, name: "" })).rejects.toThrow(ValidationException);
  await expect(local.runExecution({ stateMachineArn, inptu: "{}" } as never)).rejects.toMatchObject({
    code: "INVALID_OPTIONS",
  });
});

test("a fault of StartExecution strikes it", async () => {
  const local = await open();
  const stateMachineArn = await createMachine(local, FAIL);
  const fault = local.injectFault({ service: "states", operation: "StartExecution", kind: "throttle", on: [1] });
  await expect(local.runExecution({ stateMachineArn })).rejects.toMatchObject({ name: "ThrottlingException" });
  expect(fault.hits).toBe(1);
  expect(await local.runExecution({ stateMachineArn })).toMatchObject({ status: "FAILED" });
});

test("the signal stops the execution", async () => {
  const local = await open();
  const stateMachineArn = await createMachine(local, WAIT);
  const controller = new AbortController();
  const running = local.runExecution({ stateMachineArn, name: "stopped", signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(running).rejects.toThrow("enough");
  const executionArn = stateMachineArn.replace(":stateMachine:", ":execution:").concat(":stopped");
  const { status } = await local.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
  expect(status).toBe("ABORTED");
});

test("what it told is kept in the directory", async () => {
  const directory = await mkdtemp(join(tmpdir(), "scones-run-"));
  try {
    const first = await open({ directory });
    first.registerFunction("double", double);
    const stateMachineArn = await createMachine(first, DOUBLE);
    const { executionArn, output } = await first.runExecution({ stateMachineArn, input: '{"n":4}' });
    await first.close();
    const second = await open({ directory });
    const described = await second.clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: "SUCCEEDED", output });
    await second.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
