import { describe, expect, it } from "vitest";
import { createStates, functionArn } from "./states-fixture.js";

const TOP = { QueryLanguage: "JSONata" };
const thrown = (name: string) => Object.assign(new Error("broken"), { name });
const task = (name: string, more: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Arguments: { FunctionName: functionArn(name), Payload: "{% $states.input %}" },
  Output: "{% $states.result.Payload %}",
  ...more,
});

describe("JSONata states", () => {
  const { runState, runStates, history } = createStates({
    add: ({ a, b }: { a: number; b: number }) => ({ sum: a + b }),
    fail: () => {
      throw thrown("E");
    },
  });

  it.each<[string, unknown, unknown, unknown]>([
    ["a text", "{% $states.input.name & '!' %}", { name: "x" }, "x!"],
    [
      "an object with parts",
      { a: "{% $states.input.n * 2 %}", b: ["{% $count($states.input.l) %}", "plain"] },
      { n: 2, l: [1, 2] },
      { a: 4, b: [2, "plain"] },
    ],
    ["a plain value", { fixed: 1 }, {}, { fixed: 1 }],
    ["text that is no expression as a whole", "see {% $states.input %}", {}, "see {% $states.input %}"],
    [
      "a single match of a filter as an object",
      "{% $states.input.l[id = 2] %}",
      { l: [{ id: 1 }, { id: 2 }] },
      { id: 2 },
    ],
    ["several matches as an array", "{% $states.input.l[id > 0].id %}", { l: [{ id: 1 }, { id: 2 }] }, [1, 2]],
    ["null", "{% $states.input.none %}", { none: null }, null],
    ["the context object", "{% $states.context.State.Name %}", {}, "S"],
    ["$partition", "{% $partition($states.input, 2) %}", [1, 2, 3], [[1, 2], [3]]],
    ["$range", "{% $range(0, 9, 3) %}", {}, [0, 3, 6, 9]],
    ["$hash", "{% $hash('input data', 'SHA-1') %}", {}, "aaff4a450a104cd177d28d18d74485e8cae074b7"],
    ["$random", "{% $random() %}", {}, 0.5],
    ["$parse", "{% $parse($states.input.t).a %}", { t: '{"a":1}' }, 1],
    ["__proto__ as an ordinary member", JSON.parse('{"__proto__":"{% 1 %}"}'), {}, JSON.parse('{"__proto__":1}')],
  ])("gives %s", async (_what, Output, input, expected) => {
    const { output, cause } = await runState({ Type: "Pass", Output }, input, TOP);
    expect(cause).toBeUndefined();
    expect(JSON.stringify(output)).toBe(JSON.stringify(expected));
  });

  it("gives the same number for the same seed, and a UUID", async () => {
    const Output = { same: "{% $random(4) = $random(4) %}", uuid: "{% $uuid() %}" };
    expect((await runState({ Type: "Pass", Output }, {}, TOP)).output).toEqual({
      same: true,
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each<[string, unknown, string]>([
    [
      "nothing",
      { v: "{% $states.input.missing %}" },
      "The JSONata expression '$states.input.missing' specified for the field 'Output/v' returned nothing (undefined).",
    ],
    [
      "nothing in an array",
      { v: ["{% $states.input.missing %}"] },
      "specified for the field 'Output/v[0]' returned nothing (undefined).",
    ],
    ["an error", "{% $abs('x') %}", "specified for the field 'Output' threw an error during evaluation. T0410: "],
    ["a function", "{% function($x) { $x } %}", "returned an unsupported result type."],
    ["$eval", "{% $eval('1') %}", "threw an error during evaluation"],
    ["the result before there is one", "{% $states.result %}", "returned nothing"],
    ["an unknown variable", "{% $nope %}", "returned nothing"],
    [
      "endless recursion",
      "{% ($f := function($x) { $f($x + 1) + 1 }; $f(0)) %}",
      "threw an error during evaluation. D1011",
    ],
  ])("fails with States.QueryEvaluationError for %s", async (_what, Output, cause) => {
    const { executionArn, ...failed } = await runState({ Type: "Pass", Output }, {}, TOP);
    expect(failed).toMatchObject({
      status: "FAILED",
      error: "States.QueryEvaluationError",
      cause: expect.stringContaining(cause),
    });
    expect(failed.cause).toContain("An error occurred while executing the state 'S' (entered at the event id #2). ");
    const [evaluation, end] = (await history(executionArn)).slice(-2);
    expect(evaluation).toMatchObject({
      type: "EvaluationFailed",
      evaluationFailedEventDetails: {
        error: "States.QueryEvaluationError",
        state: "S",
        location: expect.stringMatching(/^Output/),
      },
    });
    expect(end?.type).toBe("ExecutionFailed");
  });

  it("hands Arguments to the task and makes Output of its result", async () => {
    const state = task("add", {
      Arguments: { FunctionName: "add", Payload: { a: "{% $states.input.x %}", b: 2 } },
      Output: { total: "{% $states.result.Payload.sum %}", from: "{% $states.input.x %}" },
    });
    expect((await runState(state, { x: 1 }, TOP)).output).toEqual({ total: 3, from: 1 });
  });

  it("shows variables from the next state on", async () => {
    const { output, cause } = await runStates(
      {
        A: { Type: "Pass", Assign: { n: "{% $states.input.n %}", o: { fixed: true } }, Next: "B" },
        B: { Type: "Pass", Assign: { n: "{% $n + 1 %}" }, Output: "{% $n %}", Next: "C" },
        C: { Type: "Pass", Output: { before: "{% $states.input %}", now: "{% $n %}", o: "{% $o.fixed %}" }, End: true },
      },
      { n: 1 },
      TOP,
    );
    expect(cause).toBeUndefined();
    expect(output).toEqual({ before: 1, now: 2, o: true });
  });

  it("chooses by Condition, with the Output and Assign of the rule", async () => {
    const states = {
      C: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $states.input.n > 9 %}", Next: "E" },
          {
            Condition: "{% $states.input.n > 1 %}",
            Output: "{% $states.input.n %}",
            Assign: { v: "second" },
            Next: "E",
          },
        ],
        Default: "D",
        Output: "default",
      },
      E: { Type: "Pass", Output: "{% [$states.input, $v] %}", End: true },
      D: { Type: "Succeed", Output: "{% $states.input & '!' %}" },
    };
    expect((await runStates(states, { n: 5 }, TOP)).output).toEqual([5, "second"]);
    expect((await runStates(states, { n: 0 }, TOP)).output).toBe("default!");
    const wrong = { ...states, C: { ...states.C, Choices: [{ Condition: "{% 'yes' %}", Next: "E" }] } };
    expect(await runStates(wrong, {}, TOP)).toMatchObject({
      error: "States.QueryEvaluationError",
      cause: expect.stringContaining(
        "returned an unexpected result type. Expected 'boolean', but was 'string' for value: \"yes\"",
      ),
    });
  });

  it("catches with Output and Assign, and tells the error", async () => {
    const states = {
      T: task("fail", {
        Catch: [
          {
            ErrorEquals: ["E"],
            Assign: { name: "{% $states.errorOutput.Error %}" },
            Output: { in: "{% $states.input %}", cause: "{% $parse($states.errorOutput.Cause).errorMessage %}" },
            Next: "H",
          },
        ],
        End: true,
      }),
      H: { Type: "Pass", Output: { got: "{% $states.input %}", name: "{% $name %}" }, End: true },
    };
    expect((await runStates(states, { n: 1 }, TOP)).output).toEqual({
      got: { in: { n: 1 }, cause: "broken" },
      name: "E",
    });
  });

  it("catches an error of an expression", async () => {
    const states = {
      T: task("add", {
        Output: "{% $states.result.Nope %}",
        Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Next: "H" }],
        End: true,
      }),
      H: { Type: "Pass", Output: "{% $states.input.Error %}", End: true },
    };
    expect((await runStates(states, { a: 1, b: 1 }, TOP)).output).toBe("States.QueryEvaluationError");
  });

  it("maps over Items with ItemSelector, and runs branches", async () => {
    const block = (name: string, more: object) => ({
      StartAt: name,
      States: { [name]: { Type: "Pass", End: true, ...more } },
    });
    const map = {
      Type: "Map",
      Items: "{% $states.input.list %}",
      ItemSelector: {
        v: "{% $states.context.Map.Item.Value %}",
        i: "{% $states.context.Map.Item.Index %}",
        k: "{% $states.input.k %}",
      },
      MaxConcurrency: "{% $states.input.limit %}",
      ItemProcessor: block("I", {}),
      Output: "{% $states.result %}",
    };
    const input = { list: ["x", "y"], k: 9, limit: 1 };
    expect((await runState(map, input, TOP)).output).toEqual([
      { v: "x", i: 0, k: 9 },
      { v: "y", i: 1, k: 9 },
    ]);
    expect(await runState({ ...map, Items: "{% $states.input.k %}" }, input, TOP)).toMatchObject({
      error: "States.QueryEvaluationError",
      cause: expect.stringContaining("Expected 'array'"),
    });
    const parallel = {
      Type: "Parallel",
      Arguments: { n: "{% $states.input.k %}" },
      Branches: [block("A", { Output: "{% $states.input.n %}" }), block("B", { Output: 2 })],
    };
    expect((await runState(parallel, input, TOP)).output).toEqual([9, 2]);
  });

  it("may stand as one state among JSONPath states", async () => {
    const { output } = await runStates(
      {
        A: {
          Type: "Pass",
          QueryLanguage: "JSONata",
          Output: { n: "{% $states.input.n + 1 %}" },
          Assign: { v: "{% 5 %}" },
          Next: "B",
        },
        B: { Type: "Pass", Parameters: { "n.$": "$.n", "v.$": "$v" }, End: true },
      },
      { n: 1 },
    );
    expect(output).toEqual({ n: 2, v: 5 });
  });

  it("limits a task by an expression", async () => {
    const { runState: run } = createStates({ never: () => new Promise(() => {}) });
    expect(await run(task("never", { TimeoutSeconds: "{% $states.input.t %}" }), { t: 3 }, TOP)).toMatchObject({
      error: "States.Timeout",
    });
    expect(await run(task("never", { TimeoutSeconds: "{% 'x' %}" }), {}, TOP)).toMatchObject({
      error: "States.QueryEvaluationError",
    });
  });
});
