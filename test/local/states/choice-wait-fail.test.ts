import { describe, expect, it } from "vitest";
import { createStates } from "./states-fixture.js";

const chosen = (rule: object) => ({
  C: { Type: "Choice", Choices: [{ ...rule, Next: "Yes" }], Default: "No" },
  Yes: { Type: "Pass", Result: "yes", End: true },
  No: { Type: "Pass", Result: "no", End: true },
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
    [{ SecondsPath: "$.s" }, { s: "3" }, "The SecondsPath parameter cannot be parsed as a long value: $.s == 3"],
    [{ SecondsPath: "$.s" }, { s: 1.5 }, "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"],
    [{ SecondsPath: "$.s" }, { s: -1 }, "The SecondsPath parameter references a negative value: $.s == -1"],
    [{ SecondsPath: "$.s" }, {}, "The SecondsPath parameter does not reference an input value: $.s"],
    [{ TimestampPath: "$.t" }, { t: "2100-01-01T00:00:00Z" }, "Wait state delay is too long."],
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
