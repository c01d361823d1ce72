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
    expect((await history(executionArn)).map(({ type }) => type).slice(-3)).toEqual([
      "FailStateEntered",
      "ParallelStateFailed",
      "ExecutionFailed",
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

  it("keeps to MaxConcurrency", async () => {
    let running = 0;
    let most = 0;
    const { runState } = createStates({
      work: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      },
    });
    const state = { Type: "Map", MaxConcurrency: 3, ItemProcessor: branch({ W: { ...invoke("work"), End: true } }) };
    expect((await runState(state, [1, 2, 3, 4, 5, 6, 7])).output).toEqual([null, null, null, null, null, null, null]);
    expect(most).toBe(3);
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

  it("fails with the error of an iteration, or tolerates as many as it says", async () => {
    const { runState } = createStates();
    const check = {
      C: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 2, Next: "F" }], Default: "P" },
      F: { Type: "Fail", Error: "TooMuch" },
      P: { Type: "Pass", End: true },
    };
    const map = (more: object) => ({ Type: "Map", ItemProcessor: branch(check), ...more });
    expect(await runState(map({}), [1, 3])).toMatchObject({ status: "FAILED", error: "TooMuch" });
    expect((await runState(map({ ToleratedFailureCount: 1 }), [1, 3])).output).toEqual([
      1,
      { Error: "TooMuch", Cause: null },
    ]);
    expect((await runState(map({ ToleratedFailurePercentage: 50 }), [1, 3])).status).toBe("SUCCEEDED");
    expect(await runState(map({ ToleratedFailureCount: 1 }), [4, 3])).toMatchObject({
      error: "States.ExceedToleratedFailureThreshold",
    });
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
