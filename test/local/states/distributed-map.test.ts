import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { createDistributed, distributedMap } from "./distributed-fixture.js";
import { invoke } from "./states-fixture.js";

/** Fails for items above two. */
const CHECK = {
  C: { Type: "Choice", Choices: [{ Variable: "$", NumericGreaterThan: 2, Next: "F" }], Default: "P" },
  F: { Type: "Fail", Error: "TooMuch", Cause: "above two" },
  P: { Type: "Pass", End: true },
};

async function createRuns(functions: Parameters<typeof createDistributed>[0] = {}) {
  const states = await createDistributed(functions);
  const mapRunOf = async (executionArn: string) => {
    const { mapRuns = [] } = await states.sfn.send(new ListMapRunsCommand({ executionArn }));
    return mapRuns[0]?.mapRunArn ?? "";
  };
  const describeRun = async (executionArn: string) =>
    states.sfn.send(new DescribeMapRunCommand({ mapRunArn: await mapRunOf(executionArn) }));
  const children = async (executionArn: string) => {
    const { executions = [] } = await states.sfn.send(
      new ListExecutionsCommand({ mapRunArn: await mapRunOf(executionArn) }),
    );
    return executions.reverse();
  };
  return { ...states, mapRunOf, describeRun, children };
}

const machineArnOf = (executionArn: string) =>
  executionArn.replace(":execution:", ":stateMachine:").split(":").slice(0, 7).join(":");

describe("A Distributed Map", () => {
  it("runs each item as an execution of its own and gives the outputs in order", async () => {
    const { runState, children, sfn, history, mapRunOf, describeRun } = await createRuns();
    const state = distributedMap({ ItemsPath: "$.list", ResultPath: "$.out" });
    const { executionArn, output } = await runState(state, { list: ["a", "b"] });
    expect(output).toEqual({ list: ["a", "b"], out: ["a", "b"] });

    const started = await children(executionArn);
    expect(started).toHaveLength(2);
    expect(started[0]).toMatchObject({ status: "SUCCEEDED", itemCount: 1, redriveCount: 0 });
    const machineName = executionArn.split(":")[6];
    const childArn = started[0]?.executionArn ?? "";
    expect(childArn).toMatch(
      new RegExp(`^arn:aws:states:us-east-1:123456789012:execution:${machineName}/items:[0-9a-f-]{36}$`),
    );
    const mapRunArn = await mapRunOf(executionArn);
    expect(mapRunArn).toMatch(new RegExp(`:mapRun:${machineName}/items:[0-9a-f-]{36}$`));
    const child = await sfn.send(new DescribeExecutionCommand({ executionArn: childArn }));
    expect(child).toMatchObject({ status: "SUCCEEDED", input: '"a"', output: '"a"', mapRunArn });
    expect(child.stateMachineArn).toBe(`arn:aws:states:us-east-1:123456789012:stateMachine:${machineName}/items`);
    expect((await history(childArn)).map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "PassStateEntered",
      "PassStateExited",
      "ExecutionSucceeded",
    ]);
    const machine = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn: childArn }));
    expect(machine).toMatchObject({ mapRunArn, label: "items" });
    expect(JSON.parse(machine.definition ?? "")).toEqual(state.ItemProcessor);
    const counts = { pending: 0, running: 0, succeeded: 2, failed: 0, timedOut: 0, aborted: 0, total: 2 };
    expect(await describeRun(executionArn)).toMatchObject({
      executionArn,
      status: "SUCCEEDED",
      itemCounts: counts,
      executionCounts: counts,
      toleratedFailureCount: 0,
      toleratedFailurePercentage: 0,
      redriveCount: 0,
    });
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArnOf(executionArn) }));
    expect(executions?.map((each) => each.executionArn)).toEqual([executionArn]);
  });

  it("leaves only the Map Run in the parent's history", async () => {
    const { runState, history, mapRunOf } = await createRuns();
    const { executionArn } = await runState(distributedMap(), [1, 2, 3]);
    const events = await history(executionArn);
    expect(events.map(({ id, previousEventId, type }) => `${id} < ${previousEventId} ${type}`)).toEqual([
      "1 < 0 ExecutionStarted",
      "2 < 0 MapStateEntered",
      "3 < 2 MapStateStarted",
      "4 < 3 MapRunStarted",
      "5 < 4 MapRunSucceeded",
      "6 < 5 MapStateSucceeded",
      "7 < 4 MapStateExited",
      "8 < 7 ExecutionSucceeded",
    ]);
    expect(events[2]?.mapStateStartedEventDetails).toEqual({ length: 3 });
    expect(events[3]?.mapRunStartedEventDetails).toEqual({ mapRunArn: await mapRunOf(executionArn) });
  });

  it("gives children a context of their own, and no variables of the parent", async () => {
    const { runStates } = await createRuns();
    const processor = {
      In: {
        Type: "Pass",
        Parameters: { "id.$": "$$.Execution.Id", "input.$": "$$.Execution.Input", "name.$": "$$.StateMachine.Name" },
        End: true,
      },
    };
    const { output, executionArn } = await runStates({ M: { ...distributedMap({}, processor), End: true } }, ["x"]);
    const name = `${executionArn.split(":")[6]}/items`;
    expect(output).toEqual([{ id: expect.stringContaining(`:execution:${name}:`), input: "x", name }]);
    const read = { In: { Type: "Pass", Parameters: { "outer.$": "$outer" }, End: true } };
    const hidden = await runStates(
      { A: { Type: "Pass", Assign: { outer: 1 }, Next: "M" }, M: { ...distributedMap({}, read), End: true } },
      ["x"],
    );
    expect(hidden).toMatchObject({ status: "FAILED", error: "States.ExceedToleratedFailureThreshold" });
  });

  it("takes the members of an object, and runs none for an empty array", async () => {
    const { runState } = await createRuns();
    expect((await runState(distributedMap(), { a: 1 })).output).toEqual([{ Key: "a", Value: 1 }]);
    expect((await runState(distributedMap(), [])).output).toEqual([]);
    expect(await runState(distributedMap({ ItemsPath: "$.n" }), { n: 1 })).toMatchObject({ error: "States.Runtime" });
  });

  it("keeps to MaxConcurrencyPath, and to what UpdateMapRun changes", async () => {
    let running = 0;
    const seen: number[] = [];
    const gates: (() => void)[] = [];
    const { start, create, settle, mapRunOf, sfn, describeRun } = await createRuns({
      work: async () => {
        seen.push(++running);
        await new Promise<void>((resolve) => gates.push(resolve));
        running--;
      },
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const map = distributedMap(
      { MaxConcurrencyPath: "$.most", ItemsPath: "$.list" },
      { W: { ...invoke("work"), End: true } },
    );
    const arn = await start(await create({ StartAt: "M", States: { M: { ...map, End: true } } }), {
      most: 1,
      list: [1, 2, 3, 4],
    });
    while (gates.length < 1) await turn();
    expect(await describeRun(arn)).toMatchObject({
      status: "RUNNING",
      maxConcurrency: 1,
      executionCounts: { pending: 3, running: 1, total: 4 },
    });
    await sfn.send(new UpdateMapRunCommand({ mapRunArn: await mapRunOf(arn), maxConcurrency: 3 }));
    while (gates.length < 3) await turn();
    expect((await describeRun(arn)).maxConcurrency).toBe(3);
    const ended = settle(arn);
    for (let opened = 0; opened < 4; opened++) {
      while (gates.length <= opened) await turn();
      gates[opened]?.();
    }
    expect((await ended).status).toBe("SUCCEEDED");
    expect(Math.max(...seen)).toBe(3);
  });

  it("fails when more items fail than are tolerated", async () => {
    const { runState, describeRun, history, children, sfn } = await createRuns();
    const run = (more: object, input: unknown) =>
      runState(distributedMap({ MaxConcurrency: 1, ...more }, CHECK), input);
    const failed = await run({}, [1, 3, 2]);
    expect(failed).toMatchObject({
      error: "States.ExceedToleratedFailureThreshold",
      cause: "The specified tolerated failure threshold was exceeded",
    });
    expect(await describeRun(failed.executionArn)).toMatchObject({
      status: "FAILED",
      itemCounts: { succeeded: 1, failed: 1, pending: 1, total: 3 },
    });
    expect((await history(failed.executionArn)).find(({ type }) => type === "MapRunFailed")).toMatchObject({
      mapRunFailedEventDetails: {
        error: "States.ExceedToleratedFailureThreshold",
        cause: "The specified tolerated failure threshold was exceeded",
      },
    });
    const [, second] = await children(failed.executionArn);
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn: second?.executionArn }))).toMatchObject({
      status: "FAILED",
      error: "TooMuch",
      cause: "above two",
    });
    expect((await run({ ToleratedFailureCount: 1 }, [1, 3, 2])).output).toEqual([1, 2]);
    expect((await run({ ToleratedFailureCount: 1 }, [3, 4])).status).toBe("FAILED");
    expect((await run({ ToleratedFailurePercentage: 50 }, [3, 1])).output).toEqual([1]);
    expect((await run({ ToleratedFailurePercentage: 50 }, [3, 4, 1])).status).toBe("FAILED");
    expect((await run({ ToleratedFailurePercentage: 100, ToleratedFailureCount: 1 }, [3, 4])).status).toBe("FAILED");
    const paths = { ItemsPath: "$.l", ToleratedFailureCountPath: "$.n" };
    expect((await run(paths, { l: [3, 1], n: 1 })).output).toEqual([1]);
  });

  it("counts the items of a batch, and gives each child its batch", async () => {
    const { runState, describeRun } = await createRuns();
    const batcher = { MaxItemsPerBatch: 2, BatchInput: { "all.$": "$.note" } };
    const map = distributedMap({
      ItemsPath: "$.l",
      ItemBatcher: batcher,
      ItemSelector: { "v.$": "$$.Map.Item.Value" },
    });
    const { output, executionArn } = await runState(map, { l: [1, 2, 3], note: "n" });
    expect(output).toEqual([
      { BatchInput: { all: "n" }, Items: [{ v: 1 }, { v: 2 }] },
      { BatchInput: { all: "n" }, Items: [{ v: 3 }] },
    ]);
    expect(await describeRun(executionArn)).toMatchObject({ itemCounts: { total: 3 }, executionCounts: { total: 2 } });
  });

  it("closes a batch before it is larger than MaxInputBytesPerBatch", async () => {
    const { runState } = await createRuns();
    const byBytes = (bytes: object) => distributedMap({ ItemsPath: "$.l", ItemBatcher: bytes });
    // {"Items":["aa","bb"]} has 21 bytes.
    const items = { l: ["aa", "bb", "cc"], b: 21 };
    const pairs = [{ Items: ["aa", "bb"] }, { Items: ["cc"] }];
    expect((await runState(byBytes({ MaxInputBytesPerBatch: 21 }), items)).output).toEqual(pairs);
    expect((await runState(byBytes({ MaxInputBytesPerBatchPath: "$.b" }), items)).output).toEqual(pairs);
    expect((await runState(byBytes({ MaxInputBytesPerBatch: 20 }), items)).output).toHaveLength(3);
  });

  it("stops its children with the parent", async () => {
    const { start, create, settle, sfn, history, children, describeRun, clock } = await createRuns({
      never: () => new Promise(() => {}),
    });
    const map = distributedMap({ MaxConcurrency: 2 }, { W: { ...invoke("never"), End: true } });
    const arn = await start(await create({ StartAt: "M", States: { M: { ...map, End: true } } }), [1, 2, 3]);
    while ((await describeStarted(arn)) < 2) await new Promise((resolve) => setImmediate(resolve));
    await sfn.send(new StopExecutionCommand({ executionArn: arn }));
    expect((await settle(arn)).status).toBe("ABORTED");
    expect((await children(arn)).map(({ status }) => status)).toEqual(["ABORTED", "ABORTED"]);
    expect(await describeRun(arn)).toMatchObject({
      status: "ABORTED",
      executionCounts: { aborted: 2, pending: 1, total: 3 },
    });
    expect((await history(arn)).map(({ type }) => type).slice(-2)).toEqual(["MapRunAborted", "ExecutionAborted"]);
    expect(clock.sleeping()).toBe(0);

    async function describeStarted(executionArn: string) {
      const { mapRuns = [] } = await sfn.send(new ListMapRunsCommand({ executionArn }));
      return mapRuns.length === 0 ? 0 : (await children(executionArn)).length;
    }
  });

  it("stops its children when the parent's time is up, and with a Parallel that fails", async () => {
    const { runStates, sfn, describeRun, children, history, clock } = await createRuns();
    const map = { ...distributedMap({}, { W: { Type: "Wait", Seconds: 1000, End: true } }), End: true };
    const late = await runStates({ M: map }, [1], { TimeoutSeconds: 10 });
    expect(late.status).toBe("TIMED_OUT");
    expect((await history(late.executionArn)).map(({ type }) => type).slice(-2)).toEqual([
      "MapRunAborted",
      "ExecutionTimedOut",
    ]);
    expect(await describeRun(late.executionArn)).toMatchObject({ status: "ABORTED", executionCounts: { aborted: 1 } });
    const fail = {
      StartAt: "V",
      States: { V: { Type: "Wait", Seconds: 1, Next: "F" }, F: { Type: "Fail", Error: "Broken" } },
    };
    const branches = [{ StartAt: "M", States: { M: map } }, fail];
    const failed = await runStates({ P: { Type: "Parallel", Branches: branches, End: true } }, [1]);
    expect(failed.error).toBe("Broken");
    expect((await children(failed.executionArn)).map(({ status }) => status)).toEqual(["ABORTED"]);
    expect(clock.sleeping()).toBe(0);
    expect((await sfn.send(new ListMapRunsCommand({ executionArn: failed.executionArn }))).mapRuns).toHaveLength(1);
  });

  it("runs Express children, which no request can name", async () => {
    const { runState, children } = await createRuns();
    const map = distributedMap({}, { In: { Type: "Pass", Parameters: { "id.$": "$$.Execution.Id" }, End: true } });
    const config = { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" };
    const { output, executionArn } = await runState(
      { ...map, ItemProcessor: { ...map.ItemProcessor, ProcessorConfig: config } },
      [1],
    );
    expect(output).toEqual([{ id: expect.stringMatching(/:express:[^:]+\/items:/) }]);
    expect(await children(executionArn)).toEqual([]);
  });

  it("is refused in an Express machine", async () => {
    const { create } = await createRuns();
    const definition = { StartAt: "M", States: { M: { ...distributedMap(), End: true } } };
    await expect(create(definition, { type: "EXPRESS" })).rejects.toMatchObject({
      name: "InvalidDefinition",
      message: expect.stringContaining("EXPRESS does not support a Map state with Mode DISTRIBUTED"),
    });
  });

  it("is tried again and caught as a whole", async () => {
    const { runStates, sfn } = await createRuns();
    const map = distributedMap(
      {
        Retry: [{ ErrorEquals: ["States.ExceedToleratedFailureThreshold"], MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "Z" }],
        ItemsPath: "$.l",
        End: true,
      },
      CHECK,
    );
    const { output, executionArn } = await runStates({ M: map, Z: { Type: "Pass", End: true } }, { l: [3] });
    expect(output).toMatchObject({ error: { Error: "States.ExceedToleratedFailureThreshold" } });
    expect((await sfn.send(new ListMapRunsCommand({ executionArn }))).mapRuns).toHaveLength(2);
  });

  it("refuses Map Runs that are not there", async () => {
    const { sfn } = await createRuns();
    const mapRunArn = "arn:aws:states:us-east-1:123456789012:mapRun:m/l:x";
    await expect(sfn.send(new DescribeMapRunCommand({ mapRunArn }))).rejects.toMatchObject({
      name: "ResourceNotFound",
    });
    await expect(sfn.send(new ListExecutionsCommand({ mapRunArn }))).rejects.toMatchObject({
      name: "ResourceNotFound",
    });
    await expect(sfn.send(new DescribeMapRunCommand({ mapRunArn: "m" }))).rejects.toMatchObject({ name: "InvalidArn" });
  });
});
