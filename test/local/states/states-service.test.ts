import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidArn,
  InvalidDefinition,
  InvalidExecutionInput,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  MissingRequiredParameter,
  ResourceNotFound,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StateMachineAlreadyExists,
  StateMachineDoesNotExist,
  StateMachineTypeNotSupported,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates, invoke, ROLE_ARN } from "./states-fixture.js";

const machine = (result: unknown) => ({ StartAt: "S", States: { S: { Type: "Pass", Result: result, End: true } } });
const waiting = { StartAt: "W", States: { W: { Type: "Wait", Seconds: 60, End: true } } };
const forever = {
  sleep: (_milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true }),
    ),
};

describe("state machines", () => {
  it("are made, described, listed, changed and deleted", async () => {
    const { sfn, create } = createStates();
    const arn = await create(machine(1), { name: "first" });
    expect(arn).toBe("arn:aws:states:us-east-1:123456789012:stateMachine:first");
    await create(machine(2), { name: "second", type: "EXPRESS" });
    expect(await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).toMatchObject({
      name: "first",
      status: "ACTIVE",
      type: "STANDARD",
      roleArn: ROLE_ARN,
      definition: JSON.stringify(machine(1)),
      creationDate: new Date("2026-01-01T00:00:00Z"),
      loggingConfiguration: { level: "OFF" },
    });
    const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name, type }) => [name, type])).toEqual([
      ["second", "EXPRESS"],
      ["first", "STANDARD"],
    ]);
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition: JSON.stringify(machine(3)) }));
    expect((await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).definition).toBe(
      JSON.stringify(machine(3)),
    );
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn: arn }));
    await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))).rejects.toBeInstanceOf(
      StateMachineDoesNotExist,
    );
  });

  it("stay as they are when the same is made again, and refuse another under the name", async () => {
    const { sfn, create } = createStates();
    const arn = await create(machine(1), { name: "m" });
    expect(await create(machine(1), { name: "m" })).toBe(arn);
    const other = new CreateStateMachineCommand({
      name: "m",
      roleArn: ROLE_ARN,
      definition: JSON.stringify(machine(2)),
    });
    await expect(sfn.send(other)).rejects.toBeInstanceOf(StateMachineAlreadyExists);
  });

  it("are refused with AWS's exceptions", async () => {
    const { sfn, create } = createStates();
    const make = (more: object) =>
      sfn.send(
        new CreateStateMachineCommand({
          name: "m",
          roleArn: ROLE_ARN,
          definition: JSON.stringify(machine(1)),
          ...more,
        }),
      );
    await expect(make({ name: "a b" })).rejects.toBeInstanceOf(InvalidName);
    await expect(make({ name: "a/b" })).rejects.toThrow("Invalid Name: 'a/b'");
    await expect(make({ name: "x".repeat(81) })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringMatching(
        /^1 validation error detected: Value 'x+' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80$/,
      ),
    });
    await expect(make({ roleArn: "role" })).rejects.toBeInstanceOf(InvalidArn);
    await expect(make({ definition: "{" })).rejects.toBeInstanceOf(InvalidDefinition);
    const unknown = {
      StartAt: "S",
      States: { S: { Type: "Task", Resource: "arn:aws:states:::sns:publish", End: true } },
    };
    await expect(create(unknown)).rejects.toThrow(
      "Invalid State Machine Definition: 'INVALID_RESOURCE: The local AWS cannot run the resource 'arn:aws:states:::sns:publish'. Nothing was sent to AWS. at /States/S/Resource'",
    );
    await expect(make({ publish: true })).rejects.toMatchObject({ code: "LOCAL_OPERATION_UNSUPPORTED" });
    const arn = await create(machine(1));
    await expect(sfn.send(new UpdateStateMachineCommand({ stateMachineArn: arn }))).rejects.toBeInstanceOf(
      MissingRequiredParameter,
    );
    await expect(sfn.send(new DescribeStateMachineCommand({ stateMachineArn: "nonsense" }))).rejects.toBeInstanceOf(
      InvalidArn,
    );
  });

  it("have tags", async () => {
    const { sfn, create } = createStates();
    const resourceArn = await create(machine(1));
    await sfn.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: "a", value: "1" },
          { key: "b", value: "2" },
        ],
      }),
    );
    await sfn.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    expect((await sfn.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: "b", value: "2" }]);
    await expect(sfn.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` }))).rejects.toBeInstanceOf(
      ResourceNotFound,
    );
  });

  it("are checked without being made", async () => {
    const { sfn } = createStates();
    const check = (definition: string) => sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(await check(JSON.stringify(machine(1)))).toMatchObject({ result: "OK", diagnostics: [] });
    expect(await check('{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}')).toMatchObject({
      result: "FAIL",
      diagnostics: expect.arrayContaining([
        {
          severity: "ERROR",
          code: "MISSING_TRANSITION_TARGET",
          location: "/States/A/Next",
          message: "There is no state 'B'.",
        },
      ]),
    });
  });
});

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
      [' { "a" : 1 } ', '{"a":1}'],
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

  it("run beside each other by the hundred", async () => {
    const { create, start, settle } = createStates({ echo: async (event: object) => event });
    const arn = await create({ StartAt: "S", States: { S: invoke("echo", { End: true }) } });
    const arns = await Promise.all(Array.from({ length: 200 }, (_, index) => start(arn, { index })));
    const ended = await Promise.all(arns.map((each) => settle(each)));
    expect(ended.map(({ output }) => output)).toEqual(arns.map((_, index) => JSON.stringify({ index })));
  });
});

it("names an operation that it does not have", async () => {
  const { sfn } = createStates();
  await expect(sfn.send(new CreateActivityCommand({ name: "a" }))).rejects.toMatchObject({
    code: "LOCAL_OPERATION_UNSUPPORTED",
    details: { service: "states", operation: "CreateActivity" },
  });
});
