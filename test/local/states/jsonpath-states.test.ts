import { describe, expect, it } from "vitest";
import { createStates, functionArn, invoke } from "./states-fixture.js";

const pass = (more: object = {}) => ({ Type: "Pass", ...more });
const chosen = (rule: object) => ({
  C: { Type: "Choice", Choices: [{ ...rule, Next: "Yes" }], Default: "No" },
  Yes: { Type: "Pass", Result: "yes", End: true },
  No: { Type: "Pass", Result: "no", End: true },
});

describe("data flow of JSONPath states", () => {
  const { runState, runStates } = createStates({ add: ({ a, b }: { a: number; b: number }) => ({ sum: a + b }) });

  it.each<[string, object, unknown, unknown]>([
    ["keeps the input without any field", {}, { a: 1 }, { a: 1 }],
    ["selects by InputPath", { InputPath: "$.a" }, { a: { b: 1 } }, { b: 1 }],
    ["takes {} for InputPath null", { InputPath: null }, { a: 1 }, {}],
    ["takes {} for OutputPath null", { OutputPath: null }, { a: 1 }, {}],
    ["drops the result for ResultPath null", { Result: 5, ResultPath: null }, { a: 1 }, { a: 1 }],
    ["replaces the input by Result", { Result: 5 }, { a: 1 }, 5],
    ["puts Result at ResultPath", { Result: 5, ResultPath: "$.r" }, { a: 1 }, { a: 1, r: 5 }],
    ["applies ResultPath to the raw input", { InputPath: "$.a", ResultPath: "$.r" }, { a: 1 }, { a: 1, r: 1 }],
    ["selects by OutputPath at last", { Result: 5, ResultPath: "$.r", OutputPath: "$.r" }, { a: 1 }, 5],
    ["gathers several values", { InputPath: "$.a[0,1]" }, { a: [1, 2, 3] }, [1, 2]],
    [
      "fills Parameters, however deep",
      { Parameters: { "x.$": "$.a", fixed: [{ "y.$": "$.a" }, "$.a"], "n.$": "States.MathAdd($.a, 1)" } },
      { a: 1 },
      { x: 1, fixed: [{ y: 1 }, "$.a"], n: 2 },
    ],
    [
      "makes __proto__ an ordinary member",
      { Parameters: JSON.parse('{"__proto__":{"x.$":"$.a"}}') },
      { a: 1 },
      JSON.parse('{"__proto__":{"x":1}}'),
    ],
  ])("%s", async (_what, state, input, expected) => {
    const { status, output, cause } = await runState(pass(state), input);
    expect({ status, cause }).toEqual({ status: "SUCCEEDED", cause: undefined });
    expect(output).toEqual(expected);
    expect(JSON.stringify(output)).toBe(JSON.stringify(expected));
  });

  it("goes from Parameters over ResultSelector and ResultPath to OutputPath", async () => {
    const state = {
      ...invoke("add", { OutputPath: "$.kept" }),
      InputPath: "$.numbers",
      Parameters: { FunctionName: "add", Payload: { "a.$": "$.val1", "b.$": "$.val2" } },
      ResultSelector: { "total.$": "$.Payload.sum", code: "ok" },
      ResultPath: "$.kept.result",
    };
    const { output } = await runState(state, { kept: { x: 1 }, numbers: { val1: 3, val2: 4 } });
    expect(output).toEqual({ x: 1, result: { total: 7, code: "ok" } });
  });

  it.each<[string, object, unknown, string, string]>([
    [
      "a path in Parameters",
      { Parameters: { "x.$": "$.nope" } },
      { a: 1 },
      "States.Runtime",
      "The JSONPath '$.nope' specified for the field 'x.$' could not be found in the input '{\"a\":1}'",
    ],
    [
      "InputPath",
      { InputPath: "$.nope" },
      {},
      "States.Runtime",
      "The JSONPath '$.nope' specified for the field 'InputPath'",
    ],
    [
      "a path on null",
      { InputPath: "$.a" },
      null,
      "States.Runtime",
      "Unable to apply Path transformation to null or empty input.",
    ],
    ["ResultPath", { Result: 1, ResultPath: "$.x" }, "foo", "States.ResultPathMatchFailure", "$.x"],
    [
      "an intrinsic function",
      { Parameters: { "x.$": "States.ArrayLength($.a)" } },
      { a: 1 },
      "States.IntrinsicFailure",
      "States.ArrayLength($.a)",
    ],
  ])("says which state failed for %s", async (_what, state, input, error, cause) => {
    const failed = await runState(pass(state), input);
    expect(failed).toMatchObject({ status: "FAILED", error });
    expect(failed.cause).toContain("An error occurred while executing the state 'S' (entered at the event id #2). ");
    expect(failed.cause).toContain(cause);
  });

  it("gives the context object", async () => {
    const state = pass({ Parameters: { "all.$": "$$", "name.$": "$$.State.Name" } });
    const { output, executionArn } = await runState(state, { in: 1 });
    expect(output).toMatchObject({
      name: "S",
      all: {
        Execution: { Id: executionArn, Input: { in: 1 }, RedriveCount: 0, StartTime: "2026-01-01T00:00:00.000Z" },
        StateMachine: { Name: expect.stringMatching(/^machine-/) },
        State: { Name: "S", RetryCount: 0 },
      },
    });
  });

  it("keeps variables for the states that follow, and shows them in the history", async () => {
    const { output } = await runStates({
      A: pass({ Result: { n: 2 }, Assign: { "n.$": "$.n", fixed: "x" }, ResultPath: null, Next: "B" }),
      B: pass({
        Parameters: { "n.$": "$n", "f.$": "States.Format('{}{}', $fixed, $n)" },
        Assign: { "n.$": "States.MathAdd($n, 1)" },
        ResultPath: "$.b",
        Next: "C",
      }),
      C: pass({ Parameters: { "n.$": "$n" }, ResultPath: "$.c", End: true }),
    });
    expect(output).toEqual({ b: { n: 2, f: "x2" }, c: { n: 3 } });
    const unset = await runState(pass({ Parameters: { "x.$": "$never" } }));
    expect(unset).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });
});

describe("Choice", () => {
  const { runStates } = createStates();
  const input = {
    n: 5,
    m: 5,
    s: "b",
    t: "2026-01-01T00:00:00Z",
    t2: "2026-01-01T01:00:00+01:00",
    yes: true,
    none: null,
    file: "foo*23.log",
  };

  it.each<[object, boolean]>([
    [{ Variable: "$.n", NumericEquals: 5 }, true],
    [{ Variable: "$.n", NumericEqualsPath: "$.m" }, true],
    [{ Variable: "$.n", NumericLessThan: 5 }, false],
    [{ Variable: "$.n", NumericLessThanEquals: 5 }, true],
    [{ Variable: "$.n", NumericGreaterThan: 4 }, true],
    [{ Variable: "$.n", NumericGreaterThanEqualsPath: "$.m" }, true],
    [{ Variable: "$.s", NumericEquals: 5 }, false],
    [{ Variable: "$.s", StringEquals: "b" }, true],
    [{ Variable: "$.s", StringLessThan: "c" }, true],
    [{ Variable: "$.s", StringGreaterThan: "B" }, true],
    [{ Variable: "$.n", StringEquals: "5" }, false],
    [{ Variable: "$.yes", BooleanEquals: true }, true],
    [{ Variable: "$.yes", BooleanEqualsPath: "$.yes" }, true],
    [{ Variable: "$.t", TimestampEquals: "2026-01-01T00:00:00Z" }, true],
    [{ Variable: "$.t", TimestampEqualsPath: "$.t2" }, true],
    [{ Variable: "$.t", TimestampLessThan: "2026-01-01T00:00:00.001Z" }, true],
    [{ Variable: "$.s", TimestampLessThan: "2026-01-01T00:00:00.001Z" }, false],
    [{ Variable: "$.file", StringMatches: "foo*.log" }, true],
    [{ Variable: "$.file", StringMatches: "foo\\**.log" }, true],
    [{ Variable: "$.file", StringMatches: "*.png" }, false],
    [{ Variable: "$.none", IsNull: true }, true],
    [{ Variable: "$.n", IsNull: false }, true],
    [{ Variable: "$.nope", IsPresent: false }, true],
    [{ Variable: "$.none", IsPresent: true }, true],
    [{ Variable: "$.n", IsNumeric: true }, true],
    [{ Variable: "$.s", IsString: true }, true],
    [{ Variable: "$.yes", IsBoolean: true }, true],
    [{ Variable: "$.t", IsTimestamp: true }, true],
    [{ Variable: "$.s", IsTimestamp: true }, false],
    [{ Not: { Variable: "$.n", NumericEquals: 5 } }, false],
    [
      {
        And: [
          { Variable: "$.n", IsPresent: true },
          { Variable: "$.n", NumericLessThan: 9 },
        ],
      },
      true,
    ],
    [
      {
        And: [
          { Variable: "$.x", IsPresent: true },
          { Variable: "$.x", NumericLessThan: 9 },
        ],
      },
      false,
    ],
    [{ Or: [{ Variable: "$.n", NumericEquals: 1 }, { Not: { Variable: "$.s", StringEquals: "z" } }] }, true],
    [{ Variable: "$$.State.Name", StringEquals: "C" }, true],
  ])("%j", async (rule, expected) => {
    expect(await runStates(chosen(rule), input)).toMatchObject({
      status: "SUCCEEDED",
      output: expected ? "yes" : "no",
    });
  });

  it("fails when a path leads nowhere, and when no rule matches", async () => {
    expect(await runStates(chosen({ Variable: "$.nope", NumericEquals: 1 }))).toMatchObject({
      error: "States.Runtime",
      cause: expect.stringContaining("Invalid path '$.nope'"),
    });
    const states = {
      C: { Type: "Choice", Choices: [{ Variable: "$.n", NumericEquals: 1, Next: "E" }] },
      E: { Type: "Succeed" },
    };
    expect(await runStates(states, { n: 2 })).toMatchObject({ status: "FAILED", error: "States.NoChoiceMatched" });
  });

  it("takes the first rule that holds, with its own Assign", async () => {
    const states = {
      C: {
        Type: "Choice",
        Choices: [
          { Variable: "$.n", NumericGreaterThan: 9, Next: "E" },
          { Variable: "$.n", NumericGreaterThan: 1, Assign: { "from.$": "$.n" }, Next: "E" },
          { Variable: "$.n", NumericGreaterThan: 1, Assign: { from: "third" }, Next: "E" },
        ],
        Assign: { from: "state", always: true },
      },
      E: { Type: "Pass", Parameters: { "from.$": "$from", "always.$": "$always" }, End: true },
    };
    expect((await runStates(states, { n: 5 })).output).toEqual({ from: 5, always: true });
  });
});

describe("Wait, Succeed and Fail", () => {
  it.each<[object, unknown, number]>([
    [{ Seconds: 10 }, {}, 10_000],
    [{ SecondsPath: "$.s" }, { s: 3 }, 3000],
    [{ Timestamp: "2026-01-01T00:01:00Z" }, {}, 60_000],
    [{ TimestampPath: "$.t" }, { t: "2026-01-01T00:00:02.5Z" }, 2500],
    [{ Timestamp: "2020-01-01T00:00:00Z" }, {}, 0],
    [{ QueryLanguage: "JSONata", Seconds: "{% $states.input.s + 1 %}" }, { s: 3 }, 4000],
    [{ QueryLanguage: "JSONata", Timestamp: "{% $states.input.t %}" }, { t: "2026-01-01T00:00:01Z" }, 1000],
  ])("waits for %j", async (state, input, expected) => {
    const { runState, clock } = createStates();
    const start = clock.now().getTime();
    expect(await runState({ Type: "Wait", ...state }, input)).toMatchObject({ status: "SUCCEEDED", output: input });
    expect(clock.now().getTime() - start).toBe(expected);
  });

  it("waits longer than one timer can run", async () => {
    const { runState, clock } = createStates();
    await runState({ Type: "Wait", Seconds: 99_999_999 });
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(2_147_483_647);
    expect(clock.slept.reduce((sum, each) => sum + each, 0)).toBe(99_999_999_000);
  });

  it.each<[object, unknown, string]>([
    [{ SecondsPath: "$.s" }, { s: "3" }, "The SecondsPath parameter does not reference an integer value"],
    [{ SecondsPath: "$.s" }, { s: -1 }, "The SecondsPath parameter"],
    [{ TimestampPath: "$.t" }, { t: "soon" }, "The TimestampPath parameter does not reference a valid ISO-8601"],
  ])("refuses to wait for %j of %j", async (state, input, cause) => {
    const { runState } = createStates();
    const failed = await runState({ Type: "Wait", ...state }, input);
    expect(failed).toMatchObject({ error: "States.Runtime", cause: expect.stringContaining(cause) });
  });

  it("ends with what Succeed selects", async () => {
    const { runState } = createStates();
    expect((await runState({ Type: "Succeed", OutputPath: "$.a" }, { a: 1 })).output).toBe(1);
  });

  it.each<[object, string | undefined, string | undefined]>([
    [{ Error: "E", Cause: "C" }, "E", "C"],
    [{ ErrorPath: "$.e", CausePath: "States.Format('because {}', $.c)" }, "given", "because it"],
    [{}, undefined, undefined],
    [{ QueryLanguage: "JSONata", Error: "{% $states.input.e & '!' %}", Cause: "plain" }, "given!", "plain"],
  ])("fails with %j", async (state, error, cause) => {
    const { runState } = createStates();
    expect(await runState({ Type: "Fail", ...state }, { e: "given", c: "it" })).toMatchObject({
      status: "FAILED",
      error,
      cause,
    });
  });
});

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

describe("Task", () => {
  it("answers with the wrapper of the Lambda API", async () => {
    const { runState } = createStates({ hi: (event: object) => ({ event }) });
    const task = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: "hi" } };
    expect((await runState(task, { x: 1 })).output).toMatchObject({
      ExecutedVersion: "$LATEST",
      Payload: { event: {} },
      StatusCode: 200,
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  it("fails with Lambda.ResourceNotFoundException for a function that is not there", async () => {
    const { runState } = createStates();
    expect(await runState(invoke("nobody"))).toMatchObject({
      status: "FAILED",
      error: "Lambda.ResourceNotFoundException",
      cause: expect.stringContaining(functionArn("nobody")),
    });
  });

  it("takes the result as JSON, as Lambda does", async () => {
    const { runState } = createStates({
      odd: () => ({ date: new Date(0), bytes: new Uint8Array([1]), none: undefined, nan: Number.NaN }),
    });
    expect((await runState(invoke("odd"))).output).toEqual({
      date: "1970-01-01T00:00:00.000Z",
      bytes: { 0: 1 },
      nan: null,
    });
  });

  it("times out after TimeoutSeconds, also with TimeoutSecondsPath", async () => {
    for (const limit of [{ TimeoutSeconds: 5 }, { TimeoutSecondsPath: "$.limit" }]) {
      const { runState, history } = createStates({ never: () => new Promise(() => {}) });
      const { executionArn, ...ended } = await runState(invoke("never", limit), { limit: 5 });
      expect(ended).toMatchObject({ status: "FAILED", error: "States.Timeout" });
      const events = await history(executionArn);
      expect(events.map(({ type }) => type).slice(-2)).toEqual(["TaskTimedOut", "ExecutionFailed"]);
      expect(events[2]?.taskScheduledEventDetails?.timeoutInSeconds).toBe(5);
    }
  });
});
