import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidArn,
  InvalidExecutionInput,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StateMachineDoesNotExist,
  StateMachineTypeNotSupported,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { sleep } from "../../../src/core/abort.js";
import { createStates, invoke } from "./states-fixture.js";

const machine = (result: unknown) => ({ StartAt: "S", States: { S: { Type: "Pass", Result: result, End: true } } });
const waiting = { StartAt: "W", States: { W: { Type: "Wait", Seconds: 60, End: true } } };
const forever = {
  sleep: (_milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
    ),
};

describe("executions", () => {
  it("are described while they run and when they have ended", async () => {
    const { sfn, create, start, settle } = createStates();
    const stateMachineArn = await create(waiting, { name: "m" });
    const executionArn = await start(stateMachineArn, { a: 1 });
    expect(executionArn).toMatch(/^arn:aws:states:us-east-1:123456789012:execution:m:[0-9a-f-]{36}$/);
    const running = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(running).toMatchObject({ status: "RUNNING", input: '{"a":1}', stateMachineArn, redriveCount: 0 });
    expect(running.stopDate).toBeUndefined();
    expect(await settle(executionArn)).toMatchObject({
      status: "SUCCEEDED",
      output: '{"a":1}',
      startDate: new Date("2026-01-01T00:00:00Z"),
      stopDate: new Date("2026-01-01T00:01:00Z"),
    });
  });

  it("keep the definition that they were started with", async () => {
    const { sfn, create, start, settle } = createStates();
    const stateMachineArn = await create({
      StartAt: "W",
      States: { W: { Type: "Wait", Seconds: 1, Next: "S" }, ...machine(1).States },
    });
    const executionArn = await start(stateMachineArn);
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(machine(2)) }));
    expect((await settle(executionArn)).output).toBe("1");
    const { definition } = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
    expect(definition).toContain('"Wait"');
    expect((await settle(await start(stateMachineArn))).output).toBe("2");
  });

  it("of one name run once", async () => {
    const { sfn, create, settle } = createStates();
    const stateMachineArn = await create(waiting);
    const run = (input: string) => sfn.send(new StartExecutionCommand({ stateMachineArn, name: "n", input }));
    const { executionArn = "" } = await run("{}");
    expect((await run("{}")).executionArn).toBe(executionArn);
    await expect(run('{"b":1}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);
    await settle(executionArn);
    await expect(run("{}")).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  });

  it("are refused with AWS's exceptions", async () => {
    const { sfn, create } = createStates();
    const stateMachineArn = await create(machine(1));
    const run = (more: object) => sfn.send(new StartExecutionCommand({ stateMachineArn, ...more }));
    await expect(run({ input: "{" })).rejects.toBeInstanceOf(InvalidExecutionInput);
    await expect(run({ input: `"${"x".repeat(262_143)}"` })).rejects.toBeInstanceOf(InvalidExecutionInput);
    await expect(run({ input: `${"[".repeat(100_000)}${"]".repeat(100_000)}` })).rejects.toBeInstanceOf(
      InvalidExecutionInput,
    );
    expect(await run({ input: `"${"[".repeat(100_000)}"` })).toHaveProperty("executionArn");
    expect(await run({ input: `${"[".repeat(1000)}${"]".repeat(1000)}` })).toHaveProperty("executionArn");
    await expect(run({ name: "a:b" })).rejects.toBeInstanceOf(InvalidName);
    await expect(run({ stateMachineArn: `${stateMachineArn}x` })).rejects.toBeInstanceOf(StateMachineDoesNotExist);
    const nobody = "arn:aws:states:us-east-1:123456789012:execution:m:nobody";
    await expect(sfn.send(new DescribeExecutionCommand({ executionArn: nobody }))).rejects.toBeInstanceOf(
      ExecutionDoesNotExist,
    );
    await expect(sfn.send(new DescribeExecutionCommand({ executionArn: stateMachineArn }))).rejects.toBeInstanceOf(
      InvalidArn,
    );
    await expect(sfn.send(new ListExecutionsCommand({ stateMachineArn, nextToken: "x" }))).rejects.toBeInstanceOf(
      InvalidToken,
    );
  });

  it("take any JSON text as input, and {} without one", async () => {
    const { sfn, create, settle } = createStates();
    const stateMachineArn = await create({ StartAt: "S", States: { S: { Type: "Succeed" } } });
    for (const [input, output] of [
      ["null", "null"],
      ["5", "5"],
      ['{ "a" : [1, 2] }', '{ "a" : [1, 2] }'],
      [undefined, "{}"],
    ] as const) {
      const { executionArn = "" } = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, ...(input === undefined ? {} : { input }) }),
      );
      expect(await settle(executionArn)).toMatchObject({ input: input ?? "{}", output });
    }
  });

  it("are listed in pages, newest first, by status", async () => {
    const { sfn, create, start, settle, states } = createStates({}, forever);
    const stateMachineArn = await create(machine(1));
    const names: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { name = "" } = await settle(await start(stateMachineArn));
      names.unshift(name);
    }
    const found: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, maxResults: 2, statusFilter: "SUCCEEDED", nextToken }),
      );
      found.push(...(page.executions ?? []).map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(found).toEqual(names);
    expect((await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "FAILED" }))).executions).toEqual(
      [],
    );
    await states.close();
  });

  it("give their history in pages, backwards, and without data", async () => {
    const { sfn, run } = createStates();
    const { executionArn } = await run(machine(1));
    const read = (more: object) => sfn.send(new GetExecutionHistoryCommand({ executionArn, ...more }));
    const first = await read({ maxResults: 3 });
    expect(first.events?.map(({ id }) => id)).toEqual([1, 2, 3]);
    const second = await read({ maxResults: 3, nextToken: first.nextToken });
    expect(second.events?.map(({ id }) => id)).toEqual([4]);
    expect(second.nextToken).toBeUndefined();
    expect((await read({ reverseOrder: true })).events?.map(({ id }) => id)).toEqual([4, 3, 2, 1]);
    expect((await read({ includeExecutionData: false })).events?.[1]?.stateEnteredEventDetails).toEqual({
      name: "S",
      inputDetails: { truncated: false },
    });
  });

  it("stop while they wait, work or run branches, and leave nothing behind", async () => {
    const branch = { StartAt: "I", States: { I: { Type: "Wait", Seconds: 9, End: true } } };
    const signals: AbortSignal[] = [];
    for (const state of [
      { Type: "Wait", Seconds: 9 },
      { Type: "Parallel", Branches: [branch] },
      { Type: "Map", ItemsPath: "$.l", ItemProcessor: branch },
      invoke("never", { TimeoutSeconds: 100 }),
    ]) {
      const sleep = (_milliseconds: number, signal?: AbortSignal) => {
        if (signal) signals.push(signal);
        return forever.sleep(0, signal);
      };
      const { sfn, create, start, settle, history } = createStates({ never: () => new Promise(() => {}) }, { sleep });
      const executionArn = await start(await create({ StartAt: "S", States: { S: { ...state, End: true } } }), {
        l: [1, 2],
      });
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      await sfn.send(new StopExecutionCommand({ executionArn, error: "Enough", cause: "by hand" }));
      expect(await settle(executionArn)).toMatchObject({ status: "ABORTED", error: "Enough", cause: "by hand" });
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      const last = (await history(executionArn)).at(-1);
      expect(last).toMatchObject({
        type: "ExecutionAborted",
        executionAbortedEventDetails: { error: "Enough", cause: "by hand" },
      });
    }
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it("of Express machines answer at once, and are refused to Standard ones", async () => {
    const { sfn, create } = createStates({ hi: () => "hi" });
    const express = await create({ StartAt: "S", States: { S: invoke("hi", { End: true }) } }, { type: "EXPRESS" });
    const answer = await sfn.send(new StartSyncExecutionCommand({ stateMachineArn: express, input: "{}" }));
    expect(answer).toMatchObject({ status: "SUCCEEDED", output: '"hi"', input: "{}", stateMachineArn: express });
    expect(answer.executionArn).toContain(":express:");
    const standard = await create(machine(1));
    await expect(sfn.send(new StartSyncExecutionCommand({ stateMachineArn: standard }))).rejects.toBeInstanceOf(
      StateMachineTypeNotSupported,
    );
    await expect(sfn.send(new ListExecutionsCommand({ stateMachineArn: express }))).rejects.toBeInstanceOf(
      StateMachineTypeNotSupported,
    );
  });

  it("of Express machines end after five minutes", async () => {
    const { sfn, create } = createStates();
    const express = await create(
      { StartAt: "W", States: { W: { Type: "Wait", Seconds: 3600, End: true } } },
      { type: "EXPRESS" },
    );
    expect((await sfn.send(new StartSyncExecutionCommand({ stateMachineArn: express }))).status).toBe("TIMED_OUT");
  });

  it("end when the local AWS is closed", async () => {
    const { create, start, settle, states } = createStates({}, forever);
    const arn = await create(waiting);
    const executionArn = await start(arn);
    await states.close();
    await states.close();
    expect((await settle(executionArn)).status).toBe("ABORTED");
    await expect(start(arn)).rejects.toThrow("The local AWS was closed");
  });

  it("leave no timer behind when the local AWS is closed", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const { create, start, states } = createStates({ never: () => new Promise(() => {}) }, { sleep });
    await start(await create(waiting));
    await start(await create({ TimeoutSeconds: 90, ...waiting }));
    await start(await create({ StartAt: "T", States: { T: invoke("never", { TimeoutSeconds: 90, End: true }) } }));
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(timers()).toBeGreaterThan(before);
    await states.close();
    // A timer of the test runner itself may have ended in between.
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it("run beside each other by the hundred", async () => {
    const { create, start, settle } = createStates({ echo: async (event: object) => event });
    const arn = await create({ StartAt: "S", States: { S: invoke("echo", { End: true }) } });
    const arns = await Promise.all(Array.from({ length: 200 }, (_, index) => start(arn, { index })));
    const ended = await Promise.all(arns.map((each) => settle(each)));
    expect(ended.map(({ output }) => output)).toEqual(arns.map((_, index) => JSON.stringify({ index })));
  });
});
