import {
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates, functionArn, invoke } from "./states-fixture.js";

/** A function that fails so many times, then gives what it got. */
function failing(times: number) {
  const seen: unknown[] = [];
  const handler = (event: unknown) => {
    seen.push(event);
    if (seen.length <= times) throw Object.assign(new Error("not yet"), { name: "E" });
    return event;
  };
  return { handler, seen };
}

const task = (name: string, more: object) => ({ Type: "Task", Resource: functionArn(name), ...more });
const redriven = (states: ReturnType<typeof createStates>, executionArn: string) =>
  states.sfn.send(new RedriveExecutionCommand({ executionArn })).then(() => states.settle(executionArn));

describe("RedriveExecution", () => {
  it("goes on at the state that failed, with its input and its variables, and keeps the history", async () => {
    const { handler, seen } = failing(1);
    const states = createStates({ f: handler });
    const { executionArn, status } = await states.runStates(
      {
        First: { Type: "Pass", Result: { n: 1 }, Assign: { v: 5 }, Next: "Second" },
        Second: task("f", { Next: "Third" }),
        Third: {
          Type: "Pass",
          Parameters: { "v.$": "$v", "n.$": "$.n", "count.$": "$$.Execution.RedriveCount" },
          End: true,
        },
      },
      { ignored: true },
    );
    expect(status).toBe("FAILED");
    const before = await states.sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(before).toMatchObject({ redriveCount: 0, redriveStatus: "REDRIVABLE" });
    expect(before.redriveStatusReason).toBeUndefined();
    const after = await redriven(states, executionArn);
    expect(seen).toEqual([{ n: 1 }, { n: 1 }]);
    expect(after).toMatchObject({
      status: "SUCCEEDED",
      output: '{"v":5,"n":1,"count":1}',
      redriveCount: 1,
      redriveDate: expect.any(Date),
      redriveStatus: "NOT_REDRIVABLE",
      redriveStatusReason: "Execution is SUCCEEDED and cannot be redriven",
    });
    expect(after.error).toBeUndefined();
    const events = await states.history(executionArn);
    expect(events.map(({ type, previousEventId }) => `${type} ${previousEventId}`).slice(5)).toEqual([
      "LambdaFunctionStarted 5",
      "LambdaFunctionFailed 6",
      "ExecutionFailed 7",
      "ExecutionRedriven 8",
      "LambdaFunctionScheduled 4",
      "LambdaFunctionStarted 10",
      "LambdaFunctionSucceeded 11",
      "TaskStateExited 12",
      "PassStateEntered 13",
      "PassStateExited 14",
      "ExecutionSucceeded 15",
    ]);
    expect(events[8]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
    const listed = await states.sfn.send(new ListExecutionsCommand({ stateMachineArn: after.stateMachineArn }));
    expect(listed.executions?.[0]).toMatchObject({ redriveCount: 1, redriveDate: after.redriveDate });
  });

  it("can be done again and again, and each time counts the retries from 0", async () => {
    const { handler, seen } = failing(5);
    const states = createStates({ f: handler });
    const retry = [{ ErrorEquals: ["E"], MaxAttempts: 1 }];
    const parameters = { FunctionName: "f", Payload: { "retry.$": "$$.State.RetryCount" } };
    const { executionArn } = await states.runState(invoke("f", { Parameters: parameters, Retry: retry }));
    expect((await redriven(states, executionArn)).status).toBe("FAILED");
    expect(await redriven(states, executionArn)).toMatchObject({ status: "SUCCEEDED", redriveCount: 2 });
    expect(seen).toEqual([{ retry: 0 }, { retry: 1 }, { retry: 0 }, { retry: 1 }, { retry: 0 }, { retry: 1 }]);
  });

  /** Functions that note their calls, of which `bad` fails the first time. */
  const noting = (calls: string[]) => {
    let failed = false;
    return createStates({
      good: (event: unknown) => {
        calls.push("good");
        return event;
      },
      bad: (event: unknown) => {
        calls.push("bad");
        if (!failed) {
          failed = true;
          throw Object.assign(new Error("no"), { name: "E" });
        }
        return event;
      },
    });
  };
  const idOf = (events: Awaited<ReturnType<ReturnType<typeof createStates>["history"]>>, name: string) =>
    events.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === name)?.id;

  it("runs only the branches of a Parallel that did not succeed, from the state at which they stood", async () => {
    const calls: string[] = [];
    const states = noting(calls);
    const first = { StartAt: "A", States: { A: task("good", { End: true }) } };
    const second = { StartAt: "B", States: { B: task("good", { Next: "C" }), C: task("bad", { End: true }) } };
    const { executionArn, status } = await states.runState({ Type: "Parallel", Branches: [first, second] }, 7);
    expect({ status, calls: calls.splice(0) }).toEqual({ status: "FAILED", calls: ["good", "good", "bad"] });
    expect(await redriven(states, executionArn)).toMatchObject({ status: "SUCCEEDED", output: "[7,7]" });
    expect(calls).toEqual(["bad"]);
    const events = await states.history(executionArn);
    expect(events.filter(({ type }) => type === "ParallelStateStarted")).toHaveLength(1);
    const again = events.filter(({ type }) => type === "LambdaFunctionScheduled").at(-1);
    expect(again?.previousEventId).toBe(idOf(events, "C"));
  });

  it("runs only the iterations of a Map that did not succeed, and those that had not begun", async () => {
    const calls: string[] = [];
    const states = noting(calls);
    const processor = {
      StartAt: "C",
      States: {
        C: { Type: "Choice", Choices: [{ Variable: "$", NumericEquals: 1, Next: "B" }], Default: "G" },
        G: task("good", { End: true }),
        B: task("bad", { End: true }),
      },
    };
    const map = { Type: "Map", MaxConcurrency: 1, ItemProcessor: processor };
    const { executionArn, status } = await states.runState(map, [0, 1, 2]);
    expect({ status, calls: calls.splice(0) }).toEqual({ status: "FAILED", calls: ["good", "bad"] });
    expect(await redriven(states, executionArn)).toMatchObject({ status: "SUCCEEDED", output: "[0,1,2]" });
    expect(calls).toEqual(["bad", "good"]);
    const events = await states.history(executionArn);
    expect(events.filter(({ type }) => type === "MapIterationStarted")).toHaveLength(3);
    const again = events.filter(({ type }) => type === "LambdaFunctionScheduled").at(-2);
    expect(again?.previousEventId).toBe(idOf(events, "B"));
  });

  it("redrives what was stopped or timed out: a Wait state waits again, the machine's time begins anew", async () => {
    const states = createStates();
    const definition = {
      StartAt: "W",
      TimeoutSeconds: 60,
      States: { W: { Type: "Wait", SecondsPath: "$.s", Next: "D" }, D: { Type: "Succeed" } },
    };
    const timedOut = await states.run(definition, { s: 100 });
    expect(timedOut.status).toBe("TIMED_OUT");
    expect((await redriven(states, timedOut.executionArn)).status).toBe("TIMED_OUT");
    const stopped = await states.start(await states.create(definition), { s: 10 });
    await states.sfn.send(new StopExecutionCommand({ executionArn: stopped, error: "Mine" }));
    expect(await redriven(states, stopped)).toMatchObject({ status: "SUCCEEDED", redriveCount: 1 });
    expect((await states.history(stopped)).map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "WaitStateEntered",
      "ExecutionAborted",
      "ExecutionRedriven",
      "WaitStateExited",
      "SucceedStateEntered",
      "SucceedStateExited",
      "ExecutionSucceeded",
    ]);
  });

  it("enters a Fail state once more and fails again", async () => {
    const states = createStates();
    const { executionArn } = await states.runState({ Type: "Fail", Error: "No" });
    expect(await redriven(states, executionArn)).toMatchObject({ status: "FAILED", error: "No", redriveCount: 1 });
    expect((await states.history(executionArn)).map(({ type }) => type).slice(2)).toEqual([
      "ExecutionFailed",
      "ExecutionRedriven",
      "FailStateEntered",
      "ExecutionFailed",
    ]);
  });

  it("gives the same answer to the same token", async () => {
    const { handler } = failing(9);
    const states = createStates({ f: handler });
    const { executionArn } = await states.runState(task("f", {}));
    const request = new RedriveExecutionCommand({ executionArn, clientToken: "once" });
    const { redriveDate } = await states.sfn.send(request);
    await states.settle(executionArn);
    expect((await states.sfn.send(request)).redriveDate).toEqual(redriveDate);
    expect((await states.settle(executionArn)).redriveCount).toBe(1);
  });

  it("refuses what runs, what succeeded, what is too old and what its machine is gone from", async () => {
    let now = Date.UTC(2026, 0, 1);
    const states = createStates({}, { now: () => new Date(now), sleep: () => new Promise(() => {}) });
    const refused = (executionArn: string) =>
      expect(states.sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects;
    const { executionArn } = await states.runState({ Type: "Pass" });
    await refused(executionArn).toMatchObject({
      name: "ExecutionNotRedrivable",
      message: "Execution is SUCCEEDED and cannot be redriven",
    });
    const machine = await states.create({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 9, End: true } } });
    const running = await states.start(machine);
    await refused(running).toMatchObject({ message: "Execution is RUNNING and cannot be redriven" });
    const failed = await states.run({ StartAt: "F", States: { F: { Type: "Fail" } } });
    now += 15 * 86_400_000;
    await refused(failed.executionArn).toMatchObject({ message: "Execution redrivable period exceeded" });
    await refused("arn:aws:states:us-east-1:123456789012:execution:a:b").toMatchObject({
      name: "ExecutionDoesNotExist",
    });
    await refused("arn:aws:states:us-east-1:123456789012:express:a:b:c").toMatchObject({ name: "InvalidArn" });
    await states.sfn.send(new StopExecutionCommand({ executionArn: running }));
    await states.sfn.send(new DeleteStateMachineCommand({ stateMachineArn: machine }));
    await refused(running).toMatchObject({ message: "State machine is in DELETING status" });
  });

  it("is not there for the executions of Express machines", async () => {
    const states = createStates();
    const definition = { StartAt: "F", States: { F: { Type: "Fail" } } };
    const stateMachineArn = await states.create(definition, { type: "EXPRESS" });
    const { executionArn } = await states.sfn.send(new StartSyncExecutionCommand({ stateMachineArn }));
    await expect(states.sfn.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: "InvalidArn",
    });
    const filtered = new ListExecutionsCommand({ stateMachineArn, redriveFilter: "REDRIVEN" });
    await expect(states.sfn.send(filtered)).rejects.toMatchObject({ name: "ValidationException" });
  });
});
