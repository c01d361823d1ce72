import { readdirSync, readFileSync } from "node:fs";
import { GetExecutionHistoryCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePayload } from "../../src/inference/handlers/envelope.js";
import { createLocalAws } from "../../src/local/local-aws.js";
import type { StateMachineDefinition } from "../../src/workflow/definition/asl-types.js";
import { readExecution } from "../../src/workflow/execution/read-execution.js";
import { runExecution } from "../../src/workflow/execution/run-execution.js";
import { deployStateMachine } from "../../src/workflow/machine/deploy-state-machine.js";
import type { ExecutionTrace } from "../../src/workflow/render/execution-trace.js";
import { ROLE_ARN } from "../helpers/contracts.js";
import { sharedData } from "../helpers/shared-data.js";
import { anyPlan, type ModelEvent, writeHistory } from "./history-model.js";

const EXPORTS = sharedData("data/executions");
const exported = (name: string) => readFileSync(`${EXPORTS}/${name}`, "utf8");

const shown = ({ runs }: ExecutionTrace) =>
  runs.map(({ name, status, retries, isCaught, from, error }) => ({ name, status, retries, isCaught, from, error }));

/** The same history as other programs write it; `seed` decides how. */
const FORMS: readonly ((events: readonly ModelEvent[]) => unknown)[] = [
  (events) => events,
  (events) => ({ events: events.toReversed() }),
  (events) => [{ events: events.slice(0, 3), nextToken: "more" }, { events: events.slice(2) }],
  (events) => JSON.stringify({ events }),
  (events) => JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify({ events })))),
  (events) => ({
    status: "RUNNING",
    historyHash: Object.fromEntries(events.map((event) => [String(event.id), event])),
  }),
  (events) =>
    events.map((event) => ({
      ...event,
      id: String(event.id),
      previousEventId: String(event.previousEventId),
      redriveId: String(event.redriveId),
    })),
  (events) => events.map((event) => ({ ...event, timestamp: event.timestamp.getTime() / 1000 })),
  (events) => events.map((event) => ({ ...event, timestamp: String(event.timestamp.getTime() / 1000) })),
  (events) => events.map((event) => ({ ...event, timestamp: event.timestamp.getTime() })),
  (events) =>
    events.map((event) => ({
      ...event,
      timestamp: event.timestamp.toISOString().replace("T", " ").replace("Z", "000+00:00"),
    })),
  (events) =>
    events.map((event) => ({
      mapRunStartedEventDetails: null,
      activityFailedEventDetails: null,
      ...event,
      stepName: null,
    })),
];

describe("readExecution", () => {
  it("follows made-up executions through retries, catchers, branches, items and redrives", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { events, runs } = writeHistory(plan);
        const trace = readExecution(events);
        expect(shown(trace)).toEqual(runs);
        const isFailed = plan.end === "fails" || plan.end === "fails in a branch";
        expect(trace.status).toBe(isFailed ? "FAILED" : "SUCCEEDED");
        expect(trace.error).toBe(isFailed ? "Broken" : undefined);
        expect(trace.output).toBe(isFailed ? undefined : "done");
        for (const { name, input, output, status } of trace.runs) {
          expect(input).toEqual({ name });
          if (status === "SUCCEEDED") expect(output).toEqual([name]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("reads the same out of every form of a history, in any order", () => {
    fc.assert(
      fc.property(anyPlan, fc.nat(FORMS.length - 1), fc.infiniteStream(fc.nat(1000)), (plan, form, picks) => {
        const { events } = writeHistory(plan);
        const expected = readExecution(events);
        expect(readExecution(FORMS[form]?.(events))).toEqual(expected);
        const shuffled = events
          .map((event) => ({ event, at: picks.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ event }) => event);
        expect(readExecution(shuffled)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("never fails otherwise than with INVALID_OPTIONS", () => {
    const anyEvent = fc.record(
      {
        id: fc.oneof(fc.nat(5), fc.string()),
        previousEventId: fc.oneof(fc.nat(5), fc.constant(null)),
        type: fc.constantFrom(
          "TaskStateEntered",
          "TaskStateExited",
          "TaskFailed",
          "ExecutionFailed",
          "MapStateStarted",
          "?",
        ),
        timestamp: fc.oneof(fc.date(), fc.string(), fc.double()),
        taskFailedEventDetails: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), fc.anything())),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.array(anyEvent), fc.record({ events: fc.anything() })), (source) => {
        try {
          expect(readExecution(source).runs).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_OPTIONS" });
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["no JSON", "<html>", /is no JSON text; pass an execution as the console exports it/],
    ["a DescribeExecution answer", { executionArn: "a", status: "SUCCEEDED" }, /has the fields executionArn, status/],
    ["nothing", null, /this is null/],
    ["no events", { events: [] }, /holds no events/],
    ["one page of several", { events: [{ id: 1 }], nextToken: "more" }, /ask for the other pages too/],
    ["other events", [{ id: 1, detail: {} }], /\[0\]\.type/],
    ["wrong times", [{ id: 1, type: "ExecutionStarted", timestamp: "yesterday" }], /\[0\]\.timestamp: must be a time/],
  ])("says what is wrong with %s", (_what, source, message) => {
    expect(() => readExecution(source)).toThrow(message);
  });

  it("reads a history that is not over, and data that was cut off", () => {
    const trace = readExecution([
      { id: 1, type: "ExecutionStarted", timestamp: 1, executionStartedEventDetails: { input: '{"image_data":"iVBO' } },
      { id: 2, type: "TaskStateEntered", timestamp: 1, stepName: "Serialize" },
      { id: 3, type: "TaskScheduled", timestamp: 2 },
    ]);
    expect(trace).toEqual({
      status: "RUNNING",
      runs: [{ name: "Serialize", status: "RUNNING", enteredAt: 1000, retries: 0, isCaught: false }],
    });
  });

  it("reads what the local Step Functions tells of Map, Parallel, Retry and Catch, and where an execution failed", async () => {
    await using local = await createLocalAws({ clock: "virtual" });
    let calls = 0;
    local.registerFunction("flaky", () => {
      if (++calls < 3) throw Object.assign(new Error("again"), { name: "Flaky" });
      return { calls };
    });
    const pass = { Type: "Pass" as const, End: true as const };
    const definition: StateMachineDefinition = {
      StartAt: "Try",
      States: {
        Try: {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { FunctionName: "flaky" },
          Retry: [{ ErrorEquals: ["Flaky"] }],
          ResultPath: null,
          Next: "Each",
        },
        Each: {
          Type: "Map",
          ItemsPath: "$.items",
          ItemProcessor: { StartAt: "Item", States: { Item: pass } },
          ResultPath: null,
          Next: "Both",
        },
        Both: {
          Type: "Parallel",
          Branches: [
            { StartAt: "Left", States: { Left: pass } },
            { StartAt: "Slow", States: { Slow: { Type: "Wait", Seconds: 60, End: true } } },
            { StartAt: "Right", States: { Right: { Type: "Fail", Error: "Wrong", Cause: "It was the right one." } } },
          ],
          Catch: [{ ErrorEquals: ["Wrong"], Next: "End" }],
          End: true,
        },
        End: { Type: "Fail", Error: "Over", Cause: "That is all." },
      },
    };
    const { clients } = local;
    const { stateMachineArn } = await deployStateMachine({ name: "m", definition, roleArn: ROLE_ARN, clients });
    const input = { items: [1, 2] };
    const error = await runExecution({ stateMachineArn, input, clients, pollIntervalMs: 1 }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({
      code: "EXECUTION_FAILED",
      details: { status: "FAILED", error: "Over", cause: "That is all.", failedState: "End" },
    });
    const { executionArn } = (error as { readonly details: { readonly executionArn: string } }).details;
    const trace = readExecution(await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn })));
    const by = (name: string) => shown(trace).filter((run) => run.name === name);
    expect(trace).toMatchObject({ status: "FAILED", error: "Over", cause: "That is all.", input });
    expect(by("Try")).toMatchObject([{ status: "SUCCEEDED", retries: 2, from: undefined }]);
    expect(by("Item")).toMatchObject([{ status: "SUCCEEDED" }, { status: "SUCCEEDED" }]);
    expect(by("Both")).toMatchObject([{ status: "CAUGHT", error: "Wrong", from: "Each" }]);
    expect(by("Right")).toMatchObject([{ status: "FAILED", error: "Wrong" }]);
    expect(by("Slow")).toMatchObject([{ status: "ABORTED", error: undefined }]);
    expect(by("End")).toMatchObject([{ status: "FAILED", error: "Over", from: "Both", isCaught: true }]);
  });

  it("blames the state whose expression failed, which the events do not lead back to", () => {
    const at = { timestamp: 1 };
    const details = {
      state: "Shape",
      error: "States.QueryEvaluationError",
      cause: "It is undefined.",
      location: "Output",
    };
    const trace = readExecution([
      { id: 1, previousEventId: 0, type: "ExecutionStarted", ...at },
      { id: 2, previousEventId: 0, type: "PassStateEntered", stateEnteredEventDetails: { name: "Shape" }, ...at },
      { id: 3, previousEventId: 0, type: "EvaluationFailed", evaluationFailedEventDetails: details, ...at },
      { id: 4, previousEventId: 3, type: "ExecutionFailed", executionFailedEventDetails: details, ...at },
    ]);
    expect(trace).toMatchObject({
      status: "FAILED",
      runs: [{ name: "Shape", status: "FAILED", error: "States.QueryEvaluationError" }],
    });
  });

  it("knows in which branch an execution failed, and what a stop cut off", async () => {
    await using local = await createLocalAws();
    const definition: StateMachineDefinition = {
      StartAt: "Wait",
      States: { Wait: { Type: "Wait", Seconds: 3600, End: true } },
    };
    const { clients } = local;
    const { stateMachineArn } = await deployStateMachine({ name: "m", definition, roleArn: ROLE_ARN, clients });
    const running = runExecution({
      stateMachineArn,
      clients,
      pollIntervalMs: 1,
      timeoutMs: 5,
      onAbort: "stop",
      name: "one",
    });
    await expect(running).rejects.toMatchObject({ code: "WAIT_TIMEOUT" });
    const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:one`;
    const trace = readExecution(await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn })));
    expect(trace).toMatchObject({ status: "ABORTED", error: "Aborted", runs: [{ name: "Wait", status: "ABORTED" }] });
    await expect(clients.sfn.send(new StartExecutionCommand({ stateMachineArn, name: "one" }))).rejects.toThrow();
  });
});

describe.skipIf(EXPORTS === undefined)(
  "readExecution with exports of the console (skips without the shared data)",
  () => {
    it("reads every one of them, and takes the end from the last event", () => {
      const names = readdirSync(EXPORTS ?? "");
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) {
        const trace = readExecution(exported(name));
        expect(trace.status, name).toBe(name.startsWith("succeeded") ? "SUCCEEDED" : "FAILED");
        expect(trace.runs.length, name).toBe(3);
        expect(trace.input, name).toMatchObject({ s3_key: expect.stringMatching(/\.png$/) });
      }
    });

    it("finds the numbers in an output that was encoded again by each function", () => {
      const { output } = readExecution(exported("succeeded-jsonata-quadruple-encoded-AmadouBari.json"));
      const { inferences } = parsePayload(output);
      expect(inferences).toHaveLength(2);
      expect(inferences[0]).toEqual(expect.any(Number));
    });

    it("follows a redrive: the first state succeeded in the end, the third failed", () => {
      const trace = readExecution(exported("failed-redriven-jsonata-cow-sschuhmi.json"));
      expect(trace.error).toBe("TypeError");
      expect(trace.cause).toContain("exceptions must derive from BaseException");
      expect(shown(trace)).toMatchObject([
        { name: expect.stringContaining("Function 1"), status: "SUCCEEDED", retries: 0, error: undefined },
        {
          name: expect.stringContaining("Function 2"),
          status: "SUCCEEDED",
          from: expect.stringContaining("Function 1"),
        },
        { name: expect.stringContaining("Function 3"), status: "FAILED", error: "TypeError" },
      ]);
    });
  },
);
