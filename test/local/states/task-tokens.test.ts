import {
  InvalidOutput,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  ValidationException,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createStates, functionArn } from "./states-fixture.js";

const RESOURCE = "arn:aws:states:::lambda:invoke.waitForTaskToken";
const waiting = (more: object = {}) => ({
  Type: "Task",
  Resource: RESOURCE,
  Parameters: { FunctionName: functionArn("ask"), Payload: { "token.$": "$$.Task.Token" } },
  ...more,
});
const machine = (more: object = {}) => ({ StartAt: "S", States: { S: waiting({ End: true, ...more }) } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A machine whose function keeps the tokens; nothing but the test answers them. */
function createWaiting(answer: (token: string) => unknown = () => ({ asked: true })) {
  const tokens: string[] = [];
  const ask = async ({ token }: { readonly token: string }) => {
    tokens.push(token);
    return answer(token);
  };
  const states = createStates({ ask });
  const nextToken = async (count = 1) => {
    while (tokens.length < count) await turn();
    // The function has answered by now, and its answer is in the history.
    for (let turns = 0; turns < 5; turns++) await Promise.resolve();
    return tokens[count - 1] ?? "";
  };
  const begin = async (more: object = {}) => states.start(await states.create(machine(more)));
  const succeed = (taskToken: string, output = '{"done":1}') =>
    states.sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
  const fail = (taskToken: string, more: object = {}) =>
    states.sfn.send(new SendTaskFailureCommand({ taskToken, ...more }));
  const beat = (taskToken: string) => states.sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  return { ...states, tokens, nextToken, begin, succeed, fail, beat };
}

describe("a task that waits for its token", () => {
  it("ends with what SendTaskSuccess brings, with AWS's events", async () => {
    const { begin, nextToken, succeed, settle, history } = createWaiting();
    const executionArn = await begin();
    await succeed(await nextToken());
    expect(await settle(executionArn)).toMatchObject({ status: "SUCCEEDED", output: '{"done":1}' });
    const events = await history(executionArn);
    expect(events.map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskStarted",
      "TaskSubmitted",
      "TaskSucceeded",
      "TaskStateExited",
      "ExecutionSucceeded",
    ]);
    const named = { resourceType: "lambda", resource: "invoke.waitForTaskToken" };
    expect(events[3]?.taskStartedEventDetails).toEqual(named);
    expect(events[4]?.taskSubmittedEventDetails).toMatchObject(named);
    expect(JSON.parse(events[4]?.taskSubmittedEventDetails?.output ?? "")).toMatchObject({ Payload: { asked: true } });
    expect(events[5]?.taskSucceededEventDetails).toMatchObject({ ...named, output: '{"done":1}' });
  });

  it("takes an answer that comes before the request has returned", async () => {
    let succeed: (token: string) => unknown = () => undefined;
    const states = createWaiting((token) => succeed(token));
    succeed = async (token) => {
      await states.succeed(token, "7");
      return "later";
    };
    const executionArn = await states.begin();
    expect((await states.settle(executionArn)).output).toBe("7");
  });

  it("fails with what SendTaskFailure says, which Retry and Catch see", async () => {
    const { begin, nextToken, succeed, fail, settle, history } = createWaiting();
    const executionArn = await begin({ Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 1 }] });
    await fail(await nextToken(1), { error: "Busy", cause: "later" });
    const second = await nextToken(2);
    await succeed(second);
    expect((await settle(executionArn)).status).toBe("SUCCEEDED");
    expect((await history(executionArn))[5]?.taskFailedEventDetails).toMatchObject({ error: "Busy", cause: "later" });
    const other = await begin({ Catch: [{ ErrorEquals: ["States.TaskFailed"], Next: "S" }] });
    await fail(await nextToken(3), { error: "No" });
    await fail(await nextToken(4));
    await succeed(await nextToken(5));
    expect((await settle(other)).status).toBe("SUCCEEDED");
  });

  it("fails without a name when SendTaskFailure gives none", async () => {
    const { begin, nextToken, fail, settle, history } = createWaiting();
    const executionArn = await begin();
    await fail(await nextToken());
    const { status, error, cause } = await settle(executionArn);
    expect({ status, error, cause }).toEqual({ status: "FAILED", error: undefined, cause: undefined });
    expect((await history(executionArn)).at(-1)?.executionFailedEventDetails).toEqual({});
  });

  it("fails with the error of the request, without waiting", async () => {
    const { begin, settle } = createWaiting(() => {
      throw Object.assign(new Error("no"), { name: "Unwilling" });
    });
    expect(await settle(await begin())).toMatchObject({ status: "FAILED", error: "Unwilling" });
  });

  it("times out, and the token is too late from then on", async () => {
    const { begin, settle, history, succeed, fail, beat, tokens } = createWaiting();
    const executionArn = await begin({ TimeoutSeconds: 5 });
    expect(await settle(executionArn)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    const events = await history(executionArn);
    expect(events.at(-2)).toMatchObject({
      type: "TaskTimedOut",
      taskTimedOutEventDetails: {
        resourceType: "lambda",
        resource: "invoke.waitForTaskToken",
        error: "States.Timeout",
      },
    });
    const [token = ""] = tokens;
    for (const late of [succeed(token), fail(token), beat(token)]) {
      const error = await late.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TaskTimedOut);
      expect(error).toMatchObject({ message: "Task Timed Out: 'Provided task does not exist anymore'" });
    }
  });

  it("lives as long as heartbeats come in time", async () => {
    const sleepers: (() => void)[] = [];
    const states = createStates(
      { ask: async () => null },
      {
        sleep: (_milliseconds, signal) =>
          new Promise((resolve, reject) => {
            sleepers.push(resolve);
            signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          }),
      },
    );
    let token = "";
    states.registry.register("keep", async (event: { readonly token: string }) => {
      token = event.token;
    });
    const definition = machine({
      HeartbeatSecondsPath: "$.seconds",
      Parameters: { FunctionName: functionArn("keep"), Payload: { "token.$": "$$.Task.Token" } },
    });
    const executionArn = await states.start(await states.create(definition), { seconds: 3 });
    while (token === "") await turn();
    const armed = sleepers.length;
    await states.sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    await turn();
    // The heartbeat began a new wait, and the one before it no longer counts.
    expect(sleepers.length).toBe(armed + 1);
    sleepers[armed - 1]?.();
    await turn();
    sleepers[armed]?.();
    expect(await states.settle(executionArn)).toMatchObject({ status: "FAILED", error: "States.Timeout" });
    const scheduled = (await states.history(executionArn))[2]?.taskScheduledEventDetails;
    expect(scheduled?.heartbeatInSeconds).toBe(3);
  });

  it.each(["States.HeartbeatTimeout", "States.Timeout"])("hands a missing heartbeat to Catch as %s", async (name) => {
    const { runStates } = createWaiting();
    const limits = { HeartbeatSeconds: 1, TimeoutSeconds: 100, End: true };
    const S = waiting({ ...limits, Catch: [{ ErrorEquals: [name], Next: "Late" }] });
    const { status, output } = await runStates({ S, Late: { Type: "Succeed" } });
    expect({ status, output }).toEqual({ status: "SUCCEEDED", output: { Error: "States.Timeout", Cause: "" } });
  });

  it("gives up its token when the execution is stopped", async () => {
    const { sfn, begin, nextToken, succeed, settle } = createWaiting();
    const executionArn = await begin();
    const token = await nextToken();
    await sfn.send(new StopExecutionCommand({ executionArn }));
    expect((await settle(executionArn)).status).toBe("ABORTED");
    await expect(succeed(token)).rejects.toBeInstanceOf(TaskTimedOut);
  });

  it("has a token of its own in each iteration of a Map, and none is in the context of other tasks", async () => {
    const { create, start, nextToken, succeed, settle, runState } = createWaiting();
    const map = {
      Type: "Map",
      Iterator: { StartAt: "I", States: { I: waiting({ End: true }) } },
      End: true,
    };
    const executionArn = await start(await create({ StartAt: "M", States: { M: map } }), [1, 2]);
    const second = await nextToken(2);
    const first = await nextToken(1);
    await succeed(second, "2");
    await succeed(first, "1");
    expect(JSON.parse((await settle(executionArn)).output ?? "")).toHaveLength(2);
    expect(first).not.toBe(second);
    const outside = await runState(waiting({ Resource: RESOURCE.replace(".waitForTaskToken", "") }));
    expect(outside).toMatchObject({ error: "States.Runtime", cause: expect.stringContaining("$$.Task.Token") });
  });

  it("reads the token with JSONata too", async () => {
    const { create, start, nextToken, succeed, settle } = createWaiting();
    const state = {
      Type: "Task",
      Resource: RESOURCE,
      Arguments: { FunctionName: functionArn("ask"), Payload: { token: "{% $states.context.Task.Token %}" } },
      HeartbeatSeconds: "{% 10 + 5 %}",
      TimeoutSeconds: 3000,
      End: true,
    };
    const executionArn = await start(await create({ QueryLanguage: "JSONata", StartAt: "S", States: { S: state } }));
    await succeed(await nextToken(), '"yes"');
    expect((await settle(executionArn)).output).toBe('"yes"');
  });
});

describe("SendTask operations", () => {
  it("refuse what is no token, and one of elsewhere", async () => {
    const { succeed, beat, nextToken, begin } = createWaiting();
    await expect(succeed("nonsense")).rejects.toBeInstanceOf(InvalidToken);
    await begin();
    const bytes = Buffer.from(await nextToken(), "base64");
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
    await expect(beat(bytes.toString("base64"))).rejects.toBeInstanceOf(TaskDoesNotExist);
  });

  it("refuse an output that is not JSON or too large, and the task goes on waiting", async () => {
    const { succeed, nextToken, begin, settle } = createWaiting();
    const executionArn = await begin();
    const token = await nextToken();
    await expect(succeed(token, "{")).rejects.toBeInstanceOf(InvalidOutput);
    await expect(succeed(token, `"${"é".repeat(200_000)}"`)).rejects.toBeInstanceOf(InvalidOutput);
    await expect(succeed(token, `"${"x".repeat(262_143)}"`)).rejects.toBeInstanceOf(ValidationException);
    await succeed(token, "{}");
    expect((await settle(executionArn)).status).toBe("SUCCEEDED");
  });
});

it("an Express machine has no task that waits for a token", async () => {
  const { create } = createWaiting();
  await expect(create(machine(), { type: "EXPRESS" })).rejects.toThrow(
    "Express state machine does not support '.waitForTaskToken' service integration",
  );
});

it("a heartbeat must come sooner than the time is up", async () => {
  const { create } = createWaiting();
  await expect(create(machine({ HeartbeatSeconds: 5, TimeoutSeconds: 5 }))).rejects.toThrow(
    "'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'",
  );
});
