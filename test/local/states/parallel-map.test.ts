import { describe, expect, it } from "vitest";
import { createStates, invoke } from "./states-fixture.js";

describe("Parallel and Map", () => {
  const branch = (states: object) => ({ StartAt: Object.keys(states)[0], States: states });

  it("gives every branch the input and returns the outputs in order", async () => {
    const { runState } = createStates({ slow: async (event: object) => ({ ...event, slow: true }) });
    const state = {
      Type: "Parallel",
      Parameters: { "n.$": "$.n" },
      Branches: [
        branch({ A: { ...invoke("slow"), End: true } }),
        branch({ B: { Type: "Pass", Result: 2, End: true } }),
      ],
      ResultSelector: { "first.$": "$[0]", "second.$": "$[1]" },
    };
    expect((await runState(state, { n: 1 })).output).toEqual({ first: { n: 1, slow: true }, second: 2 });
  });

  it("ends the other branches when one fails", async () => {
    const { runState, history, clock } = createStates();
    const state = {
      Type: "Parallel",
      Branches: [
        branch({ W: { Type: "Wait", Seconds: 1000, End: true } }),
        branch({ F: { Type: "Fail", Error: "Broken", Cause: "on purpose" } }),
      ],
    };
    const { executionArn, ...ended } = await runState(state);
    expect(ended).toMatchObject({ status: "FAILED", error: "Broken", cause: "on purpose" });
    const events = (await history(executionArn)).slice(-4);
    expect(events.map(({ id, previousEventId, type }) => `${id} < ${previousEventId} ${type}`)).toEqual([
      "5 < 3 FailStateEntered",
      "6 < 5 WaitStateAborted",
      "7 < 5 ParallelStateFailed",
      "8 < 7 ExecutionFailed",
    ]);
    expect(clock.sleeping()).toBe(0);
  });

  it.each(["ItemProcessor", "Iterator"])("runs %s for each item, with ItemsPath and ItemSelector", async (field) => {
    const { runState } = createStates();
    const state = {
      Type: "Map",
      ItemsPath: "$.list",
      [field === "Iterator" ? "Parameters" : "ItemSelector"]: {
        "index.$": "$$.Map.Item.Index",
        "value.$": "$$.Map.Item.Value",
        "base.$": "$.base",
      },
      MaxConcurrency: 1,
      [field]: branch({ P: { Type: "Pass", End: true } }),
      ResultPath: "$.out",
    };
    const { output, cause } = await runState(state, { base: "b", list: ["x", "y"] });
    expect(cause).toBeUndefined();
    expect(output).toEqual({
      base: "b",
      list: ["x", "y"],
      out: [
        { index: 0, value: "x", base: "b" },
        { index: 1, value: "y", base: "b" },
      ],
    });
  });

  it.each<[object, number]>([
    [{ MaxConcurrency: 3 }, 3],
    [{}, 40],
    [{ MaxConcurrency: 0 }, 40],
    [{ MaxConcurrency: 50 }, 40],
  ])("runs with %j no more than %i iterations at once", async (fields, limit) => {
    let running = 0;
    let most = 0;
    const { runState } = createStates({
      work: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      },
    });
    const state = { Type: "Map", ItemProcessor: branch({ W: { ...invoke("work"), End: true } }), ...fields };
    const items = Array.from({ length: 60 }, () => 1);
    expect((await runState(state, items)).output).toEqual(items.map(() => null));
    expect(most).toBe(limit);
  });

  it("needs an array, and takes an empty one", async () => {
    const { runState } = createStates();
    const state = { Type: "Map", ItemsPath: "$.l", ItemProcessor: branch({ P: { Type: "Pass", End: true } }) };
    expect((await runState(state, { l: [] })).output).toEqual([]);
    expect(await runState(state, { l: {} })).toMatchObject({
      error: "States.Runtime",
      cause: expect.stringContaining('Reference path "$.l" must point to array'),
    });
  });

  it("fails with the error of an iteration, and notes which iterations it ended", async () => {
    const { runState, history, clock } = createStates();
    const check = {
      C: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 2, Next: "F" }], Default: "W" },
      F: { Type: "Fail", Error: "TooMuch" },
      W: { Type: "Wait", Seconds: 1000, End: true },
    };
    const { executionArn, ...ended } = await runState({ Type: "Map", ItemProcessor: branch(check) }, [1, 3]);
    expect(ended).toMatchObject({ status: "FAILED", error: "TooMuch" });
    const events = (await history(executionArn)).slice(-6);
    const cause = events[0]?.id;
    expect(events.map(({ type, previousEventId }) => [type, previousEventId]).slice(1)).toEqual([
      ["MapIterationFailed", cause],
      ["MapIterationAborted", cause],
      ["WaitStateAborted", cause],
      ["MapStateFailed", cause],
      ["ExecutionFailed", events[4]?.id],
    ]);
    expect(events[1]?.mapIterationFailedEventDetails).toEqual({ name: "S", index: 1 });
    expect(events[2]?.mapIterationAbortedEventDetails).toEqual({ name: "S", index: 0 });
    expect(clock.sleeping()).toBe(0);
  });

  it("lets an iteration that had to wait follow the one that made room for it", async () => {
    const { runState, history } = createStates();
    const state = { Type: "Map", MaxConcurrency: 1, ItemProcessor: branch({ P: { Type: "Pass", End: true } }) };
    const { executionArn } = await runState(state, [1, 2]);
    const events = await history(executionArn);
    expect(events.map(({ id, previousEventId, type }) => `${id} < ${previousEventId} ${type}`).slice(3)).toEqual([
      "4 < 3 MapIterationStarted",
      "5 < 4 PassStateEntered",
      "6 < 5 PassStateExited",
      "7 < 6 MapIterationSucceeded",
      "8 < 6 MapIterationStarted",
      "9 < 8 PassStateEntered",
      "10 < 9 PassStateExited",
      "11 < 10 MapIterationSucceeded",
      "12 < 11 MapStateSucceeded",
      "13 < 11 MapStateExited",
      "14 < 13 ExecutionSucceeded",
    ]);
  });

  it.each(["Map", "Parallel"])("says that a %s failed when no retrier takes it up any more", async (type) => {
    const { runState, history } = createStates();
    const block = branch({ F: { Type: "Fail", Error: "No" } });
    const body = type === "Map" ? { ItemProcessor: block } : { Branches: [block] };
    const retry = { Retry: [{ ErrorEquals: ["No"], MaxAttempts: 1 }] };
    const { executionArn } = await runState({ Type: type, ...body, ...retry }, [1]);
    const types = (await history(executionArn)).map((event) => event.type);
    expect(types.filter((each) => each === `${type}StateStarted`)).toHaveLength(2);
    expect(types.filter((each) => each === `${type}StateFailed`)).toHaveLength(1);
  });

  it("ends the execution at once on an error that nothing can catch", async () => {
    const { runState, history } = createStates();
    const state = {
      Type: "Map",
      ItemProcessor: branch({ P: { Type: "Pass", Parameters: { "x.$": "$.missing" }, End: true } }),
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "S" }],
      Retry: [{ ErrorEquals: ["States.ALL"] }],
    };
    const { executionArn, error } = await runState(state, [{}]);
    expect(error).toBe("States.Runtime");
    expect((await history(executionArn)).map(({ type }) => type).slice(-3)).toEqual([
      "MapIterationStarted",
      "PassStateEntered",
      "ExecutionFailed",
    ]);
  });

  it("links the exit of a Map and of a Parallel to what ran in it", async () => {
    const { runStates, history } = createStates();
    const pass = (name: string) => branch({ [name]: { Type: "Pass", End: true } });
    const { executionArn } = await runStates(
      {
        M: { Type: "Map", ItemProcessor: pass("A"), Next: "P" },
        P: { Type: "Parallel", Branches: [pass("B")], End: true },
      },
      [1],
    );
    const events = await history(executionArn);
    const chain = events.map(({ id, previousEventId, type }) => `${id} < ${previousEventId} ${type}`);
    expect(chain.slice(3, 9)).toEqual([
      "4 < 3 MapIterationStarted",
      "5 < 4 PassStateEntered",
      "6 < 5 PassStateExited",
      "7 < 6 MapIterationSucceeded",
      "8 < 7 MapStateSucceeded",
      "9 < 7 MapStateExited",
    ]);
    expect(chain.slice(-3)).toEqual([
      "14 < 13 ParallelStateSucceeded",
      "15 < 13 ParallelStateExited",
      "16 < 15 ExecutionSucceeded",
    ]);
  });

  it("lets inner states read outer variables, and keeps their own inside", async () => {
    const { runStates } = createStates();
    const { output, cause } = await runStates(
      {
        A: { Type: "Pass", Assign: { outer: 1 }, Next: "M" },
        M: {
          Type: "Map",
          ItemsPath: "$.list",
          ItemProcessor: branch({
            In: { Type: "Pass", Assign: { "inner.$": "$" }, Next: "Out" },
            Out: { Type: "Pass", Parameters: { "inner.$": "$inner", "outer.$": "$outer" }, End: true },
          }),
          ResultPath: "$.m",
          Next: "Z",
        },
        Z: { Type: "Pass", Parameters: { "m.$": "$.m", "outer.$": "$outer" }, End: true },
      },
      { list: [7, 8] },
    );
    expect(cause).toBeUndefined();
    expect(output).toEqual({
      m: [
        { inner: 7, outer: 1 },
        { inner: 8, outer: 1 },
      ],
      outer: 1,
    });
  });
});
