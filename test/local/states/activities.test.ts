import {
  ActivityDoesNotExist,
  CreateActivityCommand,
  DeleteActivityCommand,
  DescribeActivityCommand,
  GetActivityTaskCommand,
  InvalidArn,
  InvalidName,
  ListActivitiesCommand,
  ListTagsForResourceCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createStates } from "./states-fixture.js";

const arnOf = (name: string) => `arn:aws:states:us-east-1:123456789012:activity:${name}`;
const machine = (more: object = {}) => ({
  StartAt: "S",
  States: { S: { Type: "Task", Resource: arnOf("paint"), End: true, ...more } },
});

async function createPainters() {
  const states = createStates();
  const { sfn } = states;
  await sfn.send(new CreateActivityCommand({ name: "paint" }));
  const poll = (workerName?: string) =>
    sfn.send(new GetActivityTaskCommand({ activityArn: arnOf("paint"), ...(workerName ? { workerName } : {}) }));
  const begin = async (input: unknown = { color: "red" }, more: object = {}) =>
    states.start(await states.create(machine(more)), input);
  return { ...states, poll, begin };
}

describe("activities", () => {
  it("are made, described, listed and forgotten", async () => {
    const { sfn } = createStates();
    const made = await sfn.send(new CreateActivityCommand({ name: "a", tags: [{ key: "k", value: "v" }] }));
    expect(made).toMatchObject({ activityArn: arnOf("a"), creationDate: new Date("2026-01-01T00:00:00Z") });
    expect((await sfn.send(new CreateActivityCommand({ name: "a" }))).activityArn).toBe(arnOf("a"));
    await sfn.send(new CreateActivityCommand({ name: "b" }));
    expect(await sfn.send(new DescribeActivityCommand({ activityArn: arnOf("a") }))).toMatchObject({ name: "a" });
    const first = await sfn.send(new ListActivitiesCommand({ maxResults: 1 }));
    const second = await sfn.send(new ListActivitiesCommand({ maxResults: 1, nextToken: first.nextToken }));
    expect([...(first.activities ?? []), ...(second.activities ?? [])].map(({ name }) => name)).toEqual(["a", "b"]);
    const { tags } = await sfn.send(new ListTagsForResourceCommand({ resourceArn: arnOf("a") }));
    expect(tags).toEqual([{ key: "k", value: "v" }]);
    await sfn.send(new DeleteActivityCommand({ activityArn: arnOf("a") }));
    await sfn.send(new DeleteActivityCommand({ activityArn: arnOf("a") }));
    const gone = sfn.send(new DescribeActivityCommand({ activityArn: arnOf("a") }));
    await expect(gone).rejects.toBeInstanceOf(ActivityDoesNotExist);
    await expect(sfn.send(new CreateActivityCommand({ name: "a b" }))).rejects.toBeInstanceOf(InvalidName);
    const wrong = sfn.send(new DescribeActivityCommand({ activityArn: "arn:aws:states:us-east-1:1:stateMachine:m" }));
    await expect(wrong).rejects.toBeInstanceOf(InvalidArn);
  });

  it("hand a task to the worker that polls, with AWS's events", async () => {
    const { sfn, begin, poll, settle, history } = await createPainters();
    const executionArn = await begin({ color: "red" }, { TimeoutSeconds: 60, HeartbeatSeconds: 20 });
    const { taskToken, input } = await poll("w1");
    expect(JSON.parse(input ?? "")).toEqual({ color: "red" });
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"painted":true}' }));
    expect(await settle(executionArn)).toMatchObject({ status: "SUCCEEDED", output: '{"painted":true}' });
    const events = await history(executionArn);
    expect(events.slice(2, 5)).toMatchObject([
      {
        type: "ActivityScheduled",
        activityScheduledEventDetails: {
          resource: arnOf("paint"),
          input: '{"color":"red"}',
          timeoutInSeconds: 60,
          heartbeatInSeconds: 20,
        },
      },
      { type: "ActivityStarted", activityStartedEventDetails: { workerName: "w1" } },
      { type: "ActivitySucceeded", activitySucceededEventDetails: { output: '{"painted":true}' } },
    ]);
  });

  it("serve workers that were there first, tasks and workers in their order", async () => {
    const { sfn, begin, poll, settle } = await createPainters();
    const polls = [poll("w1"), poll("w2")];
    await new Promise((resolve) => setImmediate(resolve));
    const executions = [await begin({ n: 1 }), await begin({ n: 2 }), await begin({ n: 3 })];
    const tasks = [...(await Promise.all(polls)), await poll()];
    expect(tasks.map(({ input }) => input)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    for (const { taskToken, input } of tasks) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output: input }));
    }
    const ended = await Promise.all(executions.map(settle));
    expect(ended.map(({ output }) => output)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it("fail and time out with events of their own; the time begins with the worker", async () => {
    const { sfn, begin, poll, settle, history } = await createPainters();
    const failing = await begin();
    const { taskToken } = await poll();
    await sfn.send(new SendTaskFailureCommand({ taskToken, error: "NoPaint", cause: "empty" }));
    expect(await settle(failing)).toMatchObject({ status: "FAILED", error: "NoPaint", cause: "empty" });
    expect((await history(failing)).at(-2)).toMatchObject({
      type: "ActivityFailed",
      activityFailedEventDetails: { error: "NoPaint", cause: "empty" },
    });
    const late = await begin({}, { TimeoutSeconds: 5 });
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    await poll();
    expect(await settle(late)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    expect((await history(late)).at(-2)?.type).toBe("ActivityTimedOut");
    const silent = await begin({}, { HeartbeatSeconds: 5 });
    const task = await poll();
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken: task.taskToken }));
    expect((await settle(silent)).error).toBe("States.Timeout");
  });

  it("take their task back when its execution is stopped", async () => {
    const { sfn, begin, poll, settle } = await createPainters();
    const stopped = await begin({ n: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    await sfn.send(new StopExecutionCommand({ executionArn: stopped }));
    expect((await settle(stopped)).status).toBe("ABORTED");
    await begin({ n: 2 });
    expect((await poll()).input).toBe('{"n":2}');
  });

  it("must be there when a task needs them", async () => {
    const { runState } = createStates();
    const ended = await runState({ Type: "Task", Resource: arnOf("none") });
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(ended.cause).toContain(`The activity ${arnOf("none")} does not exist.`);
  });

  it("are nothing for an Express machine", async () => {
    const { create } = createStates();
    await expect(create(machine(), { type: "EXPRESS" })).rejects.toThrow("does not support Activity ARN");
  });
});

describe("a poll", () => {
  afterEach(() => vi.useRealTimers());

  it("ends without a task after 60 seconds", async () => {
    const { poll } = await createPainters();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const waiting = poll();
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(59_999);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await waiting).taskToken).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that was given up takes no task, and ends with the local AWS", async () => {
    const { sfn, states, begin, poll } = await createPainters();
    const controller = new AbortController();
    const request = new GetActivityTaskCommand({ activityArn: arnOf("paint") });
    const given = sfn.send(request, { abortSignal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await expect(given).rejects.toThrow();
    await begin({ n: 1 });
    expect((await poll()).input).toBe('{"n":1}');
    const last = poll();
    await new Promise((resolve) => setImmediate(resolve));
    await states.close();
    expect((await last).taskToken).toBeUndefined();
  });
});
