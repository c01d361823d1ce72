import { describe, expect, it } from "vitest";
import { createStates, functionArn, invoke } from "./states-fixture.js";

const pass = (more: object = {}) => ({ Type: "Pass", ...more });

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
      "Invalid path '$.nope' : No results for path: $['nope']",
    ],
    [
      "a step before the last of OutputPath",
      { OutputPath: "$.no.such[0]" },
      {},
      "States.Runtime",
      "Invalid path '$.no.such[0]' : Missing property in path $['no']",
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
        State: { Name: "S", EnteredTime: "2026-01-01T00:00:00.000Z" },
      },
    });
  });

  it("gives nothing of what is missing where a path of a template may yield several values", async () => {
    const paths = { "all.$": "$.items[*]", "some.$": "$.a.items[1:].v", "count.$": "States.ArrayLength($.items[*])" };
    const { output } = await runState(pass({ Parameters: paths }), {});
    expect(output).toEqual({ all: [], some: [], count: 0 });
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
