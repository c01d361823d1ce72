import { describe, expect, it } from "vitest";
import { matchesError } from "../../../src/local/states/state-failure.js";
import { createStates, invoke } from "./states-fixture.js";

const thrown = (name: string, message = "broken") => Object.assign(new Error(message), { name });

/** A function that fails with each of these in turn, then succeeds. */
function failing(...names: readonly string[]) {
  let calls = 0;
  const handler = () => {
    const name = names[calls++];
    if (name !== undefined) throw thrown(name);
    return "done";
  };
  return { handler, calls: () => calls };
}

describe("error names", () => {
  it.each<[readonly string[], string, boolean]>([
    [["States.ALL"], "Anything", true],
    [["States.ALL"], "States.Timeout", true],
    [["States.ALL"], "States.DataLimitExceeded", false],
    [["States.ALL"], "States.Runtime", false],
    [["States.TaskFailed"], "Anything", true],
    [["States.TaskFailed"], "States.Timeout", false],
    [["States.TaskFailed"], "States.DataLimitExceeded", false],
    [["States.DataLimitExceeded"], "States.DataLimitExceeded", true],
    [["States.Runtime"], "States.Runtime", false],
    [["A", "B"], "B", true],
    [["A"], "AB", false],
  ])("%j is for %s: %s", (names, error, expected) => {
    expect(matchesError(names, error)).toBe(expected);
  });
});

describe("Retry", () => {
  it("waits longer from attempt to attempt, up to MaxDelaySeconds", async () => {
    const { handler, calls } = failing("E", "E", "E", "E");
    const { runState, clock } = createStates({ f: handler });
    const retry = [{ ErrorEquals: ["E"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 20 }];
    expect((await runState(invoke("f", { Retry: retry }))).output).toBe("done");
    expect(clock.slept).toEqual([2000, 6000, 18_000, 20_000]);
    expect(calls()).toBe(5);
  });

  it("has the defaults 1 second, rate 2 and 3 attempts, then fails", async () => {
    const { handler, calls } = failing("E", "E", "E", "E", "E");
    const { runState, clock } = createStates({ f: handler });
    expect(await runState(invoke("f", { Retry: [{ ErrorEquals: ["States.ALL"] }] }))).toMatchObject({
      status: "FAILED",
      error: "E",
    });
    expect(clock.slept).toEqual([1000, 2000, 4000]);
    expect(calls()).toBe(4);
  });

  it("draws each pause with JitterStrategy FULL", async () => {
    const { handler } = failing("E", "E");
    const { runState, clock } = createStates({ f: handler }, { random: () => 0.25 });
    await runState(invoke("f", { Retry: [{ ErrorEquals: ["E"], IntervalSeconds: 4, JitterStrategy: "FULL" }] }));
    expect(clock.slept).toEqual([1000, 2000]);
  });

  it("takes the first entry that is for the error, and counts each entry by itself", async () => {
    const { handler } = failing("A", "B", "A", "B");
    const { runState, clock } = createStates({ f: handler });
    const retry = [
      { ErrorEquals: ["A"], IntervalSeconds: 10 },
      { ErrorEquals: ["B"], IntervalSeconds: 1, MaxAttempts: 2 },
      { ErrorEquals: ["States.ALL"], IntervalSeconds: 99 },
    ];
    expect((await runState(invoke("f", { Retry: retry }))).status).toBe("SUCCEEDED");
    expect(clock.slept).toEqual([10_000, 1000, 20_000, 2000]);
  });

  it("does not try again with MaxAttempts 0", async () => {
    const { handler, calls } = failing("E");
    const { runState } = createStates({ f: handler });
    const retry = [{ ErrorEquals: ["E"], MaxAttempts: 0 }, { ErrorEquals: ["States.ALL"] }];
    expect((await runState(invoke("f", { Retry: retry }))).status).toBe("FAILED");
    expect(calls()).toBe(1);
  });

  it("schedules the task again behind its failure, and tells the count", async () => {
    const seen: unknown[] = [];
    const { runState, history } = createStates({
      f: (event: { retry: number }) => {
        seen.push(event.retry);
        if (event.retry < 2) throw thrown("E");
        return null;
      },
    });
    const parameters = { FunctionName: "f", Payload: { "retry.$": "$$.State.RetryCount" } };
    const { executionArn } = await runState(invoke("f", { Parameters: parameters, Retry: [{ ErrorEquals: ["E"] }] }));
    expect(seen).toEqual([0, 1, 2]);
    const once = ["TaskScheduled", "TaskStarted", "TaskFailed"];
    const events = await history(executionArn);
    expect(events.map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      ...once,
      ...once,
      "TaskScheduled",
      "TaskStarted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    expect(events[5]?.previousEventId).toBe(5);
  });

  it("tries a whole Parallel and a whole Map again", async () => {
    const branch = { StartAt: "T", States: { T: { ...invoke("f"), End: true } } };
    for (const state of [
      { Type: "Parallel", Branches: [branch] },
      { Type: "Map", ItemsPath: "$.l", ItemProcessor: branch },
    ]) {
      const { handler } = failing("E");
      const { runState } = createStates({ f: handler });
      const { output, cause } = await runState({ ...state, Retry: [{ ErrorEquals: ["E"] }] }, { l: [1] });
      expect(cause).toBeUndefined();
      expect(output).toEqual(["done"]);
    }
  });
});

describe("Catch", () => {
  const states = (catcher: object, more: object = {}) => ({
    T: invoke("f", {
      Catch: [
        { ErrorEquals: ["Other"], Next: "Wrong" },
        { ErrorEquals: ["States.ALL"], Next: "H", ...catcher },
      ],
      Next: "Wrong",
      ...more,
    }),
    Wrong: { Type: "Fail", Error: "Wrong" },
    H: { Type: "Pass", End: true },
  });

  it("hands over { Error, Cause } instead of the input", async () => {
    const { runStates, history } = createStates({ f: failing("E").handler });
    const { output, executionArn } = await runStates(states({}), { in: 1 });
    expect(output).toEqual({ Error: "E", Cause: expect.stringContaining('"errorMessage":"broken"') });
    const types = (await history(executionArn)).map(({ type }) => type);
    expect(types.slice(4, 7)).toEqual(["TaskFailed", "TaskStateExited", "PassStateEntered"]);
  });

  it.each<[object, unknown]>([
    [{ ResultPath: "$.error" }, { in: 1, error: expect.objectContaining({ Error: "E" }) }],
    [{ ResultPath: null }, { in: 1 }],
  ])("puts it where %j says", async (catcher, expected) => {
    const { runStates } = createStates({ f: failing("E").handler });
    expect((await runStates(states(catcher), { in: 1 })).output).toEqual(expected);
  });

  it("sets variables from the error", async () => {
    const { runStates } = createStates({ f: failing("E").handler });
    const all = {
      ...states({ ResultPath: null, Assign: { "name.$": "$.Error" } }),
      H: { Type: "Pass", Parameters: { "n.$": "$name" }, End: true },
    };
    expect((await runStates(all, { in: 1 })).output).toEqual({ n: "E" });
  });

  it("catches a timeout by its name only where States.TaskFailed stands first", async () => {
    const { runStates } = createStates({ f: () => new Promise(() => {}) });
    const all = {
      T: invoke("f", {
        TimeoutSeconds: 1,
        Catch: [
          { ErrorEquals: ["States.TaskFailed"], Next: "Wrong" },
          { ErrorEquals: ["States.Timeout"], Next: "H" },
        ],
        Next: "Wrong",
      }),
      Wrong: { Type: "Fail", Error: "Wrong" },
      H: { Type: "Pass", End: true },
    };
    expect((await runStates(all)).output).toMatchObject({ Error: "States.Timeout" });
  });

  it("catches what happens to the data of the state, but not States.Runtime", async () => {
    const intrinsic = states({}, { Parameters: { FunctionName: "f", "Payload.$": "States.ArrayLength($)" } });
    const { runStates } = createStates({ f: failing().handler });
    expect((await runStates(intrinsic, {})).output).toMatchObject({ Error: "States.IntrinsicFailure" });
    const runtime = states({}, { Parameters: { FunctionName: "f", "Payload.$": "$.nope" } });
    expect(await runStates(runtime, {})).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("comes after Retry", async () => {
    const { handler, calls } = failing("E", "E", "E");
    const { runStates } = createStates({ f: handler });
    const { output } = await runStates(states({}, { Retry: [{ ErrorEquals: ["E"], MaxAttempts: 1 }] }));
    expect(output).toMatchObject({ Error: "E" });
    expect(calls()).toBe(2);
  });
});

describe("limits", () => {
  const big = (bytes: number) => "x".repeat(bytes);

  it("fails a task whose result is larger than 262,144 bytes, past States.ALL", async () => {
    const { runStates } = createStates({ f: () => big(262_144) });
    const all = {
      T: invoke("f", { Catch: [{ ErrorEquals: ["States.ALL"], Next: "H" }], Next: "H" }),
      H: { Type: "Pass", End: true },
    };
    expect(await runStates(all)).toMatchObject({
      status: "FAILED",
      error: "States.DataLimitExceeded",
      cause: expect.stringContaining("The state/task 'T' returned a result with a size exceeding"),
    });
    const named = { ...all, T: { ...all.T, Catch: [{ ErrorEquals: ["States.DataLimitExceeded"], Next: "H" }] } };
    expect((await runStates(named)).output).toMatchObject({ Error: "States.DataLimitExceeded" });
  });

  it("counts bytes of UTF-8, and those of the wrapper", async () => {
    const { runState } = createStates({
      ascii: () => big(260_000),
      wide: () => "é".repeat(130_900),
      almost: () => big(261_900),
    });
    expect((await runState(invoke("ascii"))).status).toBe("SUCCEEDED");
    expect((await runState(invoke("wide"))).error).toBe("States.DataLimitExceeded");
    expect((await runState(invoke("almost"))).error).toBe("States.DataLimitExceeded");
  });

  it("fails a state whose output grows too large", async () => {
    const { runState } = createStates();
    const twice = { Type: "Pass", Parameters: { "a.$": "$", "b.$": "$" } };
    expect(await runState(twice, big(150_000))).toMatchObject({ error: "States.DataLimitExceeded" });
  });

  it("ends an endless loop at 25,000 events while the process goes on", async () => {
    const { create, start, settle, history } = createStates();
    const loop = {
      StartAt: "A",
      States: {
        A: { Type: "Pass", Next: "C" },
        C: { Type: "Choice", Choices: [{ Variable: "$.stop", IsPresent: true, Next: "E" }], Default: "A" },
        E: { Type: "Succeed" },
      },
    };
    const executionArn = await start(await create(loop));
    const ended = await settle(executionArn);
    expect(ended).toMatchObject({ status: "FAILED", error: "States.Runtime", cause: expect.stringContaining("25000") });
    expect((await history(executionArn)).length).toBe(1000);
  });

  it("times out a machine by its TimeoutSeconds", async () => {
    const { run, history } = createStates();
    const machine = { TimeoutSeconds: 5, StartAt: "W", States: { W: { Type: "Wait", Seconds: 60, End: true } } };
    const { executionArn, ...ended } = await run(machine);
    expect(ended).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
    expect((await history(executionArn)).at(-1)?.type).toBe("ExecutionTimedOut");
  });
});
