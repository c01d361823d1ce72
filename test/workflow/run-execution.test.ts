import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type RunExecutionOptions, runExecution } from "../../src/workflow/execution/run-execution.js";
import type { ExecutionProgressEvent } from "../../src/workflow/execution/wait-for-end.js";

const MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:scones";
const EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:scones:one";
const AT = new Date("2026-11-24T09:30:00Z");
const described = { executionArn: EXECUTION, stateMachineArn: MACHINE, startDate: AT };
const CAUSE = JSON.stringify({
  errorType: "THRESHOLD_CONFIDENCE_NOT_MET",
  errorMessage: "Confidence 0.6 for bicycle is below the threshold 0.7",
  trace: ["..."],
});

function fakeSfn() {
  const client = new SFNClient({ region: "us-east-1" });
  const mock = mockClient(client);
  mock.onAnyCommand().rejects(new Error("not expected"));
  mock.on(StartExecutionCommand).resolves({ executionArn: EXECUTION, startDate: AT });
  const events: ExecutionProgressEvent[] = [];
  const run = <Schema extends z.ZodType = z.ZodUnknown>(options: Partial<RunExecutionOptions<Schema>> = {}) =>
    runExecution<Schema>({
      stateMachineArn: MACHINE,
      clients: { sfn: client },
      pollIntervalMs: 1,
      onProgress: (event) => events.push(event),
      ...options,
    });
  return { client, mock, run, events };
}

const countTimers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

const event = (id: number, previousEventId: number, type: string, name?: string) =>
  ({
    id,
    previousEventId,
    type,
    timestamp: AT,
    ...(name === undefined ? {} : { stateEnteredEventDetails: { name } }),
  }) as HistoryEvent;

/** The history of a run whose third task failed, newest first, as GetExecutionHistory hands it out in pages. */
const HISTORY = [
  event(16, 15, "ExecutionFailed"),
  event(15, 14, "TaskFailed"),
  event(14, 13, "TaskStarted"),
  event(13, 12, "TaskScheduled"),
  event(12, 11, "TaskStateEntered", "Filter"),
  event(11, 10, "TaskStateExited"),
];

describe("runExecution", () => {
  it("starts, waits, and returns the parsed output with its times", async () => {
    const { mock, run, events } = fakeSfn();
    mock
      .on(DescribeExecutionCommand, { executionArn: EXECUTION })
      .rejectsOnce(new ExecutionDoesNotExist({ message: "not yet", $metadata: {} }))
      .resolvesOnce({ ...described, status: "RUNNING" })
      .resolvesOnce({ ...described, status: "RUNNING" })
      .resolves({ ...described, status: "SUCCEEDED", stopDate: AT, output: '{"label":"bicycle","confidence":0.9}' });
    const outputSchema = z.object({ confidence: z.number() });
    const result = await run({ input: { s3_key: "a" }, name: "one", outputSchema });
    expect(result).toEqual({
      executionArn: EXECUTION,
      output: { confidence: 0.9 },
      startedAt: AT.toISOString(),
      stoppedAt: AT.toISOString(),
    });
    expect(mock.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: MACHINE,
      name: "one",
      input: '{"s3_key":"a"}',
    });
    expect(events).toEqual([
      { type: "started", executionArn: EXECUTION },
      { type: "status", status: "RUNNING" },
      { type: "status", status: "SUCCEEDED" },
    ]);
  });

  it("hands out the output as it is without a schema", async () => {
    const { mock, run } = fakeSfn();
    mock.on(DescribeExecutionCommand).resolves({ ...described, status: "SUCCEEDED", output: "[1]" });
    expect((await run()).output).toEqual([1]);
    expect(mock.commandCalls(StartExecutionCommand)[0]?.args[0].input.input).toBe("{}");
  });

  it("fails with the error's name, the cause and the state, found over two pages of history", async () => {
    const { mock, run } = fakeSfn();
    mock
      .on(DescribeExecutionCommand)
      .resolves({ ...described, status: "FAILED", error: "THRESHOLD_CONFIDENCE_NOT_MET", cause: CAUSE });
    mock
      .on(GetExecutionHistoryCommand)
      .resolvesOnce({ events: HISTORY.slice(0, 3), nextToken: "more" })
      .resolvesOnce({ events: HISTORY.slice(3) });
    const error = await run().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      name: "ExecutionFailedError",
      code: "EXECUTION_FAILED",
      details: {
        executionArn: EXECUTION,
        status: "FAILED",
        error: "THRESHOLD_CONFIDENCE_NOT_MET",
        cause: CAUSE,
        failedState: "Filter",
      },
    });
    expect(String(error)).toContain("in state Filter with THRESHOLD_CONFIDENCE_NOT_MET: Confidence 0.6 for bicycle");
  });

  it("follows a redriven history back to the state, not to the event before", async () => {
    const { mock, run } = fakeSfn();
    mock.on(DescribeExecutionCommand).resolves({ ...described, status: "FAILED", error: "TypeError", cause: "no" });
    mock.on(GetExecutionHistoryCommand).resolves({
      events: [
        event(10, 9, "ExecutionFailed"),
        event(9, 8, "TaskFailed"),
        event(8, 2, "TaskScheduled"),
        event(7, 6, "ExecutionRedriven"),
        event(5, 4, "TaskStateEntered", "Not this one"),
        event(2, 0, "TaskStateEntered", "Serialize"),
      ],
    });
    await expect(run()).rejects.toMatchObject({ details: { failedState: "Serialize" } });
  });

  it.each(["TIMED_OUT", "ABORTED"] as const)("reports %s also where the history may not be read", async (status) => {
    const { mock, run } = fakeSfn();
    mock.on(DescribeExecutionCommand).resolves({ ...described, status });
    await expect(run()).rejects.toMatchObject({
      code: "EXECUTION_FAILED",
      details: { executionArn: EXECUTION, status },
    });
    await expect(run()).rejects.not.toHaveProperty("details.failedState");
  });

  it("says where the output is not what the schema says, without quoting it", async () => {
    const { mock, run } = fakeSfn();
    mock.on(DescribeExecutionCommand).resolves({ ...described, status: "SUCCEEDED", output: '{"a":{"b":"secret"}}' });
    const error = await run({ outputSchema: z.object({ a: z.object({ b: z.number() }) }) }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "EXECUTION_OUTPUT_INVALID", details: { issues: [{ path: "a.b" }] } });
    expect(String(error)).not.toContain("secret");
  });

  it("leaves the execution alone after an abort, and rejects with the signal's reason", async () => {
    const { mock, run, events } = fakeSfn();
    const abort = new AbortController();
    const reason = new Error("enough");
    mock.on(DescribeExecutionCommand).callsFake(() => {
      abort.abort(reason);
      return { ...described, status: "RUNNING" };
    });
    await expect(run({ signal: abort.signal })).rejects.toBe(reason);
    expect(mock.commandCalls(StopExecutionCommand)).toHaveLength(0);
    expect(events.at(-1)).toEqual({ type: "left-running", executionArn: EXECUTION });
  });

  it("stops the execution after an abort where that was asked for", async () => {
    const { mock, run, events } = fakeSfn();
    const abort = new AbortController();
    const reason = new Error("enough");
    const timers = countTimers();
    mock.on(StopExecutionCommand, { executionArn: EXECUTION }).resolves({ stopDate: AT });
    mock.on(DescribeExecutionCommand).resolves({ ...described, status: "RUNNING" });
    const running = run({
      signal: abort.signal,
      onAbort: "stop",
      pollIntervalMs: 60_000,
      onProgress: (progress) => {
        events.push(progress);
        if (progress.type === "status") setImmediate(() => abort.abort(reason));
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(mock.commandCalls(StopExecutionCommand)).toHaveLength(1);
    expect(events.at(-1)).toEqual({ type: "stopped", executionArn: EXECUTION });
    expect(countTimers()).toBeLessThanOrEqual(timers);
  });

  it("tells when a stop did not work, and still rejects with the reason", async () => {
    const { mock, run, events } = fakeSfn();
    mock.on(DescribeExecutionCommand).resolves({ ...described, status: "RUNNING" });
    await expect(run({ onAbort: "stop", timeoutMs: 5 })).rejects.toMatchObject({
      code: "WAIT_TIMEOUT",
      details: { lastStatus: "RUNNING" },
    });
    expect(events.at(-1)).toEqual({ type: "left-running", executionArn: EXECUTION });
  });

  it("passes AWS's own exceptions through", async () => {
    const { mock, run } = fakeSfn();
    const denied = new Error("AccessDenied");
    mock.on(DescribeExecutionCommand).rejects(denied);
    await expect(run()).rejects.toBe(denied);
    mock.on(StartExecutionCommand).rejects(denied);
    await expect(run()).rejects.toBe(denied);
  });

  it("starts nothing for an input that cannot be sent", async () => {
    const { mock, run } = fakeSfn();
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    for (const input of [cycle, () => 1, { image_data: "x".repeat(262_144) }]) {
      await expect(run({ input })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
    }
    expect(mock.calls()).toHaveLength(0);
  });
});
